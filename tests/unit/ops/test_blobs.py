"""One blob: found, mounted, or sent; counted on the way, and stopped when it should be."""

from __future__ import annotations

import io
from typing import BinaryIO

import pytest

from regclient.errors import Cancelled, DigestMismatch, RegistryFault, SideError
from regclient.events import Event, Planned, State, Warned
from regclient.memory import MemoryRepository
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.ops.arrivals import Arrivals
from regclient.ops.blobs import Escort, copy_blob, reading, send_blob
from regclient.repository import Repository
from tests.fakes import images

Events = list[Event | Planned | Warned]


@pytest.fixture
def src() -> MemoryRepository:
    return MemoryRepository("registry.example/src")


@pytest.fixture
def dst() -> MemoryRepository:
    return MemoryRepository("registry.example/dst")


class Mounting(MemoryRepository):
    """A repository that mounts, or says why not."""

    refusal: Exception | None = None

    def mount_blob(self, blob: Descriptor, src: Repository) -> bool:
        if self.refusal is not None:
            raise self.refusal
        with src.open_blob(blob) as content:
            super().put_blob(content, blob)
        return True

    def put_blob(self, content: BinaryIO, expect: Descriptor | None = None) -> Descriptor:
        assert self.refusal is not None, "a blob that can be mounted is not sent"
        return super().put_blob(content, expect)


