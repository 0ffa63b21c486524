"""The fields of a tar's headers, written: numbers, texts, checksums, records."""

from __future__ import annotations

from regclient.kit.tarheader import checksum_of

_NAME, _PREFIX = 100, 155


def put_octal(block: bytearray, start: int, width: int, value: int) -> None:
    """Put a number in octal; what does not fit is zero, for a record says it."""
    fits = 0 <= value < 1 << 3 * (width - 1)
    block[start : start + width] = b"%0*o\0" % (width - 1, value if fits else 0)


def put_number(block: bytearray, start: int, width: int, value: int) -> None:
    """Put a number in octal, or in base 256 where that is too small for it."""
    if 0 <= value < 1 << 3 * (width - 1):
        put_octal(block, start, width, value)
        return
    block[start : start + width] = (value & ((1 << 8 * width) - 1)).to_bytes(width, "big")
    block[start] |= 0x80


def put_text(block: bytearray, start: int, width: int, text: bytes) -> None:
    """Put as much of a text as fits; a cut that ends in a slash would look like a directory to old programs."""
    block[start : start + min(width, len(text))] = text[:width]
    if len(text) > width and text[width - 1] == ord("/"):
        block[start + len(text[: width - 1].rstrip(b"/"))] = 0


def ascii_of(text: bytes) -> bytes:
    """Return what of a text is ASCII: the fall-back beside a record that holds all of it."""
    return text if text.isascii() else bytes(byte for byte in text if byte < 0x80)


def sealed(block: bytearray) -> bytes:
    """Return a header block with the checksum it should have."""
    block[148:156] = b"%06o\0 " % checksum_of(block)
    return bytes(block)


def pax_record(key: bytes, value: bytes) -> bytes:
    """Return one record, whose length counts its own digits."""
    rest = len(key) + len(value) + 3
    size = rest + len(b"%d" % rest)
    size = rest + len(b"%d" % size)
    return b"%d %s=%s\n" % (size, key, value)


def split_name(name: bytes) -> tuple[bytes, bytes] | None:
    """Cut a long name at a slash into what ustar calls prefix and name; None when it fits as it is, or cannot be cut."""
    length = len(name)
    if length <= _NAME or not name.isascii():
        return None
    if length > _PREFIX + 1:
        length = _PREFIX + 1
    elif name.endswith(b"/"):
        length -= 1
    at = name.rfind(b"/", 0, length)
    rest = len(name) - at - 1
    if at <= 0 or not 0 < rest <= _NAME or at > _PREFIX:
        return None
    return name[:at], name[at + 1 :]
