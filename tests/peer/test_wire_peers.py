"""The wire against real registries: a login over TLS, and bytes both ways."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from regclient.errors import Denied, NotFound, Unreachable
from regclient.hosts import HostBook, HostSettings
from regclient.kit.secret import Secret
from regclient.transport.messages import Body, Kind, Request
from regclient.transport.sender import Sender
from tests.fakes.wire import TLS, authority
from tests.peer.servers import DEBIAN, DISTRIBUTION, RealRegistry, registry_server

pytestmark = pytest.mark.peer

PASSWORD = "open sesame"
HASH = "$2b$04$o8KR/d3OpLGG1uvy4zbJ.uMKc0F7uJ4HfVWXHZT9etIsqztHac/v2"
BLOB = hashlib.sha512(b"peer").digest() * 50_000
DIGEST = "sha256:" + hashlib.sha256(BLOB).hexdigest()


@pytest.fixture(params=[DEBIAN, DISTRIBUTION], ids=lambda kind: kind.name)
def guarded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RealRegistry]:
    """A registry that speaks TLS and asks for a password."""
    (tmp_path / "htpasswd").write_text(f"ali:{HASH}\n")
    settings = (
        f"  tls: {{certificate: {TLS / 'server.crt'}, key: {TLS / 'server.key'}}}\n"
        f"auth:\n  htpasswd: {{realm: here, path: {tmp_path / 'htpasswd'}}}\n"
    )
    with registry_server(request.param, tmp_path / "registry", settings=settings) as server:
        yield server


def sender_to(server: RealRegistry, **more: object) -> Sender:
    return Sender(HostBook([HostSettings(server.host, **more)]))  # type: ignore[arg-type]


def test_a_blob_goes_up_and_comes_down_behind_a_login(guarded: RealRegistry) -> None:
    sender, host = sender_to(guarded, reg_cert=authority(), user="ali", password=Secret(PASSWORD)), guarded.host
    with sender.send(Request(host, "POST", "blobs/uploads/", "a/b", kind=Kind.BLOB)) as response:
        location = response.headers["Location"][0]
    body = Body(io.BytesIO(BLOB), len(BLOB))
    with sender.send(Request(host, "PUT", url=location, query=(("digest", DIGEST),), body=body, kind=Kind.BLOB)) as response:
        assert 201 == response.status
    with sender.send(Request(host, "GET", f"blobs/{DIGEST}", "a/b", kind=Kind.BLOB, size=len(BLOB))) as response:
        assert BLOB == response.read()
    with sender.send(Request(host, "HEAD", f"blobs/{DIGEST}", "a/b", kind=Kind.HEAD)) as response:
        assert str(len(BLOB)) == response.headers["Content-Length"][0]
    with pytest.raises(NotFound):
        sender.send(Request(host, "GET", "manifests/none", "a/b", kind=Kind.MANIFEST))
    sender.close()


def test_a_part_of_a_blob_is_what_was_asked_for(guarded: RealRegistry) -> None:
    sender, host = sender_to(guarded, reg_cert=authority(), user="ali", password=Secret(PASSWORD)), guarded.host
    with sender.send(Request(host, "POST", "blobs/uploads/", "a/b", kind=Kind.BLOB)) as response:
        location = response.headers["Location"][0]
    sender.send(Request(host, "PUT", url=location, query=(("digest", DIGEST),), body=BLOB, kind=Kind.BLOB)).close()
    request = Request(host, "GET", f"blobs/{DIGEST}", "a/b", kind=Kind.BLOB, headers={"Range": "bytes=1000-"})
    with sender.send(request) as response:
        assert BLOB[1000:] == response.read()
        assert re.fullmatch(r"bytes 1000-\d+/\d+", response.headers["Content-Range"][0])
    sender.close()


@pytest.mark.parametrize(
    "login", [{}, {"user": "ali", "password": Secret("wrong")}, {"user": "bob", "password": Secret(PASSWORD)}]
)
def test_without_the_right_login_nothing_opens(guarded: RealRegistry, login: dict[str, object]) -> None:
    sender = sender_to(guarded, reg_cert=authority(), **login)
    with pytest.raises(Denied) as caught:
        sender.send(Request(guarded.host, "GET"))
    sender.close()

    assert PASSWORD not in str(caught.value)


def test_an_authority_nobody_vouched_for_is_not_trusted(guarded: RealRegistry) -> None:
    sender = sender_to(guarded)
    with pytest.raises(Unreachable, match="not trusted"):
        sender.send(Request(guarded.host, "GET"))
    sender.close()
