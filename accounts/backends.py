"""Looking a member of staff up: the person, the home hub and every permission in one statement."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from accounts.models import Phone, User
from accounts.prepared import Prepared


class JoinedWords(Func):
    """All values of a column as one text with spaces between, in no particular order.

    A plain function rather than an aggregate, so that a subquery of it is one row and not one for each group.
    """

    function = "STRING_AGG"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)


class StaffBackend(ModelBackend):
    """Django's own, reading at each request once what the pages of a desk ask for one by one.

    `settings.STAFF_LOADED_WITH` names what else is read with the person, from apps above this one.
    """

    def get_user(self, user_id: int) -> User | None:
        """Return the person with that id, or None for somebody unknown or switched off."""
        user = _staff_by_id().one(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Return whether the account is switched on and was used of late."""
        return super().user_can_authenticate(user) and not user.is_dormant(timezone.now())

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return "app.codename" of all that the person may do, without a query where it was read before."""
        granted = getattr(user_obj, "granted", None)
        if granted is None or obj is not None or not user_obj.is_active or user_obj.is_superuser:
            return super().get_all_permissions(user_obj, obj)
        return set(granted.split())


@cache
def _staff_by_id() -> Prepared[User]:
    return Prepared(staff_with_permissions())


def staff_with_permissions() -> QuerySet[User]:
    """Return staff, each with home hub and two more facts.

    `granted` are the permissions of their roles and their own, with spaces between; `has_second_step` says
    whether they have set up a second step for signing in.
    """
    person = OuterRef(OuterRef("pk"))
    by_role = Group.permissions.through.objects.filter(group__user=person).values("permission")
    by_name = User.user_permissions.through.objects.filter(user=person).values("permission")
    words = (
        Permission.objects.filter(Q(pk__in=by_role) | Q(pk__in=by_name))
        .order_by()
        .annotate(
            words=JoinedWords(Concat(F("content_type__app_label"), Value("."), F("codename")), Value(" "))
        )
        .values("words")
    )
    return User.objects.select_related("home_hub", *settings.STAFF_LOADED_WITH).annotate(
        granted=Coalesce(Subquery(words), Value(""), output_field=TextField()),
        has_second_step=Exists(Phone.objects.filter(user=OuterRef("pk"), confirmed=True)),
    )
