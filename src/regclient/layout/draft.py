"""A listing being changed: what each change takes does not depend on how much is listed.

A :class:`~regclient.layout.entries.Listing` is a value and costs as much as it is long; a draft is made of it once, takes any
number of changes, and becomes a listing again when it is to be written.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from time import gmtime, strftime

from regclient.layout.entries import CREATED, REF_NAME, Entry, Listing
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest

Key = tuple[str, str]
_TAG, _DIGEST, _BARE, _ENDING = "tag", "digest", "bare", "ending"


class Draft:
    """The entries of a listing by place, and the places by what they are looked for; one thread uses it at a time."""

    def __init__(self, listing: Listing) -> None:
        self._origin = listing
        self._entries: dict[int, Entry] = {}
        self._places: dict[Key, list[int]] = {}
        for place, entry in enumerate(listing.entries):
            self._set(place, entry)
        self._now: Listing | None = listing
        self._end = len(self._entries)

    def find(self, name: str | Digest) -> Entry | None:
        """Return what :meth:`Listing.find` would."""
        keys = [(_DIGEST, str(name))] if isinstance(name, Digest) else [(_TAG, name), (_ENDING, name)]
        return next((self._entries[place] for key in keys for place in self._places.get(key, ())), None)

    def put(self, manifest: Descriptor, tag: str | None, now: float) -> None:
        """List a manifest, under a tag or under none; what is listed that way already stays as it is.

        Later entries that say the same are dropped; entries with a full image name are another program's and stay.
        """
        digest = str(manifest.digest)
        first, *later = self._places.get((_TAG, tag) if tag else (_BARE, digest)) or [self._end]
        for place in later:
            self._drop(place)
        present = self._entries.get(first)
        if present is None or present.digest != digest:
            self._drop(first)
            self._set(first, Entry.of(manifest.replace(annotations=_annotations(tag, now))))
            self._end = max(self._end, first + 1)

    def drop_tag(self, tag: str) -> bool:
        """Drop the entries of exactly this tag; False when there are none."""
        return self._drop_all((_TAG, tag))

    def drop_digest(self, digest: Digest) -> bool:
        """Drop the entries of this digest; False when there are none."""
        return self._drop_all((_DIGEST, str(digest)))

    def listing(self) -> Listing:
        """Return what is listed now: the listing it was made of while nothing is different."""
        if self._now is None:
            self._now = self._origin.replaced(entry for _, entry in sorted(self._entries.items(), key=lambda item: item[0]))
        return self._now

    def _drop_all(self, key: Key) -> bool:
        places = tuple(self._places.get(key, ()))
        for place in places:
            self._drop(place)
        return bool(places)

    def _set(self, place: int, entry: Entry) -> None:
        self._now = None
        self._entries[place] = entry
        for key in _keys(entry):
            insort(self._places.setdefault(key, []), place)

    def _drop(self, place: int) -> None:
        entry = self._entries.pop(place, None)
        for key in _keys(entry) if entry else ():
            self._now = None
            self._places[key].remove(place)
            if not self._places[key]:
                del self._places[key]


def _keys(entry: Entry) -> Iterator[Key]:
    """Yield what an entry is looked for by."""
    yield _DIGEST, entry.digest
    if entry.tag is None:
        yield _BARE, entry.digest
        return
    yield _TAG, entry.tag
    if ":" in entry.tag:
        yield _ENDING, entry.tag.rpartition(":")[2]


def _annotations(tag: str | None, now: float) -> dict[str, str]:
    created = {CREATED: strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(now))}
    return created | {REF_NAME: tag} if tag else created
