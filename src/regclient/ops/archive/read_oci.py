"""Archives that are OCI layouts: which image is meant, and the archive as a repository that images are copied from.

Being a repository, an archive needs no import of its own: copying asks what the target lacks, moves it in parallel, and tags
last.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, NoReturn, cast

from regclient.answers import BlobStat, TagList
from regclient.errors import BlobNotFound, InvalidReference, ManifestNotFound, SizeMismatch, Unsupported, shown
from regclient.model import document
from regclient.model.descriptor import Descriptor, descriptors_of
from regclient.model.digest import Digest, Verifier
from regclient.model.manifest import Manifest, parse_manifest
from regclient.model.reference import OCIFILE, Reference
from regclient.model.referrers import ReferrerList
from regclient.ops.archive.contents import Contents
from regclient.ops.archive.write import CONTAINERD_NAME, REF_NAME, path_of
from regclient.repository import ManifestHead, Name

MAX_DOCUMENT = 8 << 20
_MARKER = document.Shape("imageLayoutVersion")
_INDEX = document.Shape("manifests")


@dataclass(frozen=True, slots=True)
class ArchiveReference(Reference):
    """Where an archive is. Nothing can be asked for by it; it names the archive in messages."""

    @property
    def name(self) -> str:
        """The path of the file."""
        return self.path

    def __str__(self) -> str:
        """Return the path of the file."""
        return self.path


def is_layout(contents: Contents) -> bool:
    """Whether an archive is an OCI layout of the version we know.

    Raises:
        InvalidManifest: its marker is no document.
    """
    if "oci-layout" not in contents or "index.json" not in contents:
        return False
    members = document.load(contents.read("oci-layout", MAX_DOCUMENT), _MARKER, "oci-layout")
    known, _ = _MARKER.read(members, "oci-layout")
    return known.get("imageLayoutVersion") == "1.0.0"


def entries_of(contents: Contents) -> tuple[Descriptor, ...]:
    """Return the images that ``index.json`` lists.

    Raises:
        InvalidManifest: it is not what it should be.
    """
    members = document.load(contents.read("index.json", MAX_DOCUMENT), _INDEX, "index.json")
    known, _ = _INDEX.read(members, "index.json")
    return descriptors_of(known, "manifests", "index.json")


def choose(entries: tuple[Descriptor, ...], name: str, target: Name) -> Descriptor:
    """Return the entry that is meant: the only one; the one of the target's digest, of ``name``, or of the target's tag.

    Raises:
        ManifestNotFound: there is none such.
    """
    if len(entries) == 1:
        return entries[0]
    if isinstance(target, Digest):
        found = [entry for entry in entries if entry.digest == target]
    else:
        found = _named(entries, name or target)
    if not found:
        names = sorted({_name_of(entry) for entry in entries} - {""})
        told = f"the archive, which has {', '.join(map(shown, names[:20]))}" if names else "the archive"
        raise ManifestNotFound(shown(name or str(target)), told)
    return found[0]


class ArchiveRepository:
    """An OCI layout in a tar, read only; safe from many threads."""

    def __init__(self, contents: Contents) -> None:
        self.reference: Reference = ArchiveReference(scheme=OCIFILE, path=contents.where)
        self._contents = contents

    def head_manifest(self, name: Name) -> ManifestHead:
        """Return a manifest's facts.

        Raises:
            ManifestNotFound: it is not there.
        """
        found = self.resolve(name)
        return ManifestHead(found.media_type, found.digest, found.size)

    def resolve(self, name: Name) -> Descriptor:
        """Return the descriptor behind a digest.

        Raises:
            ManifestNotFound: it is not there.
        """
        return self.get_manifest(name).descriptor

    def get_manifest(self, name: Name) -> Manifest:
        """Read a manifest by its digest.

        Raises:
            ManifestNotFound: it is not there.
        """
        if isinstance(name, str) or path_of(name) not in self._contents:
            raise ManifestNotFound(name, self.reference)
        return parse_manifest(self._contents.read(path_of(name), MAX_DOCUMENT), expect=name)

    def stat_blob(self, blob: Descriptor) -> BlobStat | None:
        """Return a blob's facts; None when it is not there."""
        path = path_of(blob.digest)
        return BlobStat(blob.digest, self._contents.size(path)) if path in self._contents else None

    @contextmanager
    def open_blob(self, blob: Descriptor) -> Iterator[BinaryIO]:
        """Open a blob; it is checked as it is read.

        Raises:
            BlobNotFound: it is not there.
            SizeMismatch: it is not as long as its descriptor says.
        """
        stat = self.stat_blob(blob)
        if stat is None:
            raise BlobNotFound(blob.digest, self.reference)
        if blob.size not in {-1, stat.size}:
            raise SizeMismatch(blob.size, stat.size, f"blob {blob.digest}")
        yield cast("BinaryIO", Verifier(self._contents.open(path_of(blob.digest)), blob.digest, stat.size))

    def tags(self, *, limit: int | None = None, last: str | None = None) -> TagList:
        """Return no tags: which image is meant was decided before."""
        del limit, last
        return TagList(str(self.reference), ())

    def referrers(self, subject: Digest, artifact_type: str | None = None) -> ReferrerList:
        """Return no referrers: an archive lists none."""
        del artifact_type
        return ReferrerList(subject)

    def put_manifest(self, manifest: Manifest, name: Name | None) -> NoReturn:
        """Refuse: an archive is only read."""
        raise self._read_only(name or manifest.digest)

    def delete_manifest(self, digest: Digest, *, manifest: Manifest | None = None) -> NoReturn:
        """Refuse: an archive is only read."""
        del manifest
        raise self._read_only(digest)

    def put_blob(self, content: BinaryIO, expect: Descriptor | None = None) -> NoReturn:
        """Refuse: an archive is only read."""
        del content
        raise self._read_only(expect.digest if expect else "a blob")

    def delete_blob(self, digest: Digest) -> NoReturn:
        """Refuse: an archive is only read."""
        raise self._read_only(digest)

    def delete_tag(self, tag: str) -> NoReturn:
        """Refuse: an archive is only read."""
        raise self._read_only(tag)

    def _read_only(self, what: object) -> Unsupported:
        return Unsupported(f"cannot change {what}: the archive {self.reference} is only read")


def _named(entries: tuple[Descriptor, ...], name: str) -> list[Descriptor]:
    """Return the entries of a name: as it is written there, or as the full name Docker and containerd write."""
    found = [entry for entry in entries if entry.annotations.get(REF_NAME) == name]
    try:
        full = Reference.parse(name).name
    except InvalidReference:
        return found
    return found or [entry for entry in entries if entry.annotations.get(CONTAINERD_NAME) in {name, full}]


def _name_of(entry: Descriptor) -> str:
    return entry.annotations.get(CONTAINERD_NAME) or entry.annotations.get(REF_NAME, "")
