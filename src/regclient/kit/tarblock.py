"""Plain headers of a tar, changed where they lie: one block each, in the form that nearly every layer has them in.

A layer can have a hundred thousand headers; this takes three microseconds for each. Whatever is not plain to the last byte is
left to ``tarentry.py``, and what comes out is what ``tarencode.py`` would write.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias
from zlib import adler32

from regclient.errors import Corrupt
from regclient.kit.tarfields import split_name
from regclient.kit.tarheader import BLOCK

# Name, mode and owners, size, time, checksum, type, link, magic, names of owners and device numbers, prefix, and nothing more.
# No part of it ever gives back what it took; the empty group tells where the mode was met.
_PLAIN = re.compile(
    rb"([\x01-\x7f]{1,100}+)\0*+()[0-7]{7}+\0[0-7]{7}+\0[0-7]{7}+\0([0-7]{11}+)\0([0-7]{11}+)\0([0-7]{6}+)\0 ([0-6])"
    rb"[\x01-\x7f]{0,100}+\0*+(ustar(?:\x0000|  \0))(.{80}+)([\x01-\x7f]{0,155}+)\0{12,}+",
    re.DOTALL,
)
_NAMES = re.compile(rb"[\x01-\x7f]*\0*")
_DEVICE = re.compile(rb"[0-7]{7}\0|\0{8}")
_NO_DEVICE = b"0000000\0"
_LINKS_AND_DIRECTORIES = b"125"
_SLASH = ord("/")
_USTAR = b"ustar\x0000"
_HELD = 4096
"""How many different times and owners are remembered: real layers have few, and nobody can make it many."""

_Change: TypeAlias = tuple[bytes, int] | None
"""What a field becomes and what that adds to the checksum; None for a field that is not plain."""


class Run(NamedTuple):
    """A run of plain headers that was changed: where it ends, how many they were, whether one says something else by now.

    The last one is followed by ``left`` more bytes of content than lie in the buffer behind its header, or by 0.
    """

    end: int
    entries: int
    changed: bool
    left: int


class PlainBlocks:
    """Finds plain headers in a buffer and changes them there.

    ``when`` says what becomes of a time, ``clear_names`` that the names of owners go, and ``is_plain`` which names this is for.
    """

    def __init__(
        self, when: Callable[[int], int], *, clear_names: bool = False, is_plain: Callable[[bytes], bool] | None = None
    ) -> None:
        self._when = when
        self._clear = clear_names
        self._is_plain = is_plain
        self._times: dict[bytes, _Change] = {}
        self._owners: dict[bytes, _Change] = {}

    def edit(self, buffer: bytearray, start: int, end: int) -> Run:
        """Change the plain headers from ``start`` on, up to the first that is not plain or the end of the buffer.

        Raises:
            Corrupt: a checksum is wrong.
        """
        entries, changed, stored = 0, False, 0
        times, owned, match, is_plain = self._times, self._owners, _PLAIN.match, self._is_plain
        while start < end and (found := match(buffer, start, min(end, start + BLOCK))) is not None:
            name, _, size, time, checksum, kind, magic, owners, prefix = found.groups()
            spans = found.regs
            if spans[2][0] != start + 100 or spans[7][0] != start + 257 or spans[0][1] != start + BLOCK:
                break
            if prefix:
                name = _joined(prefix, name, magic)
            when, whose = times.get(time) or self._time(time), owned.get(owners) or self._owner(owners)
            if not name or when is None or whose is None or (is_plain is not None and not is_plain(name)):
                break
            if name[-1] == _SLASH and kind not in _LINKS_AND_DIRECTORIES:
                break
            # Adler's first half is a sum, and one more than it, exact below 65521 as it is for 356 bytes of ASCII.
            total = (
                (adler32(buffer[start : start + 148]) & 0xFFFF) + (adler32(buffer[start + 156 : start + BLOCK]) & 0xFFFF) + 254
            )
            if total != int(checksum, 8):
                raise Corrupt("damaged tar: a header has a wrong checksum")
            if when[0] != time or whose[0] != owners:
                buffer[start + 136 : start + 147] = when[0]
                buffer[start + 265 : start + 345] = whose[0]
                buffer[start + 148 : start + 156] = b"%06o\0 " % (total + when[1] + whose[1])
                changed = changed or when[0] != time or whose[0][:64] != owners[:64]
            entries += 1
            stored = int(size, 8) if kind == b"0" else 0
            start += BLOCK + stored + -stored % BLOCK
        return (
            Run(start, entries, changed, 0) if start <= end else Run(start - stored - -stored % BLOCK, entries, changed, stored)
        )

    def _time(self, time: bytes) -> _Change:
        if len(self._times) >= _HELD:
            self._times.clear()
        seconds = self._when(int(time, 8))
        becomes = b"%011o" % seconds if 0 <= seconds < 1 << 33 else None
        self._times[time] = None if becomes is None else (becomes, sum(becomes) - sum(time))
        return self._times[time]

    def _owner(self, owners: bytes) -> _Change:
        if len(self._owners) >= _HELD:
            self._owners.clear()
        becomes = _plain_owners(owners, clear=self._clear)
        self._owners[owners] = None if becomes is None else (becomes, sum(becomes) - sum(owners))
        return self._owners[owners]


def _joined(prefix: bytes, name: bytes, magic: bytes) -> bytes:
    """Return a name whose front is in the prefix; empty when Go would cut it elsewhere, or not at all."""
    whole = prefix + b"/" + name
    return whole if magic == _USTAR and split_name(whole) == (prefix, name) else b""


def _plain_owners(owners: bytes, *, clear: bool) -> bytes | None:
    """Return the names of owners and the numbers of a device as they should be; None when they are not plain."""
    names, devices = (owners[:32], owners[32:64]), (owners[64:72], owners[72:])
    if not all(map(_NAMES.fullmatch, names)) or not all(map(_DEVICE.fullmatch, devices)):
        return None
    numbers = b"".join(device if device.strip(b"\0") else _NO_DEVICE for device in devices)
    return (bytes(64) if clear else owners[:64]) + numbers
