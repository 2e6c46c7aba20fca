"""Sessions in the database, read with a statement that is not put together anew each time.

Every staff page begins with this one. Django's own would build a query, and a row of a model, for a single
column: more than half of what a page that says "nothing new" costs.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db import connections, router
from django.utils import timezone


class SessionStore(DatabaseSessionStore):
    """Django's sessions in the database; only reading one is different.

    A session hardly ever changes, so its signature is checked when its text is first seen.
    """

    def load(self) -> dict[str, Any]:
        """Return what the session holds; an empty one, with a new key, where it has ended or never was."""
        connection = connections[router.db_for_read(self.model)]
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s",
                [self.session_key, now],
            )
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        return json.loads(_checked(found[0], settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=512)
def _checked(text: str, *secret_keys: str) -> str:
    """Return what a session's text holds, "{}" with a wrong signature. As JSON: each reader gets a copy.

    Another secret key may find another answer, so what was found is kept by these keys.
    """
    return json.dumps(DatabaseSessionStore().decode(text))