class Sibling(MemoryRepository):
    """A repository that mounts from its own registry, unless that does not mount; it notes what it was asked to mount from."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.asked: list[Repository] = []
        self.mounts = True

    def mount_blob(self, blob: Descriptor, src: Repository) -> bool:
        self.asked.append(src)
        if not self.mounts or not src.reference.same_registry(self.reference):
            return False
        with src.open_blob(blob) as content:
            super().put_blob(content, blob)
        return True


def states(events: Events) -> list[State]:
    return [event.state for event in events if isinstance(event, Event)]


def test_a_blob_is_sent_and_its_bytes_are_told(src: MemoryRepository, dst: MemoryRepository) -> None:
    blob = images.blob(src, b"0123456789")
    events = Events()
    assert blob == copy_blob(src, dst, blob, Escort(events.append))
    name = str(blob.digest)
    assert [
        Event("blob", name, State.STARTED, 0, 10),
        Event("blob", name, State.ACTIVE, 10, 10),
        Event("blob", name, State.FINISHED, 10, 10),
    ] == events


def test_a_blob_that_is_there_is_skipped_and_its_size_filled_in(src: MemoryRepository, dst: MemoryRepository) -> None:
    blob = images.blob(dst, b"there")
    events = Events()
    assert blob == copy_blob(src, dst, blob.replace(size=0), Escort(events.append))
    assert states(events) == [State.STARTED, State.SKIPPED]


def test_a_blob_of_the_same_repository_is_not_even_asked_for(src: MemoryRepository) -> None:
    events = Events()
    blob = Descriptor.of(b"not there")
    assert blob == copy_blob(src, src, blob, Escort(events.append))
    assert states(events) == [State.STARTED, State.SKIPPED]


def test_a_mount_moves_no_bytes(src: MemoryRepository) -> None:
    dst = Mounting("registry.example/dst")
    blob = images.blob(src, b"mounted")
    events = Events()
    copy_blob(src, dst, blob, Escort(events.append))
    assert states(events) == [State.STARTED, State.SKIPPED]
    assert dst.stat_blob(blob) is not None


def test_a_mount_that_fails_is_a_warning_and_the_blob_is_sent(src: MemoryRepository) -> None:
    dst = Mounting("registry.example/dst")
    dst.refusal = RegistryFault("registry.example", 500, "POST")
    blob = images.blob(src, b"sent")
    events = Events()
    copy_blob(src, dst, blob, Escort(events.append))
    warnings = [event.text for event in events if isinstance(event, Warned)]
    expected = (
        f"could not mount {blob.digest} in registry.example/dst, sending it instead: registry.example answered 500 to POST"
    )
    assert [expected] == warnings
    assert dst.stat_blob(blob) is not None


def test_a_blob_another_copy_has_brought_to_a_sibling_is_mounted_from_there(src: MemoryRepository) -> None:
    dst, sibling, arrivals = Sibling("dst.example/app"), MemoryRepository("dst.example/sibling"), Arrivals()
    blob = images.blob(src, b"shared")
    images.blob(sibling, b"shared")
    arrivals.note(sibling, blob.digest)

    copy_blob(src, dst, blob, Escort(arrivals=arrivals))

    assert [src, sibling] == dst.asked
    assert dst.stat_blob(blob) is not None
    assert arrivals.sibling(sibling, blob.digest) is dst


def test_a_registry_that_does_not_mount_from_a_sibling_is_sent_the_blob(src: MemoryRepository) -> None:
    dst, sibling, arrivals = Sibling("dst.example/app"), MemoryRepository("dst.example/sibling"), Arrivals()
    dst.mounts = False
    blob = images.blob(src, b"shared")
    arrivals.note(sibling, blob.digest)

    copy_blob(src, dst, blob, Escort(arrivals=arrivals))

    assert [src, sibling] == dst.asked
    assert dst.stat_blob(blob) is not None
    assert arrivals.sibling(sibling, blob.digest) is None


def test_a_cancelled_mount_is_no_warning(src: MemoryRepository) -> None:
    dst = Mounting("registry.example/dst")
    dst.refusal = Cancelled()
    with pytest.raises(Cancelled):
        copy_blob(src, dst, images.blob(src, b"never"))


def test_a_check_ends_the_transfer_between_two_reads(src: MemoryRepository) -> None:
    blob = images.blob(src, b"interrupted")
    events = Events()

    def check() -> None:
        if State.ACTIVE in states(events):
            raise Cancelled

    with pytest.raises(Cancelled):
        copy_blob(src, Nibbling("other.example/dst"), blob, Escort(events.append, check=check))
    assert states(events) == [State.STARTED, State.ACTIVE]


class Nibbling(MemoryRepository):
    """A repository that reads one byte at a time."""

    def put_blob(self, content: BinaryIO, expect: Descriptor | None = None) -> Descriptor:
        return super().put_blob(io.BytesIO(b"".join(iter(lambda: content.read(1), b""))), expect)


def test_a_corrupt_source_is_the_sources_fault_although_the_upload_reads_it(
    src: MemoryRepository, dst: MemoryRepository
) -> None:
    blob = images.blob(src, b"good")
    src._blobs[blob.digest] = b"evil"
    with pytest.raises(SideError, match=rf"^source registry\.example/src \(blob {blob.digest}\)") as caught:
        copy_blob(src, dst, blob)
    assert isinstance(caught.value.cause, DigestMismatch)


def test_an_upload_that_starts_again_counts_again(src: MemoryRepository) -> None:
    class Twice(MemoryRepository):
        def put_blob(self, content: BinaryIO, expect: Descriptor | None = None) -> Descriptor:
            assert content.seekable()
            buffer = bytearray(4)
            assert content.readinto(buffer) == 4  # type: ignore[attr-defined]
            assert (bytes(buffer), content.tell(), content.readable()) == (b"0123", 4, True)
            content.seek(0)
            return super().put_blob(content, expect)

    events = Events()
    blob = images.blob(src, b"0123456789")
    copy_blob(src, Twice("other.example/dst"), blob, Escort(events.append))
    assert [4, 10] == [event.done for event in events if isinstance(event, Event) and event.state is State.ACTIVE]


def test_a_stream_of_a_reader_that_only_reads_fills_buffers_too(src: MemoryRepository) -> None:
    class Filling(MemoryRepository):
        def put_blob(self, content: BinaryIO, expect: Descriptor | None = None) -> Descriptor:
            buffer = bytearray(20)
            count = content.readinto(buffer)  # type: ignore[attr-defined]
            return super().put_blob(io.BytesIO(buffer[:count]), expect)

    class Plain:
        def __init__(self, content: BinaryIO) -> None:
            self.read = content.read

    blob = images.blob(src, b"0123456789")
    for reader in (None, lambda _, content: Plain(content)):
        dst = Filling("other.example/dst")
        copy_blob(src, dst, blob, Escort(reader=reader))  # type: ignore[arg-type]
        assert dst.stat_blob(blob) is not None


def test_an_upload_that_recovered_from_a_bad_read_blames_nobody_for_it_later(src: MemoryRepository) -> None:
    class Stubborn(MemoryRepository):
        def put_blob(self, content: BinaryIO, expect: Descriptor | None = None) -> Descriptor:
            with pytest.raises(DigestMismatch):
                content.read()
            src._blobs[blob.digest] = b"good"
            content.seek(0)
            raise RegistryFault("registry.example", 500, "PUT")

    blob = images.blob(src, b"good")
    src._blobs[blob.digest] = b"evil"
    with pytest.raises(SideError, match=r"^destination other\.example/dst"):
        copy_blob(src, Stubborn("other.example/dst"), blob)


def test_a_stream_is_sent_once_and_hashed_on_its_way_when_nobody_has() -> None:
    app = MemoryRepository()
    unknown = Descriptor("t/x", Digest.of(b""), -1)
    events: list[object] = []
    stored = send_blob(app, io.BytesIO(b"content"), unknown, Escort(events.append))
    again = io.BytesIO(b"content")

    assert Descriptor("t/x", Digest.of(b"content"), 7) == stored == send_blob(app, again, stored, Escort(events.append))
    assert 0 == again.tell()
    states = [event.state for event in events if isinstance(event, Event)]
    assert [State.STARTED, State.ACTIVE, State.FINISHED, State.STARTED, State.SKIPPED] == states


def test_reading_is_told_of_and_can_be_ended(src: MemoryRepository) -> None:
    blob = src.put_blob(io.BytesIO(b"x" * 100))
    for read, last in (-1, 100), (60, 60):
        events: Events = []
        with reading(src, blob, Escort(events.append)) as content:
            content.read(60)
            content.read(read - 60 if read > 0 else -1)
        seen = [(event.state, event.done, event.total) for event in events if isinstance(event, Event)]
        assert [(State.STARTED, 0, 100), (State.ACTIVE, 60, 100)] == seen[:2]
        assert (State.FINISHED, last, last) == seen[-1]

    def stop() -> None:
        raise Cancelled

    with reading(src, blob, Escort(check=stop)) as content, pytest.raises(Cancelled):
        content.read()
