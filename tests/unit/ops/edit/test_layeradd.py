"""A layer made of a tar or a directory."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from regclient.errors import Cancelled, Corrupt, StorageFault, UnsupportedMediaType
from regclient.kit.tarfiles import pack_directory
from regclient.model import mediatype
from regclient.model.digest import Digest
from regclient.ops.edit.layer_edits import Rewritten
from regclient.ops.edit.layeradd import pack_layer
from tests.vectors.tar.samples import BLOCK, ONE


def packed(source: Path, media_type: str = mediatype.OCI_LAYER_GZIP) -> tuple[Rewritten, bytes]:
    out = io.BytesIO()
    return pack_layer(
        source, cast("BinaryIO", out), media_type=media_type, algorithm="sha256", check=lambda: None
    ), out.getvalue()


def test_a_tar_becomes_a_layer_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    for content in (ONE, bytes(2 * BLOCK), b""):
        path.write_bytes(content)
        found, data = packed(path)

        assert content == gzip.decompress(data)
        assert Rewritten(Digest.of(data), len(data), Digest.of(content), 1) == found


def test_a_tar_that_is_compressed_is_taken_for_what_is_in_it(tmp_path: Path) -> None:
    """Go compresses it twice, and no engine can use such a layer."""
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(ONE))

    assert ONE == packed(path, mediatype.OCI_LAYER)[1]
    assert ONE == gzip.decompress(packed(path)[1])


def test_a_directory_becomes_a_layer(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "file").write_text("content")
    expected = io.BytesIO()
    pack_directory(tmp_path, expected)
    found, data = packed(tmp_path, mediatype.DOCKER_LAYER)

    assert expected.getvalue() == data
    assert Digest.of(data) == found.digest == found.diff_id


def test_what_is_no_tar_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for content in (b"no tar at all", ONE[:100], gzip.compress(b"text" * 300)):
        path.write_bytes(content)
        with pytest.raises(Corrupt, match=r"a\.txt is no tar that could become a layer"):
            packed(path)


def test_what_is_not_there_or_no_layer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageFault, match="nothing: No such file"):
        packed(tmp_path / "nothing")
    with pytest.raises(UnsupportedMediaType):
        packed(tmp_path, "application/json")


def test_work_that_should_end_ends(tmp_path: Path) -> None:
    def stop() -> None:
        raise Cancelled

    (tmp_path / "file").write_bytes(ONE)
    for source in (tmp_path, tmp_path / "file"):
        out = cast("BinaryIO", io.BytesIO())
        with pytest.raises(Cancelled):
            pack_layer(source, out, media_type=mediatype.OCI_LAYER, algorithm="sha256", check=stop)
