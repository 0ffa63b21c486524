"""One entry of a tar as it is kept while the tar is rewritten: the blocks of its header, and what they say.

Nothing is read as text here: names are bytes, times have nanoseconds, and unknown records stay. What the fields mean follows
Go's ``archive/tar``, the reader of most container engines. It is written again in ``tarencode.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from regclient.errors import Corrupt, shown
from regclient.kit.tarheader import BLOCK, check_block, number_of

Moment: TypeAlias = tuple[int, int]
"""Seconds since 1970 and nanoseconds."""
Records: TypeAlias = Mapping[bytes, bytes]

USTAR, PAX, GNU = 1, 2, 4
ANY = USTAR | PAX | GNU
HEADER_ONLY = frozenset(b"123456")
"""Links, devices, directories and pipes: nothing follows their headers, whatever size these state."""
EXTENSIONS = frozenset(b"xLK")
PATH, LINKPATH, UNAME, GNAME, UID, GID, SIZE = b"path", b"linkpath", b"uname", b"gname", b"uid", b"gid", b"size"
MTIME, ATIME, CTIME = b"mtime", b"atime", b"ctime"
SPARSE = b"GNU.sparse."
_KNOWN = frozenset(b"0123456\0g")
_NO_RECORDS: Records = MappingProxyType({})
_TIME = re.compile(rb"([+-]?)([0-9]{1,19})(?:\.([0-9]*))?")
_NUMBER = re.compile(rb"[+-]?[0-9]{1,19}")
_REST = 1_000_000_000
_ENDS = (107, 115, 123, 135, 147, 336, 344)
"""Where the number fields end."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A header before the header: its block, and its data without padding."""

    block: bytes
    data: bytes

    @property
    def kind(self) -> int:
        """The type flag."""
        return self.block[156]


@dataclass(slots=True)
class TarEntry:
    """What the headers of one entry say. ``form`` is the set of formats they could be in, 0 when they are in none of them.

    ``stored`` bytes follow the headers. ``kept`` says that they hold what Go's form of them would lose: they are only patched.
    ``block``, ``extensions`` and ``trailer`` (the map of an old sparse file) are the headers themselves.
    """

    block: bytes
    extensions: tuple[Extension, ...] = ()
    trailer: bytes = b""
    kind: int = 48
    name: bytes = b""
    link: bytes = b""
    size: int = 0
    stored: int = 0
    mode: int = 0
    uid: int = 0
    gid: int = 0
    user: bytes = b""
    group: bytes = b""
    mtime: Moment = (0, 0)
    atime: Moment | None = None
    ctime: Moment | None = None
    major: int = 0
    minor: int = 0
    records: Records = field(default_factory=lambda: _NO_RECORDS)
    form: int = 0
    kept: bool = False

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file whose bytes are all there."""
        return self.kind == ord("0") and not self.kept

    @property
    def is_global(self) -> bool:
        """Whether it is no entry but a global header."""
        return self.kind == ord("g")


def read_entry(block: bytes, extensions: Sequence[Extension] = ()) -> TarEntry:
    """Read the headers of an entry; ``block`` is its own.

    Raises:
        Corrupt: a checksum is wrong, or a number or a record is none.
    """
    found = _read_block(block)
    form = found.form
    for extension in extensions:
        if extension.kind == ord("x"):
            form &= PAX & _form_of_block(extension.block)
            found.records = parse_pax(extension.data)
            _merge(found)
        elif extension.kind != ord("g"):
            form &= GNU & _form_of_block(extension.block)
    for extension in extensions:
        if extension.kind == ord("L"):
            found.name = _text(extension.data) or found.name
        elif extension.kind == ord("K"):
            found.link = _text(extension.data) or found.link
    found.form = USTAR if form & USTAR else form
    found.kind = found.kind or ord("5" if found.name.endswith(b"/") else "0")
    found.stored = 0 if found.kind in HEADER_ONLY else found.size
    if found.stored < 0:
        raise Corrupt(f"tar entry {shown(found.name.decode('utf-8', 'replace'))} has a negative size")
    found.extensions = tuple(extensions)
    found.kept = found.kept or _loses(found)
    return found


def read_global(extension: Extension) -> TarEntry:
    """Read a global header: an entry that only has a name and records.

    Raises:
        Corrupt: as :func:`read_entry`.
    """
    found = _read_block(extension.block)
    records = parse_pax(extension.data)
    kept = found.kept or not found.form & PAX or _is_sparse(records)
    return TarEntry(extension.block, (extension,), kind=ord("g"), name=found.name, records=records, form=PAX, kept=kept)


def parse_pax(data: bytes) -> dict[bytes, bytes]:
    """Read the records of an extended header; of equal keys the last counts.

    Raises:
        Corrupt: a length is wrong.
    """
    records: dict[bytes, bytes] = {}
    position = 0
    while position < len(data):
        space = data.find(b" ", position, position + 20)
        digits = data[position : max(space, 0)]
        length = int(digits) if digits.isdigit() else 0
        key, equals, value = data[space + 1 : position + length].partition(b"=")
        if length < 5 or position + length > len(data) or not key or not equals or not value.endswith(b"\n"):
            raise Corrupt("damaged extended header of a tar entry")
        records[key] = value[:-1]
        position += length
    return records


def parse_pax_time(text: bytes) -> Moment:
    """Read a time with a fraction; negative ones count back from 1970.

    Raises:
        Corrupt: it is no time.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise Corrupt(f"damaged tar: {text!r:.40} in a header is no time")
    sign, seconds, fraction = found.groups()
    whole, rest = int(seconds), int((fraction or b"").ljust(9, b"0")[:9])
    if sign != b"-":
        return whole, rest
    return (-whole - 1, _REST - rest) if rest else (-whole, 0)


