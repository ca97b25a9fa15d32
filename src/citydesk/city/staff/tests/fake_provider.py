"""A small OpenID provider on a local port: discovery, keys, token address. What it signs is the test's choice."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "citydesk", "a-client-secret-that-is-long-enough-for-hs256"


class FakeProvider:
    """`claims` and `sign` may be changed between sign-ins; `challenges` are the PKCE challenges it was shown."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.id_token: str | None = None
        self.challenge = ""
        self.refusals: list[str] = []

    def claims(self, own_nonce: str, **changes: Any) -> dict[str, Any]:
        """Good claims with changes; a change to None leaves the claim out."""
        now = int(time.time())
        good = {
            "iss": self.origin,
            "sub": "person-1",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": own_nonce,
            "email": "rosa@city.example",
            "email_verified": True,
        }
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def sign(self, claims: dict[str, Any], *, key: Any = None, algorithm: str = "RS256", kid: str = "main") -> str:
        return jwt.encode(claims, key if key is not None else self.key, algorithm=algorithm, headers={"kid": kid})

    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def answer(self, path: str, form: dict[str, list[str]]) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.origin,
                "authorization_endpoint": f"{self.origin}/authorize",
                "token_endpoint": f"{self.origin}/token",
                "userinfo_endpoint": f"{self.origin}/userinfo",
                "jwks_uri": f"{self.origin}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/keys":
            one = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [{**one, "kid": "main", "use": "sig", "alg": "RS256"}]}
        if path == "/token":
            return self._token(form)
        return {"sub": "somebody-else", "email": "boss@city.example"}

    def _token(self, form: dict[str, list[str]]) -> dict[str, Any]:
        verifier = form.get("code_verifier", [""])[0]
        seen = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if seen != self.challenge or form.get("client_secret") != [CLIENT_SECRET]:
            self.refusals.append("PKCE or secret")
            return {"error": "invalid_grant"}
        answer = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 300}
        return {**answer, "id_token": self.id_token} if self.id_token else answer


@contextmanager
def running_provider() -> Iterator[FakeProvider]:
    """The provider, answering on a free local port until the test is over."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = parse_qs(self.rfile.read(length).decode())
            body = json.dumps(provider.answer(self.path, form)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer

        def log_message(self, *_arguments: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = FakeProvider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
