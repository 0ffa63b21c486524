"""A tar on its way: what is kept arrives, whatever the pieces and however large."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import pytest

from regclient.errors import Cancelled, Corrupt, SizeLimitExceeded
from regclient.kit.tarpassage import BUFFER, TarPassage
from tests.vectors.tar.samples import BLOCK, GNU, ONE, before, header, record


class Trickle(io.BytesIO):
    """A stream that fills buffers by a few bytes only."""

    def readinto(self, buffer: object, /) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        return super().readinto(view[:70_001])


def passage(content: bytes, check: Callable[[], None] = lambda: None) -> tuple[TarPassage, list[bytes]]:
    written: list[bytes] = []
    return TarPassage(Trickle(content), lambda data: written.append(bytes(data)), check), written


def numbered(size: int) -> bytes:
    return struct.pack(f">{size // 4}I", *range(size // 4))


LARGE = numbered(2 * BUFFER + 3 * BLOCK)


def test_what_is_passed_arrives_and_what_is_left_out_does_not() -> None:
    for size in (BLOCK, BUFFER - BLOCK, BUFFER, BUFFER + BLOCK, 2 * BUFFER):
        found, written = passage(LARGE)
        found.go_on(BLOCK)
        found.go_on(size, keep=False)
        found.go_on(BLOCK)
        found.put(b"more")
        found.flush()
        assert LARGE[:BLOCK] + LARGE[BLOCK + size : 2 * BLOCK + size] + b"more" == b"".join(written), size


def test_contents_are_passed_with_their_padding() -> None:
    found, written = passage(LARGE)
    found.go_on(BUFFER + 1)
    found.go_on(5, keep=False)
    found.go_on(5)
    found.flush()

    assert LARGE[: BUFFER + BLOCK] + LARGE[BUFFER + 2 * BLOCK : BUFFER + 3 * BLOCK] == b"".join(written)


def test_the_padding_of_the_last_content_may_be_missing() -> None:
    for size in (5, BUFFER + 5):
        found, written = passage(LARGE[:size])
        found.go_on(size)
        found.flush()
        assert LARGE[:size].ljust(-(-size // BLOCK) * BLOCK, b"\0") == b"".join(written), size
        found, written = passage(LARGE[:size])
        found.go_on(size, keep=False)
        found.flush()
        assert b"" == b"".join(written), size


def test_a_content_that_ends_early_is_refused() -> None:
    for size in (4, BUFFER):
        found, _ = passage(LARGE[:size])
        with pytest.raises(Corrupt, match="ends inside an entry"):
            found.go_on(size + 1)
        found, _ = passage(LARGE[:size])
        with pytest.raises(Corrupt, match="ends inside an entry"):
            found.take_content(size + 1, lambda _: None)


def test_what_is_taken_is_not_passed() -> None:
    found, written = passage(LARGE)
    found.go_on(BUFFER - BLOCK)
    taken = found.take(3 * BLOCK)
    pieces: list[bytes] = []
    found.take_content(BUFFER - 2 * BLOCK + 7, lambda data: pieces.append(bytes(data)))
    found.go_on(BLOCK)
    found.flush()

    assert LARGE[BUFFER - BLOCK : BUFFER + 2 * BLOCK] == taken
    assert LARGE[BUFFER + 2 * BLOCK : 2 * BUFFER + 7] == b"".join(pieces)
    assert LARGE[: BUFFER - BLOCK] + LARGE[2 * BUFFER + BLOCK : 2 * BUFFER + 2 * BLOCK] == b"".join(written)


def test_headers_come_with_what_is_before_them() -> None:
    found, _ = passage(before(record(b"mtime", b"7.5")) + ONE)
    entry = found.take_headers()
    assert entry is not None

    assert (b"a", (7, 500_000_000), 10) == (entry.name, entry.mtime, entry.stored)
    assert BLOCK * 3 == found.position


def test_global_headers_and_maps_come_alone() -> None:
    old = bytearray(header(kind=b"S", magic=GNU))
    old[482] = 1
    old[148:156] = b" " * 8
    old[148:156] = b"%06o\0 " % sum(old)
    more = bytes(504) + b"\1" + bytes(7)
    found, _ = passage(before(record(b"comment", b"x"), b"g") + bytes(old) + more + bytes(BLOCK) + ONE)
    shared, sparse = found.take_headers(), found.take_headers()
    assert shared is not None
    assert sparse is not None

    assert (True, {b"comment": b"x"}) == (shared.is_global, shared.records)
    assert more + bytes(BLOCK) == sparse.trailer


def test_a_tar_ends_at_an_empty_block_or_with_the_stream() -> None:
    for end in (b"", bytes(BLOCK), bytes(2 * BLOCK), bytes(2 * BLOCK) + b"anything"):
        found, written = passage(ONE[: 2 * BLOCK] + end)
        found.go_on(2 * BLOCK)
        assert None is found.take_headers(), end
        found.drain()
        found.flush()
        assert ONE[: 2 * BLOCK] == b"".join(written), end
        assert not found.more()


def test_damage_is_refused() -> None:
    block = bytearray(before(b"")[:BLOCK])
    block[124:136] = b"00010000000\0"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    for content, error, what in (
        (ONE[:300], Corrupt, "inside a header"),
        (before(b"") + bytes(BLOCK), Corrupt, "after an extended header"),
        (before(b""), Corrupt, "after an extended header"),
        (before(b"") * 9 + ONE, Corrupt, "without an entry"),
        (bytes(block) + bytes(BUFFER), SizeLimitExceeded, "extended header"),
    ):
        with pytest.raises(error, match=what):
            passage(content)[0].take_headers()
    found, _ = passage(bytes(BLOCK) + ONE)
    found.take_headers()
    with pytest.raises(Corrupt, match="empty block lies between"):
        found.drain()


def test_maps_without_end_are_refused() -> None:
    old = bytearray(header(kind=b"S", magic=GNU))
    old[482] = 1
    old[148:156] = b" " * 8
    old[148:156] = b"%06o\0 " % sum(old)
    with pytest.raises(SizeLimitExceeded, match="the map of a sparse tar entry"):
        passage(bytes(old) + b"\1" * (2 * BUFFER))[0].take_headers()


def test_work_that_should_end_ends_at_the_next_buffer() -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        passage(LARGE, stop)[0].go_on(BLOCK)
