"""The council's directory (OpenID Connect, such as Entra ID): who it says somebody is, and in which roles.

Off until `OIDC_ISSUER` is set. The answer counts only when it is signed by the directory, is meant for us, is
of this moment, and belongs to this browser (issuer, audience, expiry, nonce, state, PKCE): docs/security.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.errors import NotLetIn, Why

MOST_LETTERS_OF_ID = 255


@dataclass(frozen=True)
class Person:
    """What the directory says. `roles` is None where roles are kept in the console instead."""

    id: str
    username: str
    first_name: str
    last_name: str
    email: str
    roles: tuple[str, ...] | None


def is_on() -> bool:
    """Whether staff can sign in with their council account."""
    return bool(settings.OIDC_ISSUER)


def way_there(request: HttpRequest, come_back_to: str, *, again: bool) -> HttpResponse:
    """Return the redirect to the directory; `again` makes it ask even somebody it knows already.

    Raises NotLetIn when the directory does not answer.
    """
    return _openid().way_there(request, come_back_to, again=again)


def person_from(request: HttpRequest) -> Person:
    """Return who came back from the directory. Raises NotLetIn for an answer that cannot be trusted."""
    claims = _openid().claims_from(request)
    identity = claims.get(settings.OIDC_ID_CLAIM)
    if not isinstance(identity, str) or not identity.strip() or len(identity) > MOST_LETTERS_OF_ID:
        raise NotLetIn(Why.FAILED)
    if not _is_strong(claims.get(settings.OIDC_STRENGTH_CLAIM)):
        raise NotLetIn(Why.WEAK)
    return _person(claims)


def _is_strong(said: Any) -> bool:
    """Whether the directory says that it checked the person as strongly as `OIDC_STRENGTH` wants."""
    if not settings.OIDC_STRENGTH:
        return True
    given = said if isinstance(said, list) else [said]
    return any(each in given for each in settings.OIDC_STRENGTH)


def _person(claims: Mapping[str, Any]) -> Person:
    def text(name: str, most: int) -> str:
        return str(claims.get(name) or "").replace("\x00", "")[:most]

    identity = claims[settings.OIDC_ID_CLAIM]
    return Person(
        id=identity,
        username=text("preferred_username", 150) or identity[:150],
        first_name=text("given_name", 150) or text("name", 150),
        last_name=text("family_name", 150),
        email=text("email", 254),
        roles=_roles(claims.get(settings.OIDC_ROLES_CLAIM)),
    )


def _roles(groups: Any) -> tuple[str, ...] | None:
    if not settings.OIDC_ROLES:
        return None
    given = groups if isinstance(groups, list) else [groups]
    return tuple(sorted({role for group, role in settings.OIDC_ROLES.items() if group in given}))


def _openid() -> ModuleType:
    # Its libraries take 15 MB in each worker: only where somebody comes from a directory.
    from accounts import openid

    return openid
