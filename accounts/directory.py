"""The council's directory (OpenID Connect, such as Entra ID): who it says somebody is, and in which roles.

Off until `OIDC_ISSUER` is set. The answer counts only when it is signed by the directory, is meant for us, is
of this moment, and belongs to this browser (issuer, audience, expiry, nonce, state, PKCE): docs/security.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError
from requests import RequestException

from accounts.errors import NotLetIn, Why

TIMEOUT_SECONDS = 10
MOST_LETTERS_OF_ID = 255
SIGNED_WITH = ["RS256", "PS256", "ES256"]
"""Only with the directory's private key: never unsigned, never with a secret that we hold too."""


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
    options = {"prompt": "login"} if again else {}
    try:
        return _client().authorize_redirect(request, come_back_to, **options)
    except (OAuthError, RequestException, ValueError) as away:
        raise NotLetIn(Why.AWAY) from away


def person_from(request: HttpRequest) -> Person:
    """Return who came back from the directory. Raises NotLetIn for an answer that cannot be trusted."""
    wanted = {
        "iss": {"essential": True, "value": settings.OIDC_ISSUER},
        "aud": {"essential": True, "value": settings.OIDC_CLIENT_ID},
        "exp": {"essential": True},
        "nonce": {"essential": True},
    }
    try:
        client = _client()
        client.load_server_metadata()["id_token_signing_alg_values_supported"] = SIGNED_WITH
        claims = client.authorize_access_token(request, claims_options=wanted).get("userinfo")
    except RequestException as away:
        raise NotLetIn(Why.AWAY) from away
    except (OAuthError, JoseError, ValueError, KeyError, TypeError) as untrusted:
        raise NotLetIn(Why.FAILED) from untrusted
    identity = (claims or {}).get(settings.OIDC_ID_CLAIM)
    if not isinstance(identity, str) or not identity.strip() or len(identity) > MOST_LETTERS_OF_ID:
        raise NotLetIn(Why.FAILED)
    return _person(claims)


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


def _client() -> Any:
    return _registered(settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)


@cache
def _registered(issuer: str, client_id: str, client_secret: str) -> Any:
    return OAuth().register(
        "directory",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )
