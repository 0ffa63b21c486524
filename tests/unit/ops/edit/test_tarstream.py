"""Layers rewritten while they pass, and what is told of them. ``tests/programs/test_go_layers.py`` compares them with Go's."""

from __future__ import annotations

import gzip
import io
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from regclient.errors import (
    Cancelled,
    Corrupt,
    DigestMismatch,
    RegistryClientError,
    StorageFault,
    Unsupported,
    UnsupportedMediaType,
)
from regclient.kit.tarpassage import BUFFER
from regclient.kit.tarscan import scan
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest, Verifier
from regclient.ops.edit.layer_edits import ClearNames, EntryEdit, EntryTimes, NestedTimes, Rewritten, StripFile
from regclient.ops.edit.tarstream import LayerChange, rewrite_layer
from regclient.ops.edit.times import TimeRule
from tests.vectors.tar.cases import edited
from tests.vectors.tar.samples import BLOCK, FRACTION, ONE, SAMPLES, before, member, tar_of

TIME = EntryTimes(TimeRule.of("2021-02-03T04:05:06Z"))
SECONDS = TIME.rule.set[0]
PLAIN, GZIP, ZSTD = mediatype.OCI_LAYER, mediatype.OCI_LAYER_GZIP, mediatype.OCI_LAYER_ZSTD


def members(tar: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(tar)) as found:
        return found.getmembers()


def stored(tar: bytes) -> tuple[Descriptor, BinaryIO]:
    """Return a gzip layer that checks its digest, as those of repositories do."""
    data = gzip.compress(tar, 1, mtime=0)
    layer = Descriptor(GZIP, Digest.of(data), len(data))
    return layer, cast("BinaryIO", Verifier(io.BytesIO(data), layer.digest, layer.size))


def rewritten(
    tar: bytes, media_type: str = GZIP, algorithm: str = "sha256", edits: Sequence[EntryEdit] = ()
) -> tuple[Rewritten | None, bytes]:
    layer, content = stored(tar)
    out = io.BytesIO()
    change = LayerChange(layer, media_type, algorithm, tuple(edits))
    return rewrite_layer(content, cast("BinaryIO", out), change, lambda: None), out.getvalue()


def test_a_layer_is_written_with_both_of_its_digests() -> None:
    for media_type, inflate in ((GZIP, gzip.decompress), (PLAIN, bytes)):
        found, data = rewritten(SAMPLES["pax: plain"], media_type, edits=[TIME])
        tar = edited(SAMPLES["pax: plain"], TIME)
        assert tar is not None

        assert Rewritten(Digest.of(data), len(data), Digest.of(tar), 19) == found
        assert tar == inflate(data)


def test_a_layer_in_which_nothing_changes_is_none() -> None:
    done = edited(SAMPLES["pax: all"], TIME, ClearNames())
    assert done is not None

    assert None is rewritten(done, edits=[TIME, ClearNames()])[0]
    assert None is rewritten(done, edits=[StripFile("not/there")])[0]
    assert None is rewritten(done)[0]


