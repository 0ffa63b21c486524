"""Tars of every kind, written by Python's :mod:`tarfile` or byte by byte: the layers of tests/vectors/tar/cases.py."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterable

BLOCK = 512
TIME = 1_600_000_000
GNU, USTAR = b"ustar  \0", b"ustar\x0000"
Member = tuple[tarfile.TarInfo, bytes]
FORMATS = {"pax": tarfile.PAX_FORMAT, "gnu": tarfile.GNU_FORMAT, "ustar": tarfile.USTAR_FORMAT}
DIRECTORY, SYMLINK, HARD_LINK = tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE


def member(name: str, content: bytes = b"", **fields: object) -> Member:
    """Return an entry with its content; the fields are those of :class:`tarfile.TarInfo`."""
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.uname, info.gname = len(content), TIME, "root", "wheel"
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def tar_of(members: Iterable[Member], form: int = tarfile.PAX_FORMAT, records: dict[str, str] | None = None) -> bytes:
    """Write a tar; ``records`` are those of its global header."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, encoding="utf-8", pax_headers=records) as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


PLAIN = [
    member("d/", type=DIRECTORY, mode=0o755),
    member("d/f", b"hello", mode=0o644),
    member("d/f2", b"x" * 1000),
    member("link", type=SYMLINK, linkname="d/f"),
    member("hard", type=HARD_LINK, linkname="d/f2"),
    member("dev", type=tarfile.CHRTYPE, devmajor=1, devminor=3),
    member("disk", type=tarfile.BLKTYPE, devmajor=8, devminor=300),
    member("pipe", type=tarfile.FIFOTYPE),
    member("old", b"o", mtime=1_000_000_000),
    member("setuid", b"s", mode=0o4755),
    member("born in 1970", b"", mtime=0),
    member("nobody's", b"", uname="", gname=""),
    member("/d/f", b"absolute"),
    member("./d/f", b"with a dot"),
    member("d/f/below", b""),
    member("d/foo", b"beside"),
    member("n" * 100, b"as long as fits"),
    member("p" * 90 + "/" + "q" * 90, b"cut at the slash"),
    member("p" * 150 + "/" + "q" * 90, b"cut at the slash"),
]
LONG = [
    member("n" * 101, b"one too long"),
    member("p" * 90 + "/" + "q" * 90 + "/", type=DIRECTORY),
    member("deep/" * 60 + "x", b"deep"),
    member("far", type=SYMLINK, linkname="t" * 150),
    member("ids", b"b", uid=3_000_000, gid=1 << 33),
    member("ünï", b"u"),
    member("u" * 60 + "ü" * 30, b"u"),
    member("user", b"", uname="jürgen"),
    member("before 1970", b"", mtime=-5),
    member("after 2242", b"", mtime=1 << 35),
]
RECORDS = [
    member("xattr", b"1", pax_headers={"SCHILY.xattr.user.x": "v", "SCHILY.xattr.security.capability": "\x01\x02"}),
    member("other", b"2", pax_headers={"comment": "hi", "LIBARCHIVE.xattr.user.y": "dg=="}),
    member("times", b"3", pax_headers={"atime": "1500000000.5", "ctime": "1700000000", "mtime": "1600000000.25"}),
    member("whole", b"4", pax_headers={"mtime": "1600000000"}),
    member("zeros", b"5", pax_headers={"mtime": "1600000000.500"}),
    member("negative", b"6", pax_headers={"mtime": "-1.25", "atime": "-0.5"}),
    member("d/f", b"", pax_headers={"vendor.key": "value"}),
    member("n" * 98 + "/m/", type=DIRECTORY, pax_headers={"a.b": "c"}),
    member("n" * 99 + "//k", b"", pax_headers={"a.b": "c"}),
    member("./x/../y//" + "n" * 120, b""),
    member("long owner", b"", uname="u" * 40),
]
ONE = tar_of([member("a", b"1" * 10)], tarfile.USTAR_FORMAT)
BODY = ONE[BLOCK:]
FIELDS = {
    "name": 0,
    "mode": 100,
    "uid": 108,
    "size": 124,
    "mtime": 136,
    "kind": 156,
    "link": 157,
    "magic": 257,
    "user": 265,
    "group": 297,
    "prefix": 345,
    "end": 500,
}


