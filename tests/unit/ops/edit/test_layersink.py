"""Where a layer is written: both digests, one pass."""

from __future__ import annotations

import gzip
import io
from typing import BinaryIO, cast

import pytest

from regclient.errors import Cancelled, UnsupportedMediaType
from regclient.kit.compression import Compression
from regclient.model import mediatype
from regclient.model.digest import Digest
from regclient.ops.edit.layer_edits import Rewritten
from regclient.ops.edit.layersink import Hashed, LayerSink, compression_of, copy_to


def test_types_say_how_layers_are_compressed() -> None:
    for media_type, kind in (
        (mediatype.OCI_LAYER, Compression.NONE),
        (mediatype.OCI_LAYER_GZIP, Compression.GZIP),
        (mediatype.DOCKER_LAYER_ZSTD, Compression.ZSTD),
    ):
        assert kind is compression_of(media_type)
    with pytest.raises(UnsupportedMediaType, match="no layer that can be written"):
        compression_of(mediatype.OCI_FOREIGN_LAYER_ZSTD)


def test_what_is_hashed_is_passed_on_and_counted() -> None:
    out = io.BytesIO()
    hashed = Hashed(cast("BinaryIO", out), "sha512")

    assert 3 == hashed.write(b"abc")
    assert 4 == hashed.write(memoryview(b"defg"))
    assert (Digest.of(b"abcdefg", "sha512"), 7, b"abcdefg") == (hashed.digest, hashed.size, out.getvalue())
    assert 1 == Hashed(None, "sha256").write(b"x")


def test_a_layer_has_two_digests() -> None:
    for kind in (Compression.NONE, Compression.GZIP):
        out = io.BytesIO()
        with LayerSink(cast("BinaryIO", out), kind, "sha256") as sink:
            sink.write(b"some of it, ")
            sink.write(memoryview(b"and the rest"))
        data = out.getvalue()

        assert Rewritten(Digest.of(data), len(data), Digest.of(b"some of it, and the rest"), 5) == sink.rewritten(5)
        assert b"some of it, and the rest" == (data if kind is Compression.NONE else gzip.decompress(data))


def test_an_error_of_what_is_written_to_ends_the_layer_and_a_failure_writes_no_end() -> None:
    with pytest.raises(OSError, match="full"), LayerSink(cast("BinaryIO", Full()), Compression.NONE, "sha256") as sink:
        sink.write(b"much")

    out = io.BytesIO()
    with pytest.raises(ZeroDivisionError), LayerSink(cast("BinaryIO", out), Compression.GZIP, "sha256"):
        raise ZeroDivisionError
    assert b"" == out.getvalue()


class Full(io.BytesIO):
    """A file on a disk without room."""

    def write(self, _data: object, /) -> int:
        raise OSError(28, "full")


def test_what_is_written_may_change_at_once() -> None:
    out, buffer = io.BytesIO(), bytearray(b"first")
    with LayerSink(cast("BinaryIO", out), Compression.NONE, "sha256") as sink:
        sink.write(memoryview(buffer))
        buffer[:] = b"other"

    assert b"first" == out.getvalue()


def test_copies_ask_whether_to_go_on() -> None:
    def stop() -> None:
        raise Cancelled

    out = io.BytesIO()
    copy_to(cast("BinaryIO", io.BytesIO(b"abc")), out.write, lambda: None)
    assert b"abc" == out.getvalue()
    with pytest.raises(Cancelled):
        copy_to(cast("BinaryIO", io.BytesIO(b"abc")), out.write, stop)