class Once(io.BytesIO):
    """A stream that cannot be gone back in, as one from a registry can only at the price of a request."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        raise AssertionError(offset, whence)


def test_a_first_change_that_comes_late_changes_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was held, written anew or at once: the result is the same, and the layer is read once."""
    monkeypatch.setattr("regclient.ops.edit.held.HELD", BUFFER)
    for size in (0, BUFFER // 2, 2 * BUFFER):
        tar = tar_of(
            [member(f"f{i}", bytes([i]) * (size // 4)) for i in range(4)] + [member("last", b"x" * 700), member("more")]
        )
        layer, _ = stored(tar)
        out = io.BytesIO()
        content = cast("BinaryIO", Once(gzip.compress(tar, 1, mtime=0)))
        change = LayerChange(layer, GZIP, "sha256", (StripFile("last"),))
        found = rewrite_layer(content, cast("BinaryIO", out), change, lambda: None)
        expected = edited(tar, StripFile("last"))
        assert found is not None
        assert expected is not None

        assert expected == gzip.decompress(out.getvalue())
        assert (Digest.of(expected), Digest.of(out.getvalue()), 5) == (found.diff_id, found.digest, found.entries)
        assert b"" == content.read()


def test_an_unchanged_tar_is_compressed_as_it_is() -> None:
    """Not as its headers would be written: a layer that is only compressed keeps its diff id."""
    for edits in ([], [StripFile("not/there")]):
        found, data = rewritten(SAMPLES["gnu: all"], PLAIN, edits=edits)
        assert found is not None

        assert SAMPLES["gnu: all"] == data
        assert Digest.of(data) == found.diff_id
        assert 0 < found.entries


def test_other_digests_leave_the_stored_bytes_alone() -> None:
    layer, content = stored(ONE)
    data = content.read()
    found, out = rewritten(ONE, algorithm="sha512")

    assert data == out
    assert Rewritten(Digest.of(data, "sha512"), len(data), Digest.of(ONE, "sha512"), 1) == found
    assert layer.digest.algorithm == "sha256"


def test_a_layer_without_entries_says_so() -> None:
    for tar, edit in ((SAMPLES["no entry"], TIME), (ONE, StripFile("a")), (b"", TIME)):
        found, _ = rewritten(tar, edits=[edit])
        assert found is not None

        assert 0 == found.entries


def test_types_that_are_no_layers_are_refused() -> None:
    with pytest.raises(UnsupportedMediaType, match="use a tar, gzip or zstd one"):
        rewritten(ONE, "application/json", edits=[TIME])


def test_damage_names_the_layer() -> None:
    layer, _ = stored(b"this is no tar at all" * 100)
    with pytest.raises(Corrupt, match=f"layer {layer.digest}: damaged tar"):
        rewritten(b"this is no tar at all" * 100, edits=[TIME])


def test_a_layer_that_is_not_what_was_promised_is_refused_even_behind_its_end() -> None:
    data = gzip.compress(ONE + bytes(BUFFER), mtime=0)
    layer = Descriptor(GZIP, Digest.of(b"another"), len(data))
    content = cast("BinaryIO", Verifier(io.BytesIO(data), layer.digest, layer.size))
    with pytest.raises(DigestMismatch):
        rewrite_layer(content, cast("BinaryIO", io.BytesIO()), LayerChange(layer, GZIP, "sha256", (TIME,)), lambda: None)


def test_work_that_should_end_ends() -> None:
    def stop() -> None:
        raise Cancelled

    for change in ([TIME], []):
        layer, content = stored(SAMPLES["pax: all"])
        with pytest.raises(Cancelled):
            rewrite_layer(content, cast("BinaryIO", io.BytesIO()), LayerChange(layer, ZSTD, "sha256", tuple(change)), stop)


class Full(io.BytesIO):
    """A file on a disk without room."""

    def write(self, data: object, /) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_an_error_of_ours() -> None:
    layer, content = stored(ONE)
    with pytest.raises(StorageFault, match=f"temporary files of layer {layer.digest}: No space left"):
        rewrite_layer(content, cast("BinaryIO", Full()), LayerChange(layer, GZIP, "sha256", (TIME,)), lambda: None)


def facts(info: tarfile.TarInfo, **changed: object) -> dict[str, object]:
    kept = ("name", "type", "mode", "uid", "gid", "size", "linkname", "uname", "gname", "devmajor", "devminor", "mtime")
    records = {key: value for key, value in info.pax_headers.items() if "." in key or key == "comment"}
    return {**{field: getattr(info, field) for field in kept}, "records": records, **changed}


def test_only_what_an_edit_names_changes() -> None:
    tar = SAMPLES["pax: all"]
    found = members(tar)

    assert [facts(info, mtime=SECONDS) for info in found] == [facts(info) for info in members(edited(tar, TIME) or b"")]
    nameless = members(edited(tar, ClearNames()) or b"")
    assert [facts(info, uname="", gname="") for info in found] == [facts(info) for info in nameless]
    rest = [facts(info) for info in found if not f"{info.name.strip('/')}/".startswith("d/f/")]
    assert rest == [facts(info) for info in members(edited(tar, StripFile("d/f")) or b"")]


@pytest.mark.parametrize(
    "options", [["--format=gnu"], *(["--format=posix", f"--sparse-version={v}"] for v in ("0.0", "0.1", "1.0"))]
)
def test_sparse_files_stay_sparse(tmp_path: Path, options: list[str]) -> None:
    """Go writes such files in full, or fails."""
    with (tmp_path / "s").open("wb") as file:
        for position in range(30):
            file.seek(position * 100_000)
            file.write(b"data")
        file.truncate(3_500_000)
    (tmp_path / "t").write_text("other")
    tar = subprocess.run(["tar", "cSf", "-", *options, "-C", tmp_path, "s", "t"], capture_output=True, check=True).stdout
    result = edited(tar, TIME, ClearNames())
    assert result is not None
    (before_, _), (after, _) = (
        [(entry.header, entry.content.read()) for entry in scan(io.BytesIO(raw))] for raw in (tar, result)
    )

    assert before_[1] == after[1]
    assert (before_[0].chunks, before_[0].mode, before_[0].name) == (after[0].chunks, after[0].mode, after[0].name)
    assert (SECONDS, "", "") == (after[0].mtime, after[0].user, after[0].group)
    assert len(result) < 300_000


def test_times_in_records_are_written_there() -> None:
    tar = tar_of([member("a", b"1", pax_headers={"mtime": "1.5", "atime": "2.5", "ctime": "3", "vendor.x": "y"})])
    (half, (whole,)) = edited(tar, EntryTimes(TimeRule.of("2021-02-03T04:05:06.5Z"))), members(edited(tar, TIME) or b"")
    (found,) = members(half or b"")

    assert {"mtime": f"{SECONDS}.5", "atime": f"{SECONDS}.5", "ctime": f"{SECONDS}.5", "vendor.x": "y"} == found.pax_headers
    assert {"atime": f"{SECONDS}", "ctime": f"{SECONDS}", "vendor.x": "y"} == whole.pax_headers


def test_times_before_1970_get_a_record() -> None:
    """Go refuses them in most tars."""
    (found,) = members(edited(ONE, EntryTimes(TimeRule.of("1960-02-03T04:05:06Z"))) or b"")

    assert -312_753_294 == found.mtime


def test_a_nested_tar_is_rewritten_with_its_size() -> None:
    inner = SAMPLES["gnu: all"]
    tar = tar_of([member("in.tar", inner), member("after", b"x" * 600)])
    with tarfile.open(fileobj=io.BytesIO(edited(tar, NestedTimes("/in.tar", TIME.rule)) or b"")) as found:
        file = found.extractfile("in.tar")
        assert file is not None
        nested = file.read()
        last = found.getmember("after")

    assert edited(inner, TIME) == nested
    assert {SECONDS} == {info.mtime for info in members(nested)}
    assert SECONDS != last.mtime


def test_what_is_no_tar_inside_is_named() -> None:
    for content, name in ((b"hello world" * 99, "'in'"), (gzip.compress(ONE), "'in'")):
        with pytest.raises(Corrupt, match=f"{name} is no tar whose entries could be changed"):
            edited(tar_of([member("in", content)]), NestedTimes("in", TIME.rule))
    sparse = before(b"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n") + ONE
    with pytest.raises(Unsupported, match="'a' is stored in pieces"):
        edited(sparse, NestedTimes("a", TIME.rule))


def test_hostile_tars_end_in_errors() -> None:
    huge = before(b"x" * 100).replace(b"%011o" % 100, b"%011o" % (5 << 20))
    endless = before(b"") * 9 + ONE
    for tar, what in (
        (huge, "checksum"),
        (resized(before(b""), 5 << 20) + ONE, "extended header"),
        (resized(ONE[:BLOCK], -1) + ONE, "negative size"),
        (endless, "without an entry"),
        (before(FRACTION)[:700], "inside a header"),
        (before(b"30 mtime=soon\n".replace(b"30", b"14")) + ONE, "no time"),
        (before(b"11 size=2x\n") + ONE, "no number"),
    ):
        with pytest.raises(RegistryClientError, match=what):
            edited(tar, TIME)


def resized(block: bytes, size: int) -> bytes:
    """Return a header block that states another size, in base 256."""
    changed = bytearray(block)
    changed[124:136] = b"\xff" * 12 if size < 0 else b"\x80" + size.to_bytes(11, "big")
    changed[148:156] = b" " * 8
    changed[148:156] = b"%06o\0 " % sum(changed[:BLOCK])
    return bytes(changed)
