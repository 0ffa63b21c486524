from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from regclient.errors import DigestMismatch, InvalidDigest, SizeMismatch, Unsupported
from regclient.model.digest import Digest, Verifier, new_hasher
from tests.tables import table

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CONTENT = b"some bytes that are worth checking"
ALGORITHMS = ["sha256", "sha384", "sha512"]


class OnceOnly:
    """A source that cannot start again and gives a few bytes at a time."""

    def __init__(self, content: bytes) -> None:
        self._left = io.BytesIO(content)

    def readinto(self, buffer: memoryview) -> int:
        return self._left.readinto(buffer[:7])


class Noting(io.BytesIO):
    """A source that notes how much is asked for at a time."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.asked: list[int] = []

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self.asked.append(len(memoryview(buffer)))
        return super().readinto(buffer)


@table("algorithm", ALGORITHMS)
def test_a_digest_prints_as_it_parses(algorithm: str) -> None:
    digest = Digest.of(CONTENT, algorithm)

    assert digest == Digest.parse(str(digest))
    assert algorithm == digest.algorithm


@table(
    "text",
    [
        *("", "sha256", "sha256:", "sha256:abc", ":" + "a" * 64, "sha256:" + "A" * 64, "sha256:" + "g" * 64),
        *("sha256:" + "a" * 65, "sha512:" + "a" * 64, "SHA256:" + "a" * 64, " sha256:" + "a" * 64, "sha256:" + "a" * 64 + "\n"),
        *("sha256:" + "\uff11" * 64, "a b:c", "sha-256+:x"),
    ],
)
def test_what_is_no_digest_is_refused(text: str) -> None:
    with pytest.raises(InvalidDigest):
        Digest.parse(text)


@table("text", ["md5:" + "0" * 32, "blake3:" + "a" * 64, "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8"])
def test_algorithms_nobody_can_check_are_unsupported(text: str) -> None:
    with pytest.raises(Unsupported):
        Digest.parse(text)


def test_unknown_algorithms_cannot_be_hashed_with() -> None:
    with pytest.raises(Unsupported):
        new_hasher("md5")


@table("algorithm", ALGORITHMS)
def test_whole_content_passes(algorithm: str) -> None:
    stream = Verifier(io.BytesIO(CONTENT), Digest.of(CONTENT, algorithm), len(CONTENT))

    assert CONTENT == stream.read()
    assert b"" == stream.read(1)
    assert len(CONTENT) == stream.count == stream.tell()


def test_reading_in_pieces_is_verified_too() -> None:
    stream = Verifier(OnceOnly(CONTENT), Digest.of(CONTENT), len(CONTENT))
    buffer = bytearray(10)
    pieces = []
    while count := stream.readinto(buffer):
        pieces.append(bytes(buffer[:count]))

    assert CONTENT == b"".join(pieces)


def test_a_buffered_reader_can_sit_on_top() -> None:
    with io.BufferedReader(Verifier(io.BytesIO(CONTENT), Digest.of(CONTENT), len(CONTENT))) as stream:
        assert CONTENT == stream.read()


@table(
    ("size", "asked"),
    [
        (len(CONTENT), [len(CONTENT) + 1, 1]),
        (None, [1 << 20, 1 << 20]),
        (3 << 20, [1 << 20, 1 << 20, 1 << 20, 1]),
    ],
)
def test_all_of_it_is_read_in_large_pieces(size: int | None, asked: list[int]) -> None:
    content = CONTENT if size is None else (CONTENT * (size // len(CONTENT) + 1))[:size]
    source = Noting(content)
    with io.BufferedReader(Verifier(source, Digest.of(content), size)) as stream:
        assert content == stream.read()

    assert asked == source.asked


def test_truncated_content_is_refused_at_its_end() -> None:
    stream = Verifier(io.BytesIO(CONTENT[:-1]), Digest.of(CONTENT), len(CONTENT))

    with pytest.raises(SizeMismatch) as caught:
        stream.read()
    assert (len(CONTENT), len(CONTENT) - 1) == (caught.value.expected, caught.value.actual)


def test_surplus_content_is_refused_before_any_of_it_is_given() -> None:
    stream = Verifier(OnceOnly(CONTENT + b"x"), None, len(CONTENT))

    with pytest.raises(SizeMismatch):
        stream.read()


def test_other_content_is_refused_before_its_last_byte_is_given() -> None:
    other = b"X" * len(CONTENT)
    stream = Verifier(OnceOnly(other), Digest.of(CONTENT), len(CONTENT))
    for _ in range(4):
        assert b"XXXXXXX" == stream.read(7)

    with pytest.raises(DigestMismatch):
        stream.read(7)


def test_other_content_of_unknown_size_is_refused_at_its_end() -> None:
    stream = Verifier(io.BytesIO(b"other"), Digest.of(CONTENT))

    assert b"other" == stream.read(5)
    with pytest.raises(DigestMismatch):
        stream.read(1)


def test_nothing_promised_tells_what_came() -> None:
    stream = Verifier(io.BytesIO(CONTENT))
    stream.read()

    assert Digest.of(CONTENT) == stream.found
    assert None is stream.verifies


def test_empty_content_is_content() -> None:
    assert b"" == Verifier(io.BytesIO(b""), Digest.of(b""), 0).read()
    with pytest.raises(DigestMismatch):
        Verifier(io.BytesIO(b""), Digest.of(CONTENT), 0).read()


def test_an_empty_buffer_does_not_mean_the_end() -> None:
    stream = Verifier(io.BytesIO(CONTENT), Digest.of(CONTENT), len(CONTENT))

    assert 0 == stream.readinto(bytearray())
    assert CONTENT == stream.read()


def test_starting_again_checks_again() -> None:
    stream = Verifier(io.BytesIO(CONTENT), Digest.of(CONTENT), len(CONTENT))
    stream.read(5)
    stream.seek(0)

    assert CONTENT == stream.read()
    assert stream.seekable()


def test_seeking_to_where_it_is_changes_nothing() -> None:
    stream = Verifier(OnceOnly(CONTENT), Digest.of(CONTENT), len(CONTENT))
    stream.read(5)

    assert 5 == stream.seek(0, io.SEEK_CUR) == stream.seek(5)
    assert CONTENT[5:] == stream.read()


@table(("offset", "whence"), [(3, io.SEEK_SET), (0, io.SEEK_END), (1, io.SEEK_CUR)])
def test_other_places_cannot_be_verified_from(offset: int, whence: int) -> None:
    stream = Verifier(io.BytesIO(CONTENT), Digest.of(CONTENT))

    with pytest.raises(Unsupported):
        stream.seek(offset, whence)


def test_a_source_that_cannot_start_again_says_so() -> None:
    stream = Verifier(OnceOnly(CONTENT), Digest.of(CONTENT))
    stream.read(5)

    assert not stream.seekable()
    with pytest.raises(Unsupported):
        stream.seek(0)
