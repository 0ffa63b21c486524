"""A token service whose tokens real registries believe: JSON web tokens signed with the test key (RS256).

Signing is the textbook formula over the numbers of the key file, so that no library is needed for it; it protects nothing.
https://distribution.github.io/distribution/spec/auth/jwt/
"""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

from regclient.model.headers import first
from regclient.server.fault import Fault, answer_of
from regclient.server.message import JSON, ServerRequest, ServerResponse

FIXTURES = Path(__file__).parents[1] / "fixtures" / "tls"
ISSUER, SERVICE = "regclient tests", "peer registry"
_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


@dataclass
class TokenService:
    """Hands out tokens by GET with a basic login and by POST with an identity token, for what is asked and nothing less.

    ``seconds`` is how long a token lives; the first ``stale`` tokens are over before they are had, and all end ``lag`` seconds
    sooner than they say. ``public`` gives those who do not log in a token for reading. ``given`` are all tokens,
    ``asked`` the way each was asked for.
    """

    user: str
    password: str
    identity: str = ""
    seconds: int = 300
    stale: int = 0
    lag: float = 0.0
    public: bool = False
    given: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, request: ServerRequest) -> ServerResponse:
        """Answer a request for a token."""
        try:
            return self._answered(request)
        except Fault as fault:
            return answer_of(fault)

    def _answered(self, request: ServerRequest) -> ServerResponse:
        form = dict(parse_qsl(request.body.read(65536).decode())) if request.method == "POST" else {}
        basic = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        login = first(request.headers, "Authorization")
        known = login == f"Basic {basic}" or bool(self.identity and form.get("refresh_token") == self.identity)
        if not known and (login or form or not self.public):
            raise Fault(401, "UNAUTHORIZED", "who are you?")
        scopes = [value for name, value in request.query if name == "scope"] or form.get("scope", "").split()
        with self._lock:
            now = time.time() - (3600 if len(self.given) < self.stale else self.lag)
            token = signed(claims_of(scopes if known else _for_reading(scopes), self.user, now, self.seconds))
            self.given.append(token)
            self.asked.append(request.method)
        return ServerResponse(
            200,
            [("Content-Type", JSON)],
            json.dumps({"token": token, "access_token": token, "expires_in": self.seconds}).encode(),
        )


def _for_reading(scopes: list[str]) -> list[str]:
    return [f"{scope.rpartition(':')[0]}:pull" for scope in scopes if "pull" in scope.rpartition(":")[2].split(",")]


def claims_of(scopes: list[str], user: str, now: float, seconds: int) -> dict[str, object]:
    """Return what a token says: who may do what, and until when."""
    access = []
    for kind, name, actions in (scope.split(":", 2) for scope in scopes):
        access.append({"type": kind, "name": name, "actions": actions.split(",")})
    return {
        "iss": ISSUER,
        "aud": SERVICE,
        "sub": user,
        "iat": int(now),
        "nbf": int(now) - 10,
        "exp": int(now) + seconds,
        "jti": hashlib.sha256(f"{now}{scopes}".encode()).hexdigest(),
        "access": access,
    }


def signed(claims: dict[str, object]) -> str:
    """Return a token with the certificate of the test key in its header."""
    certificate = ssl.PEM_cert_to_DER_cert((FIXTURES / "token.crt").read_text())
    header = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(certificate).decode()]}
    text = ".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))
    modulus, exponent = private_key((FIXTURES / "token.key").read_text())
    size = (modulus.bit_length() + 7) // 8
    digest = _SHA256_PREFIX + hashlib.sha256(text.encode()).digest()
    padded = b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
    signature = pow(int.from_bytes(padded), exponent, modulus).to_bytes(size)
    return f"{text}.{_base64url(signature)}"


def private_key(pem: str) -> tuple[int, int]:
    """Return modulus and private exponent of an RSA key in PKCS #1: a sequence of integers."""
    der = base64.b64decode("".join(line for line in pem.splitlines() if not line.startswith("-----")))
    _, modulus, _, exponent, *_ = _integers(der)
    return modulus, exponent


def _integers(der: bytes) -> Iterator[int]:
    position, _ = _length(der, 1)
    while position < len(der):
        position, size = _length(der, position + 1)
        yield int.from_bytes(der[position : position + size])
        position += size


def _length(der: bytes, position: int) -> tuple[int, int]:
    """Return where the content begins and how long it is."""
    count = der[position]
    if count < 0x80:
        return position + 1, count
    count -= 0x80
    return position + 1 + count, int.from_bytes(der[position + 1 : position + 1 + count])


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
