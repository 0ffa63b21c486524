"""One header of a tar, read from its 512 bytes and the records that extend it; nothing here reads a stream.

POSIX, GNU and ancient headers are understood, numbers in octal and in base 256, and the three ways sparse files are written
(https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, https://www.gnu.org/software/tar/manual/html_node/Standard.html).
Headers are untrusted: checksums hold or the header is refused, and no size is negative.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from regclient.errors import Corrupt, shown

BLOCK = 512
FILE, HARD_LINK, SYMLINK, CHARACTER, DEVICE, DIRECTORY, PIPE = "0", "1", "2", "3", "4", "5", "6"
CONTIGUOUS, SPARSE = "7", "S"
ANCIENT = "\0"
"""A file, or when its name ends in a slash a directory: how both were told before there were flags for them."""
LONG_NAME, LONG_LINK, PAX, PAX_GLOBAL = "L", "K", "x", "g"
FILES = frozenset({FILE, CONTIGUOUS, SPARSE})
_NO_CONTENT = frozenset({HARD_LINK, SYMLINK, CHARACTER, DEVICE, DIRECTORY, PIPE})
_MAX = 1 << 63
_NO_RECORDS: Mapping[str, str] = MappingProxyType({})

Chunks = tuple[tuple[int, int], ...]
"""Where the bytes of a sparse file belong: offset and length of each piece."""


class TarHeader(NamedTuple):
    """What a tar says of one entry. ``kind`` is the type flag, ``size`` the length of the file, ``stored`` of its bytes here.

    ``format`` is ``ustar``, ``gnu``, ``pax`` or empty for what is older; ``records`` are those of the extended header. Names
    that are no UTF-8 hold surrogates.
    """

    name: str
    kind: str = FILE
    size: int = 0
    stored: int = 0
    mode: int = 0
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    link: str = ""
    user: str = ""
    group: str = ""
    major: int = 0
    minor: int = 0
    format: str = ""
    records: Mapping[str, str] = _NO_RECORDS
    chunks: Chunks | None = None

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file, a sparse one included."""
        return self.kind in FILES

    @property
    def is_directory(self) -> bool:
        """Whether it is a directory."""
        return self.kind == DIRECTORY

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic or a hard link."""
        return self.kind in {HARD_LINK, SYMLINK}


def parse_header(block: bytes) -> TarHeader:
    """Read a header block as it stands; give it to :func:`extended` in any case, for a name may come from an extension.

    Raises:
        Corrupt: it is no header, its checksum is wrong, or a number is none.
    """
    check_block(block)
    kind = chr(block[156])
    name = _text(block[:100])
    magic = block[257:265]
    form = "ustar" if magic[:6] == b"ustar\0" else "gnu" if magic == b"ustar  \0" else ""
    if form == "ustar" and (prefix := _text(block[345:500])):
        name = f"{prefix}/{name}"
    size = number_of(block[124:136])
    if size < 0:
        raise Corrupt(f"tar entry {shown(name)} has a negative size")
    stored = 0 if kind in _NO_CONTENT else size
    known = form != ""
    return TarHeader(
        name=name,
        kind=kind,
        size=stored,
        stored=stored,
        mode=number_of(block[100:108]),
        uid=number_of(block[108:116]),
        gid=number_of(block[116:124]),
        mtime=number_of(block[136:148]),
        link=_text(block[157:257]),
        user=_text(block[265:297]) if known else "",
        group=_text(block[297:329]) if known else "",
        major=number_of(block[329:337]) if known else 0,
        minor=number_of(block[337:345]) if known else 0,
        format=form,
    )


def parse_records(data: bytes) -> dict[str, str]:
    """Read the records of an extended header, ``LENGTH key=value``.

    Raises:
        Corrupt: a length is wrong.
    """
    records: dict[str, str] = {}
    sparse: list[str] = []
    position = 0
    while position < len(data) and data[position]:
        space = data.find(b" ", position, position + 20)
        digits = data[position : max(space, 0)]
        length = int(digits) if digits.isdigit() else 0
        end = position + length
        record = data[space + 1 : end]
        if length <= len(digits) + 1 or end > len(data) or not record.endswith(b"\n") or b"=" not in record:
            raise Corrupt("damaged extended header of a tar entry")
        key, _, value = record[:-1].decode("utf-8", "surrogateescape").partition("=")
        if key in {"GNU.sparse.offset", "GNU.sparse.numbytes"}:
            sparse.append(value)  # GNU's first sparse format repeats its keys
        records[key] = value
        position = end
    if sparse:
        records["GNU.sparse.map"] = ",".join(sparse)
    return records


def extended(header: TarHeader, records: Mapping[str, str], names: Mapping[str, str] = _NO_RECORDS) -> TarHeader:
    """Return a header with the records of an extended header applied, and ``names`` that GNU's extensions gave.

    Raises:
        Corrupt: a record that should be a number is none.
    """
    if not records and not names and header.kind != ANCIENT:
        return header
    stored = _decimal(records["size"]) if records.get("size") else header.stored
    if stored < 0:
        raise Corrupt(f"tar entry {shown(header.name)} has a negative size")
    name = names.get("path") or records.get("path") or header.name
    kind = header.kind
    if kind == ANCIENT:
        kind = DIRECTORY if name.endswith("/") else FILE
    stored = 0 if kind in _NO_CONTENT else stored
    return header._replace(
        name=name,
        kind=kind,
        link=names.get("linkpath") or records.get("linkpath") or header.link,
        size=stored,
        stored=stored,
        uid=_decimal(records["uid"]) if records.get("uid") else header.uid,
        gid=_decimal(records["gid"]) if records.get("gid") else header.gid,
        mtime=_decimal(records["mtime"].partition(".")[0] or "0") if records.get("mtime") else header.mtime,
        user=records.get("uname") or header.user,
        group=records.get("gname") or header.group,
        format="pax" if records else header.format,
        records=records,
    )


def sparse_version(records: Mapping[str, str]) -> str:
    """Return which of GNU's sparse formats the records of an extended header tell of: ``1.0``, ``0.1`` or none."""
    version = records.get("GNU.sparse.major", ""), records.get("GNU.sparse.minor", "")
    if version == ("1", "0"):
        return "1.0"
    if version in {("0", "0"), ("0", "1")} or (version == ("", "") and records.get("GNU.sparse.map")):
        return "0.1"
    return ""


