"""Garbage: what nothing listed in ``index.json`` leads to.

Marking errs on the side of keeping. A manifest that is there but cannot be read stops the collection, since what it leads to is
not known; one that is missing (an index copied for some platforms only) leads nowhere.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from regclient.errors import BlobNotFound, Corrupt, InvalidDigest, ParseError, Unsupported
from regclient.kit.atomicfile import TEMPORARY, Writing, remove_file
from regclient.layout.blobs import Blobs
from regclient.layout.files import ABSENT, check_inside, faults
from regclient.model.children import Children, children_of
from regclient.model.descriptor import Descriptor
from regclient.model.digest import ALGORITHMS, Digest
from regclient.model.manifest import parse_manifest
from regclient.model.mediatype import is_manifest


def reachable(roots: Iterable[Descriptor], blobs: Blobs, limit: int) -> set[Digest]:
    """Return the digests of everything the roots lead to; ``limit`` is the size of the largest manifest read.

    Referrers are reached through the lists that name them, which are roots themselves; a subject is not followed.

    Raises:
        RegistryClientError: a manifest is there but cannot be read or trusted.
    """
    marked: set[Digest] = set()
    opened: set[tuple[Digest, bool]] = set()
    waiting = deque((root, is_manifest(root.media_type)) for root in roots)
    while waiting:
        descriptor, certain = waiting.popleft()
        marked.add(descriptor.digest)
        if (descriptor.digest, certain) in opened:
            continue
        opened.add((descriptor.digest, certain))
        children = _children(descriptor, blobs, limit, certain=certain)
        marked.update(blob.digest for blob in children.blobs)
        waiting.extend((child, True) for child in children.manifests)
        waiting.extend((child, False) for child in children.unknown)
    return marked


def sweep(blobs: Blobs, root: Path, kept: set[Digest], writing: Writing) -> Iterator[Digest]:
    """Remove every file that is not kept, yielding the digests of blobs; temporary files go too, their writers are dead.

    Directories of algorithms we do not know are another program's and stay as they are.

    Raises:
        StorageFault: the file system refused.
    """
    for algorithm in ALGORITHMS:
        directory = blobs.directory / algorithm
        for name in _files_in(directory):
            digest = _digest_of(algorithm, name)
            if digest in kept:
                continue
            check_inside(directory, root)
            with faults(directory):
                remove_file(directory / name, writing)
            if digest is not None:
                yield digest
    for name in _files_in(root):
        if name.startswith(("index.json.", "oci-layout.")) and name.endswith(TEMPORARY):
            with faults(root):
                remove_file(root / name, writing)


def _children(descriptor: Descriptor, blobs: Blobs, limit: int, *, certain: bool) -> Children:
    """Return what a descriptor leads to; one that is not ``certain`` to be a manifest may as well be a blob."""
    try:
        raw = blobs.read(descriptor.digest, limit)
        return children_of(parse_manifest(raw, expect=descriptor if certain else descriptor.digest))
    except BlobNotFound:
        return Children()
    except (ParseError, Unsupported, Corrupt):
        if certain:
            raise
        return Children()


def _files_in(directory: Path) -> list[str]:
    with faults(directory):
        try:
            with os.scandir(directory) as found:
                return sorted(item.name for item in found if not item.is_dir(follow_symlinks=False))
        except ABSENT:
            return []


def _digest_of(algorithm: str, name: str) -> Digest | None:
    try:
        return Digest(algorithm, name)
    except InvalidDigest:
        return None
