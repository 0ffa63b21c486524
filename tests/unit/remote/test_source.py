"""The bytes of an upload, cut into pieces."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

import pytest

from regclient.errors import DigestMismatch, SizeMismatch, Unsupported
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.remote.source import Expectation, HeldSource, Source, StreamSource, source_of
from regclient.transport.messages import Body
from tests.tables import table

CONTENT = bytes(range(256)) * 4
DIGEST = Digest.of(CONTENT)
KNOWN = Descriptor.of(CONTENT)


class OnlyRewinds(io.BytesIO):
    """A stream that only goes back to its start, like a download."""

    rewinds = 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if offset or whence:
            raise Unsupported("only the start")
        self.rewinds += 1
        return super().seek(offset)


class NeverSeeks(io.BytesIO):
    """A pipe."""

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = 0, /) -> int:
        raise io.UnsupportedOperation("a pipe")


class ChecksItself(io.BytesIO):
    """A stream that says which digest it verifies, whatever it holds."""

    verifies = DIGEST


def read_all(piece: Body | bytes) -> bytes:
    return piece.stream.read() if isinstance(piece, Body) else piece


def _read_and_finish(source: Source) -> Digest:
    read_all(source.piece(0, 2048))
    return source.finish()


def test_a_descriptor_without_size_promises_its_digest_only() -> None:
    known = Expectation(Descriptor("a/b", DIGEST, 0))

    assert (DIGEST, None) == (known.digest, known.size)


def test_the_empty_blob_has_size_0() -> None:
    known = Expectation(Descriptor.of(b""))

    assert (Digest.of(b""), 0) == (known.digest, known.size)


def test_the_digest_of_nothing_with_size_minus_1_asks_for_an_algorithm_only() -> None:
    known = Expectation(Descriptor("a/b", Digest.of(b"", "sha512"), -1))

    assert ("sha512", None, None) == (known.algorithm, known.digest, known.size)


def test_without_a_descriptor_nothing_is_known() -> None:
    known = Expectation(None)

    assert ("sha256", None, None) == (known.algorithm, known.digest, known.size)


@table("kind", [io.BytesIO, OnlyRewinds])
def test_a_stream_that_seeks_is_cut_into_windows(kind: type[io.BytesIO]) -> None:
    source = source_of(kind(CONTENT), Expectation(KNOWN))

    pieces = [source.piece(offset, 300) for offset in range(0, 1024, 300)]

    assert [300, 300, 300, 124] == [piece.size for piece in pieces if isinstance(piece, Body)]
    assert CONTENT == b"".join(map(read_all, pieces))
    assert b"" == source.piece(1024, 300)
    assert DIGEST == source.finish()


@table("kind", [io.BytesIO, OnlyRewinds])
def test_a_window_is_read_again_from_its_start_and_hashed_once(kind: type[io.BytesIO]) -> None:
    source = source_of(kind(CONTENT), Expectation(KNOWN))
    piece = source.piece(300, 300)
    assert isinstance(piece, Body)
    first = piece.stream.read(200)
    piece.stream.seek(0)

    assert CONTENT[300:500] == first
    assert CONTENT[300:600] == piece.stream.read()
    assert DIGEST == source.finish()


def test_going_back_is_done_at_once_and_not_at_the_next_read() -> None:
    content = OnlyRewinds(CONTENT * 1024)
    source = source_of(content, Expectation(Descriptor.of(CONTENT * 1024)))
    piece = source.piece(0, 1 << 20)
    assert isinstance(piece, Body)
    piece.stream.read(1_000_000)
    piece.stream.seek(0)
    rewound = content.rewinds, content.tell()
    source.piece(300, 300)

    assert ((1, 0), 300) == (rewound, content.tell())


class Reads:
    """A stream that can do no more than it must."""

    def __init__(self, content: bytes) -> None:
        self._stream = io.BytesIO(content)
        self.read, self.tell, self.seek, self.seekable = (
            self._stream.read,
            self._stream.tell,
            self._stream.seek,
            self._stream.seekable,
        )


def test_a_stream_that_cannot_fill_a_buffer_is_read() -> None:
    source = source_of(cast("BinaryIO", Reads(CONTENT)), Expectation(Descriptor.of(CONTENT)))

    assert CONTENT == read_all(source.piece(0, len(CONTENT)))
    assert Digest.of(CONTENT) == source.finish()


def test_a_stream_that_starts_in_the_middle_is_cut_from_there() -> None:
    content = io.BytesIO(b"skipped" + CONTENT)
    content.seek(7)
    source = source_of(content, Expectation(None))

    assert CONTENT[10:20] == read_all(source.piece(10, 10))
    assert CONTENT[5:20] == read_all(source.piece(5, 15))
    assert DIGEST == source.finish()


def test_a_stream_that_only_rewinds_and_has_no_known_size_is_held_in_pieces() -> None:
    assert isinstance(source_of(OnlyRewinds(CONTENT), Expectation(None)), HeldSource)


def test_a_pipe_is_held_in_pieces_whatever_is_known() -> None:
    assert isinstance(source_of(NeverSeeks(CONTENT), Expectation(KNOWN)), HeldSource)


def test_the_size_of_a_file_is_found_by_seeking() -> None:
    assert isinstance(source_of(io.BytesIO(CONTENT), Expectation(None)), StreamSource)


def test_the_piece_held_can_be_had_again_from_anywhere_in_it() -> None:
    source = source_of(NeverSeeks(CONTENT), Expectation(None))

    assert CONTENT[:300] == source.piece(0, 300)
    assert CONTENT[100:300] == source.piece(100, 300)
    assert CONTENT[300:600] == source.piece(300, 300)


def test_bytes_before_the_piece_held_are_gone() -> None:
    source = source_of(NeverSeeks(CONTENT), Expectation(None))
    source.piece(0, 300)
    source.piece(300, 300)

    with pytest.raises(Unsupported):
        source.piece(299, 300)


@table("kind", [io.BytesIO, NeverSeeks])
@table("content", [CONTENT[:-1], CONTENT + b"x"])
def test_too_few_or_too_many_bytes_are_noticed(kind: type[io.BytesIO], content: bytes) -> None:
    source = source_of(kind(content), Expectation(KNOWN))

    with pytest.raises(SizeMismatch):
        _read_and_finish(source)


def test_the_last_bytes_of_other_content_are_never_given_away() -> None:
    source = source_of(io.BytesIO(CONTENT[:-1] + b"x"), Expectation(KNOWN))
    piece = source.piece(0, 1024)
    assert isinstance(piece, Body)

    with pytest.raises(DigestMismatch):
        piece.stream.read(1024)


def test_other_content_in_pieces_is_noticed_at_the_end() -> None:
    source = source_of(NeverSeeks(CONTENT[:-1] + b"x"), Expectation(KNOWN))
    source.piece(0, 1024)

    with pytest.raises(DigestMismatch):
        source.finish()


def test_a_stream_that_checks_itself_is_believed() -> None:
    source = source_of(ChecksItself(CONTENT[:-1] + b"x"), Expectation(KNOWN))
    read_all(source.piece(0, 1024))

    assert DIGEST == source.finish()


def test_bytes_the_registry_had_already_are_still_hashed() -> None:
    source = source_of(io.BytesIO(CONTENT), Expectation(None))
    read_all(source.piece(900, 100))

    assert DIGEST == source.finish()
