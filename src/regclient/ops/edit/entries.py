"""What the edits of a layer do to one entry of it.

Go's order holds: each edit sees what the ones before it made of the entry, and nothing follows a removal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from regclient.kit.tarblock import PlainBlocks
from regclient.kit.tarentry import Moment, TarEntry
from regclient.ops.edit.layer_edits import ClearNames, EntryEdit, EntryTimes, NestedTimes, StripFile


class EntryEditor:
    """The edits of a layer, ready to be applied to many entries."""

    def __init__(self, edits: Sequence[EntryEdit]) -> None:
        self._rules = [edit.rule for edit in edits if isinstance(edit, EntryTimes)]
        self._nested: dict[bytes, list[EntryEdit]] = {}
        for edit in edits:
            if isinstance(edit, NestedTimes):
                self._nested.setdefault(_encoded(edit.path.removeprefix("/")), []).append(EntryTimes(edit.rule))
        self._clear = any(isinstance(edit, ClearNames) for edit in edits)
        stripped = {_encoded(edit.path.strip("/")) for edit in edits if isinstance(edit, StripFile)}
        self._stripped = stripped | {b"/" + path for path in stripped}
        self._below = tuple(path + b"/" for path in sorted(self._stripped))
        self.blocks = PlainBlocks(
            lambda seconds: self._moved((seconds, 0))[0],
            clear_names=self._clear,
            is_plain=self.is_plain if self._nested or self._stripped else None,
        )

    def strips(self, name: bytes) -> bool:
        """Whether an entry goes: it has the name of what is stripped, or is below it."""
        return name in self._stripped or name.startswith(self._below)

    def nested(self, name: bytes) -> list[EntryEdit]:
        """Return the edits for the entries of a tar that is a file of this name; none when it is not to be looked into."""
        return self._nested.get(name, [])

    def is_plain(self, name: bytes) -> bool:
        """Whether all that can happen to an entry of this name happens to its header."""
        return name not in self._nested and not self.strips(name)

    def edited(self, entry: TarEntry) -> TarEntry:
        """Return an entry with the edits applied to its header: itself when they change nothing."""
        if entry.is_global:
            return entry
        mtime, atime, ctime = self._moved(entry.mtime), entry.atime, entry.ctime
        atime, ctime = atime and self._moved(atime), ctime and self._moved(ctime)
        user, group = (b"", b"") if self._clear else (entry.user, entry.group)
        if (mtime, atime, ctime, user, group) == (entry.mtime, entry.atime, entry.ctime, entry.user, entry.group):
            return entry
        return replace(entry, mtime=mtime, atime=atime, ctime=ctime, user=user, group=group)

    def _moved(self, moment: Moment) -> Moment:
        for rule in self._rules:
            if rule.applies(*moment):
                moment = rule.set
        return moment


def _encoded(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
