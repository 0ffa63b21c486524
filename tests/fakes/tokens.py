"""Logins of the fake registry: basic, or bearer with a token service of its own."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from regclient.clock import Clock
from regclient.model.headers import first
from regclient.server.fault import Fault
from regclient.server.message import JSON, ServerRequest, ServerResponse

TOKEN_PATH = "/token"


@dataclass(slots=True)
class Door:
    """Who may come in. ``scheme`` is ``basic`` or ``bearer``; tokens live ``seconds``; ``anonymous`` pulls are let in.

    ``refresh`` is the identity token the service also takes and, asked by POST, gives.
    """

    clock: Clock
    scheme: str
    user: str
    password: str
    seconds: float = 300.0
    anonymous: bool = False
    refresh: str = ""
    asked: list[tuple[str, ...]] = field(default_factory=list)
    _tokens: dict[str, tuple[frozenset[str], float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, request: ServerRequest) -> None:
        """Let a request in.

        Raises:
            Fault: 401 with a challenge.
        """
        scheme, _, value = first(request.headers, "Authorization").partition(" ")
        if self.scheme == "basic":
            if scheme.lower() != "basic" or not self._knows(value):
                raise _refusal('Basic realm="fake"')
            return
        needed = _scope_of(request)
        with self._lock:
            granted, expires = (
                self._tokens.get(value, (frozenset[str](), 0.0)) if scheme.lower() == "bearer" else (frozenset(), 0)
            )
        if expires > self.clock.now() and needed <= granted:
            return
        host = first(request.headers, "Host")
        scope = _written(request)
        raise _refusal(f'Bearer realm="http://{host}{TOKEN_PATH}",service="{host}"' + (f',scope="{scope}"' if scope else ""))

    def answer(self, request: ServerRequest) -> ServerResponse:
        """Hand out a token, by GET with a basic login or by POST of a form (OAuth2)."""
        fields = dict(request.query)
        if request.method == "POST":
            form = parse_qs(request.body.read(65536).decode())
            fields = {name: " ".join(values) for name, values in form.items()}
            known = (fields.get("username"), fields.get("password")) == (self.user, self.password)
            known = known or bool(self.refresh and fields.get("refresh_token") == self.refresh)
        else:
            known = self._knows(first(request.headers, "Authorization").partition(" ")[2])
        scopes = tuple(value for name, value in request.query if name == "scope") or tuple(fields.get("scope", "").split())
        with self._lock:
            self.asked.append(scopes)
        if not known and not (self.anonymous and request.method == "GET"):
            raise Fault(401, "UNAUTHORIZED", "who are you?")
        granted = frozenset(action for scope in scopes for action in _actions(scope) if known or action.endswith(":pull"))
        with self._lock:
            token = f"token-{len(self._tokens) + 1}"
            self._tokens[token] = granted, self.clock.now() + self.seconds
        document = {"token": token, "access_token": token, "expires_in": int(self.seconds)}
        if request.method == "POST" and self.refresh:
            document["refresh_token"] = self.refresh
        return ServerResponse(200, [("Content-Type", JSON)], json.dumps(document).encode())

    def forget(self) -> None:
        """Revoke every token before its time."""
        with self._lock:
            self._tokens = {token: (granted, 0.0) for token, (granted, _) in self._tokens.items()}

    def _knows(self, value: str) -> bool:
        return value == base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


def _refusal(challenge: str) -> Fault:
    return Fault(401, "UNAUTHORIZED", "authentication required", headers=(("WWW-Authenticate", challenge),))


def _written(request: ServerRequest) -> str:
    name = _name_of(request.path)
    if name == "":
        return "registry:catalog:*" if request.path.endswith("/_catalog") else ""
    actions = {"GET": "pull", "HEAD": "pull", "DELETE": "delete"}.get(request.method, "pull,push")
    return f"repository:{name}:{actions}"


def _scope_of(request: ServerRequest) -> frozenset[str]:
    scope = _written(request)
    return frozenset(_actions(scope)) if scope else frozenset()


def _actions(scope: str) -> list[str]:
    head, _, actions = scope.rpartition(":")
    return [f"{head}:{action}" for action in actions.split(",")]


def _name_of(path: str) -> str:
    parts = path.removeprefix("/v2/").split("/")
    at = next(
        (index for index in range(len(parts) - 1, 0, -1) if parts[index] in {"manifests", "blobs", "tags", "referrers"}), 0
    )
    return "/".join(parts[:at])
