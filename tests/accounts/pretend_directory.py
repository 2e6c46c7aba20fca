"""A council directory for tests: a real OpenID Connect provider on a port of its own, which can also lie."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "hubs", "the directory gave us this"


class Directory:
    """Knows one person, `claims`; `lies` are put over what it would say in truth.

    What is asked of an address in `moved` is sent on to the address beside it.
    """

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.signing_key = self.key
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {}
        self.lies: dict[str, Any] = {}
        self.asked: dict[str, dict[str, str]] = {}
        self.moved: dict[str, str] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def consent(self, address: str) -> dict[str, str]:
        """Do what the person's browser and the directory's own page would; return what is sent back to us."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return {"code": code, "state": asked["state"]}

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Answer the portal's own request; each code once, to whoever holds the secret and the verifier."""
        asked = self.asked.pop(form.get("code", ""), None)
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET.replace(' ', '+')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        ).decode()
        if asked is None or asked.get("code_challenge") != challenge.rstrip("="):
            return 400, {"error": "invalid_grant"}
        if authorization not in (f"Basic {expected}", f"Basic {plain}"):
            return 401, {"error": "invalid_client"}
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": self._id_token(asked)}

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self.claims | self.lies
        header = {"alg": self.algorithm, "kid": "first"}
        if self.algorithm == "none":
            parts = (json.dumps(each).encode() for each in (header, claims))
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        return jwt.encode(
            header, {name: value for name, value in claims.items() if value is not None}, self.signing_key
        )


def _handler(directory: Directory) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path in directory.moved:
                return self._send_on()
            pages = {
                "/.well-known/openid-configuration": directory.discovery,
                "/moved": directory.discovery,
                "/keys": lambda: {"keys": [directory.key.as_dict(private=False)]},
            }
            make = pages.get(self.path)
            return self._answer(200 if make else 404, make() if make else {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path in directory.moved:
                return self._send_on()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            return self._answer(*directory.token(form, self.headers.get("Authorization", "")))

        def _send_on(self) -> None:
            self.send_response(307)
            self.send_header("Location", directory.issuer + directory.moved[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    return Handler
