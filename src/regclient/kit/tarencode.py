"""Headers of a tar, written as Go's ``archive/tar`` writes them.

Container engines make their layers with it, so the headers of most layers are these bytes already, and a layer that is
rewritten here has the diff id it gets from programs in Go. Headers that this form would damage are patched instead
(``tarpatch.py``). Formats: https://pkg.go.dev/archive/tar#Format.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import replace

from regclient.kit import tarentry
from regclient.kit.tarentry import ANY, GNU, PAX, USTAR, TarEntry, format_pax_time, padded
from regclient.kit.tarfields import ascii_of, pax_record, put_number, put_octal, put_text, sealed, split_name
from regclient.kit.tarheader import BLOCK
from regclient.kit.tarpatch import patched

_NAME, _OWNER = 100, 32
_OCTAL_8, _OCTAL_12 = 1 << 21, 1 << 33
_BINARY_8 = 1 << 56
_HALF = 500_000_000
_RAW = bytes(100) + b"0000000\0" * 3 + b"00000000000\0" * 2 + bytes(BLOCK - 148)
"""A header before a header: neither mode nor owner nor time."""
_Number = Callable[[bytearray, int, int, int], None]
_TEXT_KEYS = frozenset({tarentry.PATH, tarentry.LINKPATH, tarentry.UNAME, tarentry.GNAME})
_BASIC = _TEXT_KEYS | {tarentry.SIZE, tarentry.UID, tarentry.GID, tarentry.MTIME, tarentry.ATIME, tarentry.CTIME}


def encoded(entry: TarEntry) -> bytes:
    """Return the headers of an entry: in the format they had where that can say it, else in one that can.

    What must not be rebuilt is patched.
    """
    if entry.kept or _would_lose(entry):
        return patched(entry)
    if not entry.form:
        entry = replace(entry, mtime=(entry.mtime[0] + (entry.mtime[1] >= _HALF), 0))
    possible, fine, records = _formats(entry)
    if any(not _is_record(key, value) for key, value in records.items()):
        return patched(entry)
    wanted = entry.form or ANY
    if wanted & PAX and not fine:
        wanted |= USTAR
    # What the format of the entry cannot say (a time before 1970, say) Go refuses; another format can.
    allowed = possible & wanted or possible & PAX or possible
    if allowed & USTAR:
        return _ustar(entry)
    if allowed & PAX:
        return _pax(entry, records)
    return _gnu(entry) if allowed & GNU else patched(entry)


def _would_lose(entry: TarEntry) -> bool:
    """Whether an entry in no format has times that Go drops: it writes whole seconds of the time of the content alone."""
    return not entry.form and bool(entry.atime or entry.ctime or (entry.mtime[1] and tarentry.MTIME in entry.records))


def _formats(entry: TarEntry) -> tuple[int, bool, dict[bytes, bytes]]:
    """Return the formats that can say it, whether records say it better than ustar would, and the records pax needs."""
    if entry.is_global:
        return PAX, False, dict(entry.records)
    records: dict[bytes, bytes] = {}
    possible = _texts(entry, records) & _numbers(entry, records)
    fine = False
    for key, moment in ((tarentry.MTIME, entry.mtime), (tarentry.ATIME, entry.atime), (tarentry.CTIME, entry.ctime)):
        if moment is None:
            continue
        fits = 0 <= moment[0] < _OCTAL_12
        if key != tarentry.MTIME or not fits:
            possible &= ~USTAR
        if key != tarentry.MTIME or not fits or moment[1]:
            fine = True
            records[key] = format_pax_time(moment)
        _keep(entry, records, key, format_pax_time(moment))
    if entry.records:
        possible &= PAX
        for key, value in entry.records.items():
            if key not in _BASIC:
                records.setdefault(key, value)
    return possible, fine, records


def _texts(entry: TarEntry, records: dict[bytes, bytes]) -> int:
    possible = ANY
    for key, value, width in (
        (tarentry.PATH, entry.name, _NAME),
        (tarentry.LINKPATH, entry.link, _NAME),
        (tarentry.UNAME, entry.user, _OWNER),
        (tarentry.GNAME, entry.group, _OWNER),
    ):
        long = len(value) > width
        if long and width == _OWNER:
            possible &= ~GNU
        if long or not value.isascii():
            if key != tarentry.PATH or split_name(value) is None:
                possible &= ~USTAR
            records[key] = value
        _keep(entry, records, key, value)
    return possible


def _numbers(entry: TarEntry, records: dict[bytes, bytes]) -> int:
    possible = ANY
    for key, value, octal, binary in (
        (b"", entry.mode, _OCTAL_8, _BINARY_8),
        (tarentry.UID, entry.uid, _OCTAL_8, _BINARY_8),
        (tarentry.GID, entry.gid, _OCTAL_8, _BINARY_8),
        (tarentry.SIZE, entry.size, _OCTAL_12, 1 << 63),
        (b"", entry.major, _OCTAL_8, _BINARY_8),
        (b"", entry.minor, _OCTAL_8, _BINARY_8),
    ):
        if not -binary <= value < binary:
            possible &= ~GNU
        if not 0 <= value < octal:
            possible &= ~USTAR if key else ~(USTAR | PAX)
            if key:
                records[key] = b"%d" % value
        _keep(entry, records, key, b"%d" % value)
    return possible


def _keep(entry: TarEntry, records: dict[bytes, bytes], key: bytes, text: bytes) -> None:
    """Keep a record that says what the header says anyway."""
    if entry.records.get(key) == text:
        records[key] = text


def _is_record(key: bytes, value: bytes) -> bool:
    return bool(key) and b"=" not in key and b"\0" not in (value if key in _TEXT_KEYS else key)


def _ustar(entry: TarEntry) -> bytes:
    prefix, name = split_name(entry.name) or (b"", entry.name)
    block = _block(entry, (name, entry.link, entry.user, entry.group), put_octal)
    block[345 : 345 + len(prefix)] = prefix
    return sealed(block)


def _pax(entry: TarEntry, records: dict[bytes, bytes]) -> bytes:
    data = b"".join([pax_record(key, records[key]) for key in sorted(records)])
    if entry.is_global:
        return _raw_file(ascii_of(entry.name or b"GlobalHead.0.0"), data, b"g", b"ustar\x0000")
    front = _raw_file(ascii_of(_beside(entry.name)), data, b"x", b"ustar\x0000") if records else b""
    texts = ascii_of(entry.name), ascii_of(entry.link), ascii_of(entry.user), ascii_of(entry.group)
    return front + sealed(_block(entry, texts, put_octal))


def _beside(name: bytes) -> bytes:
    """Return the name of the header in front of an entry."""
    directory, slash, file = name.rpartition(b"/")
    name = directory + slash + b"PaxHeaders.0/" + file
    if not (b"//" in name or b"./" in name or name.endswith((b".", b"/"))):
        return name
    name = posixpath.normpath(name)
    return name[1:] if name.startswith(b"//") else name


def _gnu(entry: TarEntry) -> bytes:
    front = b""
    for kind, value in ((b"L", entry.name), (b"K", entry.link)):
        if len(value) > _NAME:
            front += _raw_file(b"././@LongLink", value + b"\0", kind, b"ustar  \0")
    block = _block(entry, (entry.name, entry.link, entry.user, entry.group), put_number)
    for start, moment in ((345, entry.atime), (357, entry.ctime)):
        if moment is not None:
            put_number(block, start, 12, moment[0])
    block[257:265] = b"ustar  \0"
    return front + sealed(block)


def _block(entry: TarEntry, texts: tuple[bytes, bytes, bytes, bytes], number: _Number) -> bytearray:
    block = bytearray(BLOCK)
    number(block, 100, 8, entry.mode)
    number(block, 108, 8, entry.uid)
    number(block, 116, 8, entry.gid)
    number(block, 124, 12, entry.size)
    number(block, 136, 12, entry.mtime[0])
    number(block, 329, 8, entry.major)
    number(block, 337, 8, entry.minor)
    name, link, user, group = texts
    put_text(block, 0, _NAME, name)
    put_text(block, 157, _NAME, link)
    put_text(block, 265, _OWNER, user)
    put_text(block, 297, _OWNER, group)
    block[156] = entry.kind
    block[257:265] = b"ustar\x0000"
    return block


def _raw_file(name: bytes, data: bytes, kind: bytes, magic: bytes) -> bytes:
    """Return a header before the header, and its data."""
    block = bytearray(_RAW)
    name = name[:_NAME].rstrip(b"/")
    block[: len(name)] = name
    put_octal(block, 124, 12, len(data))
    block[156:157] = kind
    block[257:265] = magic
    return sealed(block) + data.ljust(padded(len(data)), b"\0")
