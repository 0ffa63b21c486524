"""Putting a manifest where a reference says: under its name, and only when it has the digest the reference promises."""

from __future__ import annotations

from regclient.errors import DigestMismatch
from regclient.model.digest import Digest
from regclient.model.manifest import Manifest
from regclient.repository import Name, Repository


def check_promise(manifest: Manifest, promised: Digest | None) -> None:
    """Compare a manifest with the digest it must have; None promises nothing.

    Raises:
        DigestMismatch: it has another.
    """
    if promised is None:
        return
    found = Digest.of(manifest.raw, promised.algorithm)
    if found != promised:
        raise DigestMismatch(promised, found, "manifest")


def put_in_place(repository: Repository, manifest: Manifest, name: Name | None, promised: Digest | None = None) -> None:
    """Put a manifest under ``name``, which with ``promised`` is what :attr:`~regclient.model.reference.Reference.place` says.

    Raises:
        DigestMismatch: it is not the one that was promised.
    """
    check_promise(manifest, promised)
    repository.put_manifest(manifest, name)