def old_sparse(block: bytes, *, first: bool) -> tuple[list[int], bool]:
    """Read the pieces that a GNU header (``first``), or the block after one, lists; and whether another block follows.

    Raises:
        Corrupt: a number is none.
    """
    start, count, flag = (386, 4, 482) if first else (0, 21, 504)
    fields = [block[start + 12 * index : start + 12 * index + 12] for index in range(2 * count)]
    numbers: list[int] = []
    for offset, length in zip(fields[::2], fields[1::2], strict=True):
        if not offset[0] or not length[0]:
            break
        numbers += [number_of(offset), number_of(length)]
    return numbers, bool(block[flag])


def old_sparse_size(block: bytes) -> int:
    """Return the length of the file that a GNU header of a sparse file states.

    Raises:
        Corrupt: it is no number.
    """
    return number_of(block[483:495])


def numbers_of(values: Iterable[str | bytes]) -> list[int]:
    """Read decimal numbers.

    Raises:
        Corrupt: one is none.
    """
    return [_decimal(value if isinstance(value, str) else value.decode("ascii", "replace")) for value in values]


def sparse(header: TarHeader, numbers: list[int], size: int, stored: int) -> TarHeader:
    """Return the header of a sparse file: its pieces, its length, and how many bytes are stored here.

    Raises:
        Corrupt: the pieces overlap, leave the file, or are not what is stored.
    """
    chunks = tuple(zip(numbers[::2], numbers[1::2], strict=False))
    end = 0
    for offset, length in chunks:
        if offset < end or length < 0:
            raise Corrupt(f"tar entry {shown(header.name)} has overlapping pieces")
        end = offset + length
    if len(numbers) % 2 or end > size or size >= _MAX or sum(length for _, length in chunks) > stored:
        raise Corrupt(f"tar entry {shown(header.name)} has pieces beyond its end")
    return header._replace(size=size, stored=stored, chunks=chunks)


def check_block(block: bytes) -> None:
    """Compare the checksum of a header block, which is over the block with the checksum itself blank.

    Old programs summed signed bytes.

    Raises:
        Corrupt: it is wrong.
    """
    expected = number_of(block[148:156])
    total = checksum_of(block)
    if total != expected:
        high = sum(1 for byte in (*block[:148], *block[156:]) if byte > 127)
        if total - 256 * high != expected:
            raise Corrupt("damaged tar: a header has a wrong checksum")


def checksum_of(block: bytes | bytearray) -> int:
    """Return the sum of the bytes of a header block, the checksum in it taken as blanks.

    Adler's first half is a plain sum, one more than it, and exact below 65521: for 256 bytes it always is.
    """
    rest = block[156:]
    parts = block[:148], rest[:256], rest[256:]
    return sum(zlib.adler32(part) & 0xFFFF for part in parts) - len(parts) + 8 * 32


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def number_of(raw: bytes) -> int:
    """Read a number field: octal, or base 256 when its first bit is set.

    Raises:
        Corrupt: it is no number, or larger than 63 bits.
    """
    if raw[0] & 0x80:
        value = int.from_bytes(raw, "big") & ((1 << (8 * len(raw) - 1)) - 1)
        if raw[0] & 0x40:
            value -= 1 << (8 * len(raw) - 1)
        if not -_MAX <= value < _MAX:
            raise Corrupt("damaged tar: a number in a header is too large")
        return value
    digits = raw.strip(b" \0").partition(b"\0")[0]
    if not digits:
        return 0
    try:
        return int(digits, 8) if digits.isdigit() else _wrong(digits)
    except ValueError:
        return _wrong(digits)


def _decimal(text: str) -> int:
    digits = text[1:] if text[:1] == "-" else text
    if not digits.isascii() or not digits.isdigit() or len(digits) > 19 or int(digits) >= _MAX:
        return _wrong(text)
    return int(text)


def _wrong(what: str | bytes) -> int:
    raise Corrupt(f"damaged tar: {what!r:.40} in a header is no number")