def header(**fields: bytes) -> bytes:
    """Return the header of :data:`ONE` with other bytes in some fields, and the checksum they need."""
    block = bytearray(ONE[:BLOCK])
    for name, value in fields.items():
        block[FIELDS[name] : FIELDS[name] + len(value)] = value
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def before(data: bytes, kind: bytes = b"x", name: bytes = b"PaxHeaders/a", magic: bytes = USTAR) -> bytes:
    """Return a header before the header, with its data."""
    block = header(kind=kind, name=name + b"\0", size=b"%011o\0" % len(data), magic=magic)
    return block + data.ljust(-(-len(data) // BLOCK) * BLOCK, b"\0")


def record(key: bytes, value: bytes) -> bytes:
    """Return a record of less than 100 bytes."""
    length = len(key) + len(value) + 4
    return b"%d %s=%s\n" % (length + (length > 9), key, value)


def long_name(name: bytes, kind: bytes = b"L") -> bytes:
    """Return GNU's header for a long name."""
    return before(name + b"\0", kind, b"././@LongLink", GNU)


EMPTY = b"00000000000\0"
FRACTION = record(b"mtime", b"123456.789")
OWN = record(b"z.b", b"cde")
Sample = Callable[[], bytes]
SAMPLES: dict[str, bytes] = {
    **{f"{form}: plain": tar_of(PLAIN, number) for form, number in FORMATS.items()},
    **{
        f"{form}: {info.name[:20]}": tar_of([(info, content)], FORMATS[form])
        for form in ("pax", "gnu")
        for info, content in LONG
    },
    **{f"records: {info.name[:20]}": tar_of([(info, content)]) for info, content in RECORDS},
    "pax: all": tar_of([*PLAIN, *LONG, *RECORDS]),
    "gnu: all": tar_of([*PLAIN, *LONG], tarfile.GNU_FORMAT),
    "global header": tar_of([member("a", b"1")], records={"comment": "abc", "vendor.x": "y"}),
    "no entry": tar_of([]),
    "nothing at all": b"",
    "no end mark": ONE[: 2 * BLOCK],
    "no padding": ONE[: BLOCK + 10],
    "half an end mark": ONE[: 3 * BLOCK],
    "more after the end": ONE[: 2 * BLOCK] + bytes(2 * BLOCK) + ONE,
    "an empty block between": ONE[: 2 * BLOCK] + bytes(BLOCK) + ONE,
    "cut in the content": ONE[: BLOCK + 5],
    "cut in the header": ONE[:300],
    "no tar": b"this is no tar at all" * 100,
    "wrong checksum": ONE[:148] + b"000000\0 " + ONE[156:],
    "wrong number": header(mtime=b"12x45673000\0") + BODY,
    "v7": header(magic=bytes(8), user=bytes(80)) + BODY,
    "v7 directory": header(name=b"d/\0", kind=b"\0", magic=bytes(8), user=bytes(80), size=EMPTY) + BODY[BLOCK:],
    "v7 of GNU tar": header(magic=bytes(8), user=bytes(64) + b"0000000\0" * 2) + BODY,
    "no kind": header(kind=b"\0") + BODY,
    "numbers with blanks": header(mode=b"   644 \0", uid=b"     0 \0", size=b"         12 ") + BODY,
    "mode with a kind": header(mode=b"100644 \0") + BODY,
    "time without NUL": header(mtime=b"13725473000 ") + BODY,
    "base 256 in gnu": header(magic=GNU, mtime=b"\x80" + bytes(6) + (1 << 34).to_bytes(5, "big")) + BODY,
    "base 256 in ustar": header(mtime=b"\x80" + bytes(6) + (1 << 34).to_bytes(5, "big")) + BODY,
    "gnu with times": header(magic=GNU, prefix=b"13725473000\0" + b"13725473001\0") + BODY,
    "more in the name": header(name=b"abc\0more") + BODY,
    "latin name": header(name=b"caf\xe9\0") + BODY,
    "latin name in gnu": header(magic=GNU, name=b"caf\xe9\0") + BODY,
    "short prefix": header(name=b"b\0", prefix=b"a\0") + BODY,
    "full prefix": header(name=b"q" * 100, prefix=b"p" * 155) + BODY,
    "full owners": header(user=b"u" * 32, group=b"g" * 32) + BODY,
    "full link": header(kind=b"2", link=b"l" * 100, size=EMPTY) + BODY[BLOCK:],
    "link with a size": header(kind=b"1", link=b"x") + BODY[BLOCK:],
    "unsorted records": before(OWN + record(b"a.b", b"cde")) + ONE,
    "a record twice": before(OWN + record(b"z.b", b"xyz")) + ONE,
    "a number written oddly": before(record(b"uid", b"007")) + ONE,
    "empty records": before(b"8 path=\n" + OWN) + ONE,
    "no records": before(b"") + ONE,
    "damaged records": before(b"99 path=1\n") + ONE,
    "records, name beyond ASCII": before(OWN, name="PaxHeaders/ü".encode()) + ONE,
    "long name": long_name(b"n" * 150) + header(magic=GNU) + BODY,
    "long link": long_name(b"n" * 150, b"K") + header(magic=GNU, kind=b"2", size=EMPTY) + BODY[BLOCK:],
    "long name that is short": long_name(b"short") + header(magic=GNU) + BODY,
    "long name in ustar": long_name(b"n" * 150) + ONE,
}
# Go's form of these would lose something, so they keep their own; or Go refuses them.
KEPT: dict[str, bytes] = {
    "star": header(prefix=bytes(131) + b"00000000001 00000000002 ", end=bytes(8) + b"tar\0") + BODY,
    "contiguous": header(kind=b"7") + BODY,
    "unknown kind": header(kind=b"Z") + BODY,
    "unknown kind, empty": header(kind=b"D", size=EMPTY) + BODY[BLOCK:],
    "unknown field in gnu": header(magic=GNU, prefix=bytes(24) + b"this") + BODY,
    "unknown field in ustar": header(end=b"this") + BODY,
    "file with a slash": header(name=b"abc/\0") + BODY,
    "ten digits": before(record(b"mtime", b"1600000000.1234567891")) + ONE,
    "records twice": before(OWN) + before(FRACTION) + ONE,
    "records, then global ones": before(FRACTION) + before(record(b"comment", b"h"), b"g") + ONE,
    "fraction, name beyond ASCII": before(FRACTION, name="PaxHeaders/ü".encode()) + ONE,
    "long name and records": long_name(b"n" * 150) + before(FRACTION) + ONE,
    "NUL in a key": before(record(b"z\0b", b"cde")) + ONE,
    "records without entry": before(OWN) + bytes(2 * BLOCK),
}
