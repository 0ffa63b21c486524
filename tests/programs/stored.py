"""Gzip that is the same everywhere: what zlib and Python write differs from version to version, and recordings hold digests."""

from __future__ import annotations

import struct
import zlib

_HEADER = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF])  # no flags, no time, no extra flags, an unknown system (RFC 1952)
_BLOCK = 0xFFFF


def gzipped(data: bytes) -> bytes:
    """Return a gzip member that holds the data as it is, in stored blocks (RFC 1951, 3.2.4)."""
    pieces = [data[start : start + _BLOCK] for start in range(0, len(data), _BLOCK)] or [b""]
    blocks = [struct.pack("<BHH", piece is pieces[-1], len(piece), len(piece) ^ 0xFFFF) + piece for piece in pieces]
    return _HEADER + b"".join(blocks) + struct.pack("<LL", zlib.crc32(data), len(data) & 0xFFFFFFFF)
