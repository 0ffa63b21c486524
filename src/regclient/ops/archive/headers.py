"""The headers of exported tars, byte for byte those that Go writes: owned by root, of 1970, in the oldest form that will do."""

from __future__ import annotations

from regclient.kit.tarheader import BLOCK

_NAME, _PREFIX = 100, 155
_EXTENDED = b"x"
# What eleven octal digits can say.
_LARGEST = (8 << 30) - 1


def directory_header(name: str) -> bytes:
    """Return the header of a directory, mode 0755; ``name`` ends with a slash."""
    return _block(name, 0, b"5", 0o755)


def file_header(name: str, size: int) -> bytes:
    """Return the header of a file, mode 0644, with an extended header in front when name or size need one."""
    prefix, _, base = name.rpartition("/")
    fits = len(name) <= _NAME
    splits = not fits and len(base) <= _NAME and len(prefix) <= _PREFIX
    records = b"" if fits or splits else _record("path", name)
    records += _record("size", str(size)) if size > _LARGEST else b""
    if not records:
        return _block(base, size, b"0", 0o644, prefix) if splits else _block(name, size, b"0", 0o644)
    extended = _block(f"{prefix}/PaxHeaders.0/{base}".lstrip("/")[:_NAME], len(records), _EXTENDED, 0)
    plain = _block(name[:_NAME], size if size <= _LARGEST else 0, b"0", 0o644)
    return extended + records + bytes(-len(records) % BLOCK) + plain


def _record(key: str, value: str) -> bytes:
    rest = f" {key}={value}\n".encode()
    length = len(rest)
    while length != len(rest) + len(str(length)):
        length = len(rest) + len(str(length))
    return str(length).encode() + rest


def _block(name: str, size: int, kind: bytes, mode: int, prefix: str = "") -> bytes:
    parts = (
        name.encode().ljust(_NAME, b"\0"),
        b"%07o\0" % mode,
        b"0000000\0" * 2,
        b"%011o\0" % size,
        b"%011o\0" % 0,
        b" " * 8,
        kind,
        bytes(100),
        b"ustar\x0000",
        bytes(64),
        bytes(16) if kind == _EXTENDED else b"0000000\0" * 2,
        prefix.encode().ljust(_PREFIX + 12, b"\0"),
    )
    block = b"".join(parts)
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]
