"""Compressed streams: told apart, read with a limit, written the same every time."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Callable

import pytest

from regclient.errors import Corrupt, SizeLimitExceeded
from regclient.kit.compression import Compression, detect, open_decompressed
from tests.tables import table

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Compress = Callable[[bytes], bytes]
CODECS: dict[Compression, Compress] = {
    Compression.GZIP: gzip.compress,
    Compression.BZIP2: bz2.compress,
    Compression.XZ: lzma.compress,
    Compression.ZSTD: zstd.compress,
}
TEXT = b"the same words over and over, " * 3000
every_codec = table(("kind", "compress"), CODECS.items())


class Trickle(io.BytesIO):
    """A stream that never gives more than a few bytes, as sockets do."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(7, size) if size and size > 0 else 7)


@every_codec
def test_content_is_known_by_its_first_bytes(kind: Compression, compress: Compress) -> None:
    assert kind is detect(compress(b"x")[:6])
    assert kind is open_decompressed(io.BytesIO(compress(b"x"))).compression


@table("content", [b"", b"B", b"plain", b"\x1f\x8b", TEXT])
def test_what_is_not_compressed_comes_as_it_is(content: bytes) -> None:
    stream = open_decompressed(io.BytesIO(content))

    assert (Compression.NONE, content) == (stream.compression, stream.read())


@every_codec
def test_every_codec_gives_its_content_back(kind: Compression, compress: Compress) -> None:
    assert TEXT == open_decompressed(io.BytesIO(compress(TEXT))).read(), kind


@every_codec
def test_a_stream_that_trickles_is_read_all_the_same(kind: Compression, compress: Compress) -> None:
    assert TEXT[:5000] == open_decompressed(Trickle(compress(TEXT[:5000]))).read(), kind


@every_codec
def test_streams_after_one_another_are_one(kind: Compression, compress: Compress) -> None:
    content = compress(b"one") + compress(b"") + compress(b"two") + b"\0" * 512

    assert b"onetwo" == open_decompressed(io.BytesIO(content)).read(), kind


@every_codec
def test_a_stream_that_ends_early_is_corrupt(kind: Compression, compress: Compress) -> None:
    with pytest.raises(Corrupt, match=rf"{kind.name.lower()} content ends early"):
        open_decompressed(io.BytesIO(compress(TEXT)[:-3])).read()


@every_codec
def test_what_follows_a_stream_is_another_one_or_zeros(kind: Compression, compress: Compress) -> None:
    whole = compress(TEXT)

    assert TEXT + TEXT == open_decompressed(io.BytesIO(whole + bytes(9) + whole)).read()
    for tail in (b"garbage" * 100, b"\x1f", b"x"):
        words = r"something else follows|damaged zstd" if tail != b"\x1f" or kind is not Compression.GZIP else "ends early"
        with pytest.raises(Corrupt, match=words):
            open_decompressed(io.BytesIO(whole + tail)).read()


@every_codec
def test_a_stream_with_other_bytes_in_it_is_corrupt(kind: Compression, compress: Compress) -> None:
    content = bytearray(compress(TEXT))
    content[12:40] = b"\xff" * 28

    with pytest.raises(Corrupt):
        open_decompressed(io.BytesIO(bytes(content))).read()
    assert kind is detect(bytes(content))


@every_codec
def test_rubbish_after_a_stream_is_corrupt(kind: Compression, compress: Compress) -> None:
    with pytest.raises(Corrupt):
        open_decompressed(io.BytesIO(compress(b"x") + b"rubbish that is no stream")).read()
    assert kind.value


@every_codec
def test_nothing_past_the_limit_is_given(kind: Compression, compress: Compress) -> None:
    content = compress(b"x" * 100)

    assert 100 == len(open_decompressed(io.BytesIO(content), limit=100).read()), kind
    with pytest.raises(SizeLimitExceeded, match="99 bytes"):
        open_decompressed(io.BytesIO(content), limit=99).read()


def test_a_bomb_is_read_a_piece_at_a_time() -> None:
    content = io.BytesIO(gzip.compress(bytes(1 << 20), 1) * 32)
    assert len(content.getvalue()) > 128 << 10
    stream = open_decompressed(content)

    assert 4096 == len(stream.read(4096) or b"")
    assert content.tell() < 65 << 10


def test_an_empty_buffer_reads_nothing() -> None:
    assert 0 == open_decompressed(io.BytesIO(b"x")).readinto(bytearray())


def test_a_failure_of_the_content_itself_passes_through() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise TimeoutError("slow")
            return super().read(size)

    with pytest.raises(TimeoutError):
        open_decompressed(Broken(gzip.compress(TEXT))).read()


def test_an_xz_stream_cannot_ask_for_more_memory_than_there_should_be() -> None:
    content = bytearray(lzma.compress(TEXT))
    header = slice(12, 12 + (content[12] + 1) * 4)
    block = content[header]
    block[4] = 40  # a dictionary of 4 GiB
    content[header] = block[:-4] + zlib.crc32(block[:-4]).to_bytes(4, "little")

    with pytest.raises(Corrupt, match="Memory usage limit"):
        open_decompressed(io.BytesIO(bytes(content))).read()
