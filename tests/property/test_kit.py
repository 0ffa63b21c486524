"""Archives and compressed streams, whatever is in them."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import tarfile
from pathlib import Path
from typing import BinaryIO, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regclient.errors import Corrupt, RegistryClientError
from regclient.kit.compression import Compression, open_decompressed
from regclient.kit.compressors import GzipWriter, open_compressed
from regclient.kit.extract import extract_tar
from tests.fakes.archives import Item, tar_of

# Without empty names: realpath itself errs on a link to itself by way of a double slash.
LINKS = st.lists(st.sampled_from(["a", "b", "..", "."]), min_size=1, max_size=4).map("/".join)


NAMES = st.lists(st.sampled_from(["a", "b", "..", ".", ""]), min_size=1, max_size=4).map("/".join)


ENTRIES = st.builds(
    Item,
    name=NAMES,
    content=st.just(b""),
    kind=st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE]),
    link=LINKS,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(ENTRIES, max_size=6))
def test_whatever_the_order_nothing_leads_out(tmp_path: Path, entries: list[Item]) -> None:
    room = tmp_path / "outer" / "target" / os.urandom(6).hex()
    room.mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    for entry in entries:
        with contextlib.suppress(RegistryClientError):
            extract_tar(io.BytesIO(tar_of(entry)), room)
    for path in room.rglob("*"):
        assert path.is_symlink() or not path.name.endswith(".tmp")
        assert os.path.realpath(path).startswith(str(room)), path


def packed(content: bytes, pieces: int = 1 << 20) -> bytes:
    out = io.BytesIO()
    with GzipWriter(out) as writer:
        for start in range(0, len(content), pieces):
            writer.write(content[start : start + pieces])
    return out.getvalue()


@given(st.binary(max_size=5000), st.integers(1, 600))
def test_gzip_is_the_same_whatever_the_pieces(content: bytes, pieces: int) -> None:
    assert packed(content) == packed(content, pieces)
    assert content == gzip.decompress(packed(content))


@given(st.sampled_from(list(Compression)), st.binary(max_size=64))
def test_hostile_bytes_end_in_errors_of_ours(kind: Compression, tail: bytes) -> None:
    with contextlib.suppress(Corrupt):
        open_decompressed(io.BytesIO(kind.value + tail), limit=1 << 20).read()


@given(st.lists(st.binary(max_size=900), max_size=6))
def test_what_is_written_is_read_again(pieces: list[bytes]) -> None:
    pieces = [b"content that is not compressed already", *pieces]
    for kind in (Compression.NONE, Compression.GZIP, Compression.ZSTD):
        out = io.BytesIO()
        with open_compressed(kind, cast("BinaryIO", out)) as stream:
            assert [len(piece) for piece in pieces] == [stream.write(piece) for piece in pieces]
        assert sum(map(len, pieces)) == stream.written
        out.seek(0)
        assert b"".join(pieces) == open_decompressed(out).read(), kind
