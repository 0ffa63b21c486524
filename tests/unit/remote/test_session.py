"""Upload sessions: addresses, and what registries say they hold."""

from __future__ import annotations

import pytest

from regclient.errors import Cancelled, Unreachable
from regclient.hosts import HostSettings
from regclient.model.digest import Digest
from regclient.model.reference import Reference
from regclient.remote.session import UploadSession, held_of, mount_blob
from regclient.remote.shared import Shared
from regclient.remote.wire import Wire
from tests.fakes.script import Answer, ScriptedTransport
from tests.tables import table

DIGEST = Digest.of(b"x")
ESCAPED = str(DIGEST).replace(":", "%3A")
MOUNT = f"POST blobs/uploads/?mount={ESCAPED}&from=team%2Fother"
BASE = "https://registry.example/v2/team/app/blobs/uploads"


def session(*script: tuple[str, Answer]) -> tuple[UploadSession, ScriptedTransport]:
    transport = ScriptedTransport(*script)
    wire = Wire(transport, Reference.parse("registry.example/team/app").repository_only(), resolve=lambda host: [])
    return UploadSession(wire, Shared(), HostSettings("registry.example")), transport


@table(
    ("location", "url"),
    [
        ("/v2/team/app/blobs/uploads/1", f"{BASE}/1"),
        ("1", f"{BASE}/1"),
        ("?state=1", f"{BASE}/?state=1"),
        ("https://uploads.example/a%2Fb?sig=x%2By==&t=a b", "https://uploads.example/a%2Fb?sig=x%2By==&t=a%20b"),
    ],
)
def test_an_address_is_taken_as_it_is_given(location: str, url: str) -> None:
    subject, _ = session(("POST blobs/uploads/", Answer(202, {"Location": location})))
    subject.open("sha256")

    assert url == subject.url


@table(("url", "closing"), [(f"{BASE}/1", f"{BASE}/1?digest="), (f"{BASE}/1?a=%2F", f"{BASE}/1?a=%2F&digest=")])
def test_closing_adds_the_digest_and_keeps_the_address(url: str, closing: str) -> None:
    subject, transport = session((f"PUT {closing}{ESCAPED}", Answer(201)))
    subject.url = url
    subject.store(DIGEST, b"x")
    transport.end()

    assert url == subject.url


@table(
    ("text", "accepted", "held"),
    [
        ("0-9", True, 10),
        ("bytes=0-9", False, 10),
        ("0-0", True, 1),
        ("0-0", False, 0),
        ("", True, None),
        ("junk", True, None),
        ("0-" + "9" * 19, True, None),
    ],
)
def test_what_is_held_is_read_from_the_range(text: str, held: int | None, *, accepted: bool) -> None:
    transport = ScriptedTransport(("GET x", Answer(202, {"Range": text})))
    wire = Wire(transport, Reference.parse("registry.example/team/app").repository_only())
    with wire.send(wire.request("GET", "x"), ok=(202,)) as response:
        assert held == held_of(response, accepted=accepted)


def test_a_mount_from_a_sibling_is_one_request() -> None:
    subject, transport = session((MOUNT, Answer(201)))

    assert mount_blob(subject, DIGEST, "team/other")
    transport.end()


@table("answer", [Answer(404), Answer(403), Answer(405), Answer(error=Unreachable("registry.example", "x"))])
def test_a_mount_that_is_refused_is_no_error(answer: Answer) -> None:
    subject, transport = session((MOUNT, answer))

    assert not mount_blob(subject, DIGEST, "team/other")
    transport.end()


def test_a_mount_that_turns_into_an_upload_is_cancelled() -> None:
    subject, transport = session((MOUNT, Answer(202, {"Location": "1"})), (f"DELETE {BASE}/1", Answer(204)))

    assert not mount_blob(subject, DIGEST, "team/other")
    transport.end()


def test_a_cancel_of_the_work_is_passed_on() -> None:
    subject, _ = session((MOUNT, Answer(error=Cancelled())))

    with pytest.raises(Cancelled):
        mount_blob(subject, DIGEST, "team/other")


def test_a_session_that_cannot_be_cancelled_is_left() -> None:
    subject, transport = session((f"DELETE {BASE}/1", Answer(500)))
    subject.url = f"{BASE}/1"
    subject.cancel()

    transport.end()


def test_without_a_session_there_is_nothing_to_cancel() -> None:
    subject, _ = session()
    subject.cancel()

    assert "" == subject.url
