"""The scanner of tars agrees with :mod:`tarfile`, and never crashes."""

from __future__ import annotations

import io
import tarfile
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from regclient.errors import RegistryClientError
from regclient.kit.tarscan import scan

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=150)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
KINDS = st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])


@st.composite
def members(draw: st.DrawFn) -> tuple[tarfile.TarInfo, bytes]:
    """Draw an entry with its content."""
    member = tarfile.TarInfo(draw(PATHS))
    member.type = draw(KINDS)
    member.mode, member.uid, member.gid = draw(st.integers(0, 0o7777)), draw(st.integers(0, 1 << 40)), draw(st.integers(0, 9))
    member.mtime = draw(st.integers(-(1 << 40), 1 << 40))
    member.uname = draw(NAMES)
    content = draw(st.binary(max_size=2000)) if member.isreg() else b""
    member.size = len(content)
    if member.issym() or member.islnk():
        member.linkname = draw(PATHS)
    return member, content


def written(entries: list[tuple[tarfile.TarInfo, bytes]], form: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, encoding="utf-8") as tar:
        for member, content in entries:
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


@given(
    entries=st.lists(members(), max_size=5), form=st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]), seek=st.booleans()
)
def test_it_sees_what_tarfile_sees(entries: list[tuple[tarfile.TarInfo, bytes]], form: int, *, seek: bool) -> None:
    raw = written(entries, form)
    with tarfile.open(fileobj=io.BytesIO(raw), encoding="utf-8") as tar:
        expected = [
            (m.name, m.type.decode(), m.linkname, m.mode, m.uid, m.mtime, m.uname, content_of(tar, m)) for m in tar.getmembers()
        ]
    found = [
        (h.name.rstrip("/"), h.kind, h.link, h.mode, h.uid, h.mtime, h.user, entry.content.read())
        for entry in scan(io.BytesIO(raw), seek=seek)
        for h in [entry.header]
    ]

    assert expected == found


def content_of(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member) if member.isreg() else None
    return file.read() if file else b""


@given(st.lists(members(), min_size=1, max_size=3), st.data())
def test_damage_is_an_error_of_ours_or_goes_unseen(entries: list[tuple[tarfile.TarInfo, bytes]], data: st.DataObject) -> None:
    raw = bytearray(written(entries, tarfile.PAX_FORMAT))
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))

    with suppress(RegistryClientError):
        for entry in scan(io.BytesIO(bytes(raw[:cut])), seek=data.draw(st.booleans())):
            entry.content.read(1 << 16)
