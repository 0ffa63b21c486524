"""The home behind the contract: that its parts work together."""

from __future__ import annotations

import io

import pytest

from regclient.errors import BlobNotFound, InvalidReference
from regclient.memory import MemoryRepository
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.manifest import ImageManifest
from regclient.model.reference import Reference
from regclient.remote.repository import RemoteRepository
from regclient.repository import Forwards, Mounts, Pings, Repository
from tests.fakes.script import Answer, ScriptedTransport
from tests.tables import table

BLOB = Descriptor.of(b"content")
ESCAPED = str(BLOB.digest).replace(":", "%3A")
IMAGE = ImageManifest.build(config=EMPTY)


def repository(*script: tuple[str, Answer], name: str = "registry.example/team/app") -> RemoteRepository:
    return RemoteRepository(Reference.parse(name), ScriptedTransport(*script))


def test_it_is_a_repository_that_mounts_and_pings() -> None:
    subject = repository()

    assert isinstance(subject, Repository)
    assert isinstance(subject, Mounts)
    assert isinstance(subject, Pings)
    assert isinstance(subject, Forwards)


def test_its_reference_is_the_repository_alone() -> None:
    assert Reference.parse("registry.example/team/app:1").repository_only() == repository().reference
    assert "RemoteRepository('registry.example/team/app')" == repr(repository())


@table("reference", [Reference.parse("ocidir://x"), Reference(registry="registry.example")])
def test_nothing_else_is_a_repository_of_a_registry(reference: Reference) -> None:
    with pytest.raises(InvalidReference):
        RemoteRepository(reference, ScriptedTransport())


def test_manifests_go_there_and_come_back() -> None:
    typed = {
        "Content-Type": IMAGE.media_type,
        "Docker-Content-Digest": str(IMAGE.digest),
        "Content-Length": str(len(IMAGE.raw)),
    }
    subject = repository(
        ("PUT manifests/1", Answer(201)),
        ("GET manifests/1", Answer(200, typed, IMAGE.raw)),
        ("HEAD manifests/1", Answer(200, typed)),
        ("HEAD manifests/1", Answer(200, typed)),
        (f"DELETE manifests/{IMAGE.digest}", Answer(202)),
    )

    assert IMAGE.descriptor == subject.put_manifest(IMAGE, "1")
    assert IMAGE.raw == subject.get_manifest("1").raw
    assert IMAGE.descriptor == subject.resolve("1")
    assert IMAGE.digest == subject.head_manifest("1").digest
    subject.delete_manifest(IMAGE.digest)


def test_blobs_go_there_and_come_back() -> None:
    subject = repository(
        (f"POST blobs/uploads/?mount={ESCAPED}", Answer(202, {"Location": "1"})),
        (f"PUT https://registry.example/v2/team/app/blobs/uploads/1?digest={ESCAPED}", Answer(201)),
        (f"HEAD blobs/{BLOB.digest}", Answer(200)),
        (f"GET blobs/{BLOB.digest}", Answer(200, {}, b"content")),
        (f"DELETE blobs/{BLOB.digest}", Answer(202)),
        (f"DELETE blobs/{BLOB.digest}", Answer(404)),
    )

    assert BLOB == subject.put_blob(io.BytesIO(b"content"), BLOB)
    assert subject.stat_blob(BLOB) is not None
    with subject.open_blob(BLOB) as stream:
        assert b"content" == stream.read()
    subject.delete_blob(BLOB.digest)
    with pytest.raises(BlobNotFound):
        subject.delete_blob(BLOB.digest)


def test_who_opens_a_blob_says_where_its_bytes_go_if_that_can_be_known() -> None:
    transport = ScriptedTransport(*[(f"GET blobs/{BLOB.digest}", Answer(200, {}, b"content"))] * 4)
    subject, other = (RemoteRepository(Reference.parse(f"{name}.example/app"), transport) for name in ("here", "there"))
    layout = MemoryRepository()
    layout.reference = Reference.parse("ocidir://layout")

    for target in (other, layout, repository(), MemoryRepository()):
        with subject.open_blob_for(BLOB, target) as stream:
            assert b"content" == stream.read()

    assert ["there.example", "", None, None] == [sent.request.onward for sent in transport.sent]


def test_a_blob_is_mounted_from_a_sibling() -> None:
    subject = repository((f"POST blobs/uploads/?mount={ESCAPED}&from=team%2Fother", Answer(201)))

    assert subject.mount_blob(BLOB, repository(name="registry.example/team/other"))


def test_nothing_is_asked_to_mount_from_elsewhere() -> None:
    assert not repository().mount_blob(BLOB, repository(name="elsewhere.example/team/other"))


def test_a_ping_is_for_the_registry() -> None:
    assert {} == repository(("GET ", Answer(200))).ping().headers
