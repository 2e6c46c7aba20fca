"""The talk with the council's directory: OpenID Connect's code flow, left to Authlib."""

from __future__ import annotations

from collections.abc import Mapping
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
SIGNED_WITH = ["RS256", "PS256", "ES256"]
"""Only with the directory's private key: never unsigned, never with a secret that we hold too."""


def way_there(request: HttpRequest, come_back_to: str, *, again: bool) -> HttpResponse:
    """Do what `accounts.directory.way_there` says."""
    options = {"prompt": "login"} if again else {}
    if settings.OIDC_ACR_VALUES:
        options["acr_values"] = settings.OIDC_ACR_VALUES
    try:
        return _client().authorize_redirect(request, come_back_to, **options)
    except (OAuthError, RequestException, ValueError) as away:
        raise NotLetIn(Why.AWAY) from away


def claims_from(request: HttpRequest) -> Mapping[str, Any]:
    """Return what the directory says of who came back from it, checked. Raises NotLetIn."""
    wanted = {
        "iss": {"essential": True, "value": settings.OIDC_ISSUER},
        "aud": {"essential": True, "value": settings.OIDC_CLIENT_ID},
        "exp": {"essential": True},
        "nonce": {"essential": True},
    }
    try:
        client = _client()
        client.load_server_metadata()["id_token_signing_alg_values_supported"] = SIGNED_WITH
        return client.authorize_access_token(request, claims_options=wanted).get("userinfo") or {}
    except RequestException as away:
        raise NotLetIn(Why.AWAY) from away
    except (OAuthError, JoseError, ValueError, KeyError, TypeError) as untrusted:
        raise NotLetIn(Why.FAILED) from untrusted


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
            # What the directory is told goes to the addresses that it has published, nowhere else.
            "max_redirects": 0,
        },
    )
