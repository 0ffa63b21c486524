"""What the recorder does with Go's regctl to each layer of samples.py, and the tests do with ours."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass

from regclient.ops.edit.layer_edits import ClearNames, EntryEdit, EntryTimes, NestedTimes, StripFile
from regclient.ops.edit.tarstream import edit_tar
from regclient.ops.edit.times import TimeRule
from tests.vectors.tar.samples import KEPT, LONG, PLAIN, RECORDS, SAMPLES, SYMLINK, member, tar_of

NEW, FRACTION, EARLY, MIDDLE = (
    "2021-02-03T04:05:06Z",
    "2021-02-03T04:05:06.789Z",
    "1960-02-03T04:05:06Z",
    "2010-01-01T00:00:00Z",
)
INNER = "in/inner.tar"


@dataclass(frozen=True, slots=True)
class Case:
    """A layer, the flags that edit it, and the same as values. ``like_go`` says that the outcome has to be the same."""

    name: str
    tar: bytes
    flags: tuple[str, ...]
    edits: tuple[EntryEdit, ...]
    like_go: bool = True


def _times(time: str, after: str = "") -> tuple[tuple[str, ...], tuple[EntryEdit, ...]]:
    return ("--layer-time", f"set={time}" + (f",after={after}" if after else "")), (EntryTimes(TimeRule.of(time, after)),)


def _nested(path: str, time: str = NEW, after: str = "") -> tuple[tuple[str, ...], tuple[EntryEdit, ...]]:
    flag = f"set={time},filename={path}" + (f",after={after}" if after else "")
    return ("--file-tar-time", flag), (NestedTimes(path, TimeRule.of(time, after)),)


def _strip(path: str) -> tuple[tuple[str, ...], tuple[EntryEdit, ...]]:
    return ("--layer-strip-file", path), (StripFile(path),)


def _both(*edits: tuple[tuple[str, ...], tuple[EntryEdit, ...]]) -> tuple[tuple[str, ...], tuple[EntryEdit, ...]]:
    return sum((flags for flags, _ in edits), ()), sum((values for _, values in edits), ())


NAMES: tuple[tuple[str, ...], tuple[EntryEdit, ...]] = ("--reproducible",), (ClearNames(),)
EDITS = {
    "time": _times(NEW),
    "time after": _times(NEW, MIDDLE),
    "fraction": _times(FRACTION),
    "names": NAMES,
    "strip": _strip("/d/f"),
    "everything": _both(_times(FRACTION), NAMES, _strip("d"), _times(NEW)),
}
NESTED_EDITS = {
    "relative": _nested(INNER),
    "absolute": _nested("/" + INNER),
    "with a dot": _nested("./" + INNER),
    "nothing so late": _nested(INNER, after="2030-01-01T00:00:00Z"),
    "not there": _nested("missing"),
    "twice": _both(_nested(INNER, FRACTION), _nested(INNER, NEW, MIDDLE)),
    "with time": _both(_nested(INNER), _times(NEW)),
}
NESTED = {
    "gnu": tar_of([*PLAIN, *LONG], tarfile.GNU_FORMAT),
    "pax": tar_of([*PLAIN, *LONG, *RECORDS]),
    "large": tar_of([member(f"f{i}", bytes([i]) * (i * 997 % 70_000)) for i in range(60)]),
    "no tar": b"hello world" * 200,
}
LARGE = [
    member(f"dir{i % 7}/file{i}", bytes([i % 256]) * (i * 7919 % 60_000), mtime=10_000_000 * i, uname=f"u{i % 3}")
    for i in range(200)
]


def cases() -> Iterator[Case]:
    """Return every case."""
    for samples, like_go in ((SAMPLES, True), (KEPT, False)):
        for name, tar in samples.items():
            for edit, (flags, edits) in EDITS.items():
                yield Case(f"{name} | {edit}", tar, flags, edits, like_go)
    for name in ("pax: plain", "gnu: plain"):
        yield Case(f"{name} | before 1970", SAMPLES[name], *_times(EARLY), like_go=name.startswith("gnu"))
    for name, inner in NESTED.items():
        tar = tar_of([member(INNER, inner), member("b", b"other"), member("/" + INNER, inner), member("./" + INNER, inner)])
        for edit, (flags, edits) in NESTED_EDITS.items():
            yield Case(f"nested {name} | {edit}", tar, flags, edits)
    yield Case("nested link", tar_of([member(INNER, type=SYMLINK, linkname="b"), member("b")]), *_nested(INNER))
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        for edit, (flags, edits) in {**EDITS, "strip some": _strip("dir3")}.items():
            yield Case(f"large {form} | {edit}", tar_of(LARGE, form), flags, edits)


def outcome(before: bytes, after: bytes | None) -> str:
    """Say what became of a layer: ``same``, ``dropped``, or the length and digest of its tar."""
    if after is None:
        return "dropped"
    return "same" if before == after else f"{len(after)} {hashlib.sha256(after).hexdigest()}"


def edited(tar: bytes, *edits: EntryEdit) -> bytes | None:
    """Return what becomes of a tar; the tar itself when nothing changes, None when no entry is left."""
    parts: list[bytes] = []
    entries, changed = edit_tar(io.BytesIO(tar), lambda data: parts.append(bytes(data)), edits, lambda: None)
    if not entries:
        return None
    return b"".join(parts) if changed else tar
