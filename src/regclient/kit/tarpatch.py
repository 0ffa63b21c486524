"""Headers of a tar, changed in place: every byte that a change does not name stays.

For what a rebuilt header would lose: sparse files, unknown types, records it cannot hold.
"""

from __future__ import annotations

from regclient.kit import tarentry
from regclient.kit.tarentry import Extension, TarEntry, format_pax_time, padded, read_entry
from regclient.kit.tarfields import pax_record, put_number, sealed


def patched(entry: TarEntry) -> bytes:
    """Return the headers an entry came with, changed where the entry says something else by now."""
    if entry.is_global:
        return _extension(entry.extensions[0], {})
    was = read_entry(entry.block, entry.extensions)
    changes = _changes(entry, was)
    front = b"".join(_extension(extension, changes) for extension in entry.extensions)
    return front + _patched_block(entry, was) + entry.trailer


def _changes(entry: TarEntry, was: TarEntry) -> dict[bytes, bytes]:
    """Return what the records should say by now, where they say something; nothing removes a record."""
    changes = {}
    for key, old, new in (
        (tarentry.MTIME, was.mtime, entry.mtime),
        (tarentry.ATIME, was.atime, entry.atime),
        (tarentry.CTIME, was.ctime, entry.ctime),
    ):
        if old != new and new is not None:
            changes[key] = format_pax_time(new)
    texts = ((tarentry.UNAME, was.user, entry.user), (tarentry.GNAME, was.group, entry.group))
    changes |= {key: after for key, before, after in texts if before != after}
    if was.size != entry.size:
        changes[tarentry.SIZE] = b"%d" % entry.size
    return {key: value for key, value in changes.items() if key in entry.records}


def _extension(extension: Extension, changes: dict[bytes, bytes]) -> bytes:
    data, block = extension.data, bytearray(extension.block)
    if changes and extension.kind == ord("x"):
        data = _records(data, changes)
        if len(data) != len(extension.data):
            put_number(block, 124, 12, len(data))
            block = bytearray(sealed(block))
    return bytes(block) + data.ljust(padded(len(data)), b"\0")


def _records(data: bytes, changes: dict[bytes, bytes]) -> bytes:
    """Change records in the order they are in; the rest of them is copied."""
    parts: list[bytes] = []
    position = 0
    while position < len(data):
        space = data.index(b" ", position)
        end = position + int(data[position:space])
        key = data[space + 1 : end].partition(b"=")[0]
        if key not in changes:
            parts.append(data[position:end])
        elif value := changes[key]:
            parts.append(pax_record(key, value))
        position = end
    return b"".join(parts)


def _patched_block(entry: TarEntry, was: TarEntry) -> bytes:
    block = bytearray(entry.block)
    for start, old, new in ((136, was.mtime, entry.mtime), (345, was.atime, entry.atime), (357, was.ctime, entry.ctime)):
        if old != new and new is not None and (start == 136 or _has_times(entry)):
            put_number(block, start, 12, new[0])
    for start, before, after in ((265, was.user, entry.user), (297, was.group, entry.group)):
        if before != after:
            block[start : start + 32] = after[:32].ljust(32, b"\0")
    if was.size != entry.size:
        put_number(block, 124, 12, entry.size)
    return entry.block if block == entry.block else sealed(block)


def _has_times(entry: TarEntry) -> bool:
    """Whether the block has room for the times of access and change, as GNU's does."""
    return entry.block[257:265] == b"ustar  \0" and tarentry.ATIME not in entry.records and tarentry.CTIME not in entry.records