def format_pax_time(moment: Moment) -> bytes:
    """Write a time as records hold it."""
    seconds, rest = moment
    if not rest:
        return b"%d" % seconds
    sign = b""
    if seconds < 0:
        sign, seconds, rest = b"-", -(seconds + 1), _REST - rest
    return b"%s%d.%s" % (sign, seconds, (b"%09d" % rest).rstrip(b"0"))


def _read_block(block: bytes) -> TarEntry:
    """Read a header block; ``kept`` says that something in it is unknown."""
    check_block(block)
    form, known = _form_of(block)
    modern = block[257:263] == b"ustar\0" or block[257:265] == b"ustar  \0"
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else b""
    atime: Moment | None = None
    ctime: Moment | None = None
    if form == GNU:
        try:
            atime, ctime = ((number_of(raw), 0) if raw[0] else None for raw in (block[345:357], block[357:369]))
        except Corrupt:  # Go before 1.8 wrote the front of long names there (https://go.dev/issue/12594)
            form, known, prefix = 0, False, _text(block[345:500])
    return TarEntry(
        block,
        kind=block[156],
        name=prefix + b"/" + _text(block[:100]) if prefix else _text(block[:100]),
        link=_text(block[157:257]),
        size=number_of(block[124:136]),
        mode=number_of(block[100:108]),
        uid=number_of(block[108:116]),
        gid=number_of(block[116:124]),
        user=_text(block[265:297]) if modern else b"",
        group=_text(block[297:329]) if modern else b"",
        mtime=(number_of(block[136:148]), 0),
        major=number_of(block[329:337]) if modern else 0,
        minor=number_of(block[337:345]) if modern else 0,
        atime=atime,
        ctime=ctime,
        form=form,
        kept=not known,
    )


def _form_of(block: bytes) -> tuple[int, bool]:
    """Return the formats a block could be in, and whether the rest of it is as those formats want it: empty."""
    if block[257:263] == b"ustar\0":
        return (0, False) if block[508:512] == b"tar\0" else (_form_of_block(block), not block[500:].strip(b"\0"))
    if block[257:265] == b"ustar  \0":
        return GNU, not block[369:].strip(b"\0")
    # GNU tar writes device numbers even there.
    return 0, not (block[257:329] + block[345:]).strip(b"\0") and not block[329:345].strip(b"\x000")


def _form_of_block(block: bytes) -> int:
    """Return the formats a block could be in; numbers without a NUL behind them, and names beyond ASCII, are in none."""
    if block[257:265] == b"ustar  \0":
        return GNU
    fine = block[257:263] == b"ustar\0" and block.isascii() and not any(block[end] for end in _ENDS)
    return USTAR | PAX if fine and block[508:512] != b"tar\0" else 0


def _merge(entry: TarEntry) -> None:
    """Apply records to what the block says; empty ones say nothing."""
    for key, value in entry.records.items():
        field_and_reader = _MEANINGS.get(key)
        if field_and_reader is not None and value:
            name, read = field_and_reader
            setattr(entry, name, read(value))


def _loses(entry: TarEntry) -> bool:
    """Whether Go's form of the headers would lose something, or is none."""
    kinds = [extension.kind for extension in entry.extensions]
    mixed = len(kinds) != len(set(kinds)) or (len(kinds) > 1 and not {*kinds}.isdisjoint(b"xg"))
    if entry.kind not in _KNOWN or _is_sparse(entry.records) or mixed:
        return True
    if entry.name.endswith(b"/") and entry.kind in b"0346":
        return True
    return any(len(entry.records.get(key, b"").partition(b".")[2].rstrip(b"0")) > 9 for key in (MTIME, ATIME, CTIME))


def _is_sparse(records: Records) -> bool:
    return any(key.startswith(SPARSE) for key in records)


def _text(raw: bytes) -> bytes:
    return raw.partition(b"\0")[0]


def _decimal(text: bytes) -> int:
    if not _NUMBER.fullmatch(text):
        raise Corrupt(f"damaged tar: {text!r:.40} in a header is no number")
    return int(text)


_MEANINGS: dict[bytes, tuple[str, Callable[[bytes], object]]] = {
    PATH: ("name", bytes),
    LINKPATH: ("link", bytes),
    UNAME: ("user", bytes),
    GNAME: ("group", bytes),
    UID: ("uid", _decimal),
    GID: ("gid", _decimal),
    SIZE: ("size", _decimal),
    MTIME: ("mtime", parse_pax_time),
    ATIME: ("atime", parse_pax_time),
    CTIME: ("ctime", parse_pax_time),
}


def padded(size: int) -> int:
    """Return what a content of ``size`` bytes takes in a tar."""
    return -(-size // BLOCK) * BLOCK
