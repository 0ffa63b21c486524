"""What is compressed is the same bytes every time: the digests here are a promise, and change only with a decision."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import sys
from collections.abc import Callable
from typing import BinaryIO, cast

import pytest

from regclient.errors import Unsupported
from regclient.kit.compression import Compression, open_decompressed
from regclient.kit.compressors import GZIP_MEMBER, Compressor, GzipWriter, PlainWriter, ZstdWriter, open_compressed
from tests.fakes.texts import WORDS

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Writer = Callable[[BinaryIO], Compressor]
KINDS = {Compression.NONE: PlainWriter, Compression.GZIP: GzipWriter, Compression.ZSTD: ZstdWriter}
every_kind = pytest.mark.parametrize(("kind", "writer"), KINDS.items(), ids=lambda value: getattr(value, "name", ""))


def packed(content: bytes, pieces: int = 1 << 20, writer: Writer = GzipWriter) -> bytes:
    out = io.BytesIO()
    with writer(cast("BinaryIO", out)) as stream:
        for start in range(0, len(content), pieces):
            stream.write(content[start : start + pieces])
    return out.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_the_bytes_of_gzip_are_pinned() -> None:
    assert "28bafa2d4472447353d2b280fd8bccbb92d32c29006253860a18d91c3b296eda" == sha256(packed(WORDS))


@pytest.mark.skipif(zstd.zstd_version_info != (1, 5, 7), reason="the bytes of zstd are pinned for libzstd 1.5.7")
def test_the_bytes_of_zstd_are_pinned() -> None:
    assert "1468df76eb2d9ba6e47b109c2fefe9b09f8344f7fea454db8a7562fa58bec4a2" == sha256(packed(WORDS, writer=ZstdWriter))


@every_kind
def test_any_pieces_give_the_same_bytes(kind: Compression, writer: Writer) -> None:
    content = b"-" + WORDS[: GZIP_MEMBER + 70_000]
    whole = packed(content, len(content), writer)

    assert [whole] * 3 == [packed(content, pieces, writer) for pieces in (999, 700_001, GZIP_MEMBER)]
    assert content == open_decompressed(io.BytesIO(whole)).read(), kind


def test_members_hold_a_mebibyte_each_and_nothing_of_time_and_place() -> None:
    content = bytes(GZIP_MEMBER) + b"x"
    whole = packed(content)
    first = packed(bytes(GZIP_MEMBER))

    assert whole == first + packed(b"x")
    assert b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" == first[:10]
    assert content == gzip.decompress(whole)
    assert b"" == gzip.decompress(packed(b""))


def test_views_of_any_shape_are_taken() -> None:
    writer = GzipWriter(cast("BinaryIO", io.BytesIO()))

    assert 8 == writer.write(memoryview(bytes(8)).cast("I"))
    assert 3 == writer.write(bytearray(b"abc"))
    assert 11 == writer.written


def test_a_block_that_failed_writes_no_end() -> None:
    for writer in (GzipWriter, ZstdWriter):
        out = io.BytesIO()
        with contextlib.suppress(KeyError), writer(cast("BinaryIO", out)) as stream:
            stream.write(WORDS[:GZIP_MEMBER])
            stream.write(b"rest")
            raise KeyError

        assert len(out.getvalue()) < len(packed(WORDS[:GZIP_MEMBER] + b"rest", writer=writer))


def test_what_no_layer_is_written_in_is_refused() -> None:
    for kind in (Compression.XZ, Compression.BZIP2):
        with pytest.raises(Unsupported, match="only read; write gzip, zstd or none"):
            open_compressed(kind, cast("BinaryIO", io.BytesIO()))
