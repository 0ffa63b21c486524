"""Laws of rewriting tars: nothing that is not named changes, the ways through the code agree, and nothing crashes."""

from __future__ import annotations

import io
import tarfile
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from regclient.errors import RegistryClientError
from regclient.kit.tarblock import PlainBlocks, Run
from regclient.ops.edit.entries import EntryEditor
from regclient.ops.edit.layer_edits import ClearNames, EntryEdit, EntryTimes, NestedTimes, StripFile
from regclient.ops.edit.tarstream import _Edit, edit_tar
from regclient.ops.edit.times import TimeRule
from tests.property.examples import share

PARTS = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=120) | st.sampled_from(["a", "b"])
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
TIMES = st.integers(0, (1 << 33) - 1) | st.integers(-(1 << 35), 1 << 35) | st.just(1_600_000_000)
KINDS = st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
KEYS = st.sampled_from(["SCHILY.xattr.user.a", "SCHILY.xattr.security.b", "LIBARCHIVE.c", "comment", "atime", "ctime"])
RULES = st.builds(
    TimeRule, st.tuples(st.integers(0, 1 << 32), st.just(0)), st.none() | st.tuples(st.integers(0, 1 << 32), st.just(0))
)
EDITS = st.lists(
    RULES.map(EntryTimes)
    | st.just(ClearNames())
    | PATHS.map(StripFile)
    | st.just(StripFile("a"))
    | st.builds(NestedTimes, st.just("b"), RULES),
    min_size=1,
    max_size=3,
)


@st.composite
def members(draw: st.DrawFn) -> tuple[tarfile.TarInfo, bytes]:
    """Draw an entry with its content."""
    info = tarfile.TarInfo(draw(PATHS))
    info.type = draw(KINDS)
    info.mode, info.uid, info.gid = draw(st.integers(0, 0o7777)), draw(st.integers(0, 1 << 22)), draw(st.integers(0, 9))
    info.mtime = draw(TIMES)
    info.uname, info.gname = draw(st.sampled_from(["", "root", "jürgen", "u" * 33])), draw(st.sampled_from(["", "wheel"]))
    content = draw(st.binary(max_size=1500)) if info.isreg() else b""
    info.size = len(content)
    if info.issym() or info.islnk():
        info.linkname = draw(PATHS)
    info.pax_headers = dict.fromkeys(draw(st.lists(KEYS, max_size=3)), "12.5")
    return info, content


@st.composite
def tars(draw: st.DrawFn) -> bytes:
    """Draw a tar that other programs could have written."""
    out = io.BytesIO()
    form = draw(st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]))
    with tarfile.open(fileobj=out, mode="w", format=form, encoding="utf-8") as tar:
        for info, content in draw(st.lists(members(), min_size=1, max_size=5)):
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


class Trickle(io.BytesIO):
    """A stream that fills buffers by odd amounts."""

    def readinto(self, buffer: object, /) -> int:
        return super().readinto(memoryview(buffer)[:777])  # type: ignore[arg-type]


class NothingIsPlain(PlainBlocks):
    """Leaves every header to the long way."""

    def edit(self, buffer: bytearray, start: int, end: int) -> Run:
        del buffer, end
        return Run(start, 0, changed=False, left=0)


def edited(tar: bytes, edits: list[EntryEdit], source: type[io.BytesIO] = io.BytesIO) -> tuple[bytes, int, bool]:
    parts: list[bytes] = []
    entries, changed = edit_tar(source(tar), lambda data: parts.append(bytes(data)), edits, lambda: None)
    return b"".join(parts), entries, changed


def facts(tar: bytes) -> list[tuple[object, ...]]:
    """Return what the standard library sees of a tar, times aside."""
    with tarfile.open(fileobj=io.BytesIO(tar), encoding="utf-8") as found:
        return [
            (
                *(info.name, info.type, info.mode, info.uid, info.gid, info.linkname, info.uname, info.gname, info.size),
                {key: value for key, value in info.pax_headers.items() if "." in key or key == "comment"},
                content.read() if info.isreg() and (content := found.extractfile(info)) else b"",
            )
            for info in found.getmembers()
        ]


@settings(max_examples=share(60))
@given(tars(), EDITS)
def test_plain_headers_become_what_the_long_way_makes_of_them(tar: bytes, edits: list[EntryEdit]) -> None:
    parts: list[bytes] = []
    editor = EntryEditor(edits)
    editor.blocks = NothingIsPlain(lambda seconds: seconds)
    with suppress(RegistryClientError):  # a file named b that is no tar
        found = edited(tar, edits)
        entries, changed = _Edit(
            io.BytesIO(tar), lambda data: parts.append(bytes(data)), editor, lambda: None, lambda: None
        ).run()

        assert found == (b"".join(parts), entries, changed)
        assert found == edited(tar, edits, Trickle)


@given(tars(), RULES)
def test_times_change_and_nothing_else(tar: bytes, rule: TimeRule) -> None:
    result, _, _ = edited(tar, [EntryTimes(rule)])

    assert facts(tar) == facts(result)


@settings(max_examples=share(60))
@given(tars(), EDITS)
def test_an_edit_done_twice_changes_nothing_more(tar: bytes, edits: list[EntryEdit]) -> None:
    with suppress(RegistryClientError):
        once, entries, _ = edited(tar, edits)
        again, left, changed = edited(once, edits)
        last = [edit.rule for edit in edits if isinstance(edit, EntryTimes)]

        assert entries == left
        assert len(last) > 1 or (again, changed) == (once, False)


@given(tars(), st.integers(0, 1 << 32), st.integers(0, 1 << 32))
def test_the_inverse_edit_restores_the_tar(tar: bytes, first: int, second: int) -> None:
    there, back = EntryTimes(TimeRule((first, 0))), EntryTimes(TimeRule((second, 0)))
    start, _, _ = edited(tar, [back])
    moved, _, _ = edited(start, [there])

    assert start == edited(moved, [back])[0]


@given(tars(), EDITS, st.data())
def test_damage_is_an_error_of_ours_or_goes_unseen(tar: bytes, edits: list[EntryEdit], data: st.DataObject) -> None:
    raw = bytearray(tar)
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with suppress(RegistryClientError):
        edited(bytes(raw[: data.draw(st.integers(0, len(raw)))]), edits)
