"""What endpoints are given."""

from __future__ import annotations

import io

import pytest

from regclient.clock import SystemClock
from regclient.model.digest import Digest
from regclient.server.exchange import Exchange, Policy, digest_of
from regclient.server.fault import Fault
from regclient.server.message import ServerRequest
from regclient.server.route import Endpoint, Route
from regclient.server.sessions import Sessions
from regclient.server.store import MemoryStore


def test_an_exchange_finds_its_repository() -> None:
    store = MemoryStore()
    sessions = Sessions(SystemClock(), store.spool, limit=1, seconds=1)
    request = ServerRequest("GET", "/v2/a/tags/list", io.BytesIO())
    exchange = Exchange(request, Route(Endpoint.TAGS, "a"), store, sessions, Policy())

    with pytest.raises(Fault) as fault:
        exchange.repository()
    assert "NAME_UNKNOWN" == fault.value.code
    assert store.create("a") is exchange.repository()


def test_digests_are_read_or_refused() -> None:
    digest = Digest.of(b"x", "sha512")

    assert digest == digest_of(str(digest))
    for text in ("", "x", f"md5:{'0' * 32}"):
        with pytest.raises(Fault) as fault:
            digest_of(text)
        assert (400, "DIGEST_INVALID") == (fault.value.status, fault.value.code)
