"""Requests to a registry's handler, written short: no socket, no client."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from regclient.model.headers import canonical
from regclient.server.exchange import Policy
from regclient.server.handler import Handler
from regclient.server.message import ServerRequest
from regclient.server.store import MemoryStore, Store
from regclient.server.wire import Reader
from tests.fakes.clock import FakeClock
from tests.fakes.faults import body_of


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, its body read to the end."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> dict[str, object]:
        """The body as a JSON object."""
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value

    @property
    def code(self) -> str:
        """The error code in the body, empty when there is none."""
        return str(json.loads(self.body)["errors"][0]["code"]) if self.body.startswith(b'{"errors"') else ""


class Asker:
    """A handler, its store and its clock."""

    def __init__(self, policy: Policy | None = None, store: Store | None = None) -> None:
        self.clock = FakeClock()
        self.store = store or MemoryStore()
        self.handler = Handler(self.store, policy, self.clock)

    def ask(
        self,
        method: str,
        address: str,
        body: bytes = b"",
        headers: Mapping[str, str | tuple[str, ...]] | None = None,
        *,
        chunked: bool = False,
    ) -> Answer:
        """Send a request to ``address``, which is what follows ``/v2/``, or a whole path."""
        path, _, query = address.partition("?")
        fields = {canonical(name): (value,) if isinstance(value, str) else value for name, value in (headers or {}).items()}
        request = ServerRequest(
            method,
            unquote(path if path.startswith("/") else f"/v2/{path}"),
            io.BytesIO(body),
            tuple(parse_qsl(query, keep_blank_values=True)),
            fields,
            None if chunked else len(body),
        )
        answer = self.handler.handle(request)
        try:
            return Answer(answer.status, dict(answer.headers), body_of(answer))
        finally:
            answer.close()


def reader_of(*pieces: bytes) -> Reader:
    """A peer that sends these pieces, one a packet, and then ends."""
    left = list(pieces)

    def receive(buffer: memoryview) -> int:
        if not left:
            return 0
        piece = left.pop(0)
        count = min(len(piece), len(buffer))
        buffer[:count] = piece[:count]
        if piece[count:]:
            left.insert(0, piece[count:])
        return count

    return Reader(receive)
