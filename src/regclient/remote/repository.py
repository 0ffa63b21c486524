"""A repository of a registry: the home behind the contract.

Thin on purpose: each kind of thing has its own module, and this one lets them work together. The modules are loaded when they
are first needed: looking up a digest, which is done in loops by the thousand, needs one of them.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, BinaryIO

from regclient.errors import BlobNotFound, InvalidReference
from regclient.hosts import HostSettings
from regclient.model.digest import Digest
from regclient.model.headers import first
from regclient.model.reference import OCIDIR, REG, Reference
from regclient.remote.manifests import Manifests
from regclient.remote.shared import Shared
from regclient.remote.wire import DELETED, Wire
from regclient.repository import ManifestHead, Name, Repository
from regclient.transport.messages import Transport

if TYPE_CHECKING:
    from regclient.answers import BlobStat, Ping, TagList
    from regclient.model.descriptor import Descriptor
    from regclient.model.manifest import Manifest
    from regclient.model.referrers import ReferrerList
    from regclient.remote.referrers import Referrers


class RemoteRepository:
    """One repository of one registry; safe from many threads.

    ``host`` are the settings of its registry (chunk sizes), ``shared`` what the repositories of one client have in common.
    """

    def __init__(
        self, reference: Reference, transport: Transport, *, host: HostSettings | None = None, shared: Shared | None = None
    ) -> None:
        """Bind the repository; nothing is asked yet.

        Raises:
            InvalidReference: this is no repository of a registry.
        """
        if reference.scheme != REG or not reference.is_set_repository:
            raise InvalidReference(str(reference), "not a repository of a registry")
        self.reference = reference.repository_only()
        self._wire = Wire(transport, self.reference)
        self._host = host or HostSettings(reference.registry)
        self._shared = shared or Shared()
        self._manifests = Manifests(self._wire, self._shared)
        self._made: Referrers | None = None

    @property
    def _referrers(self) -> Referrers:
        if self._made is None:
            from regclient.remote.referrers import Referrers  # noqa: PLC0415 - a door, as all below

            self._made = Referrers(self._wire, self._shared, self._manifests, self.delete_tag)
        return self._made

    def __repr__(self) -> str:
        """Say which repository."""
        return f"RemoteRepository({self.reference.name!r})"

    def head_manifest(self, name: Name) -> ManifestHead:
        """Ask for a manifest's facts without its bytes."""
        return self._manifests.head(name)

    def resolve(self, name: Name) -> Descriptor:
        """Return the descriptor behind a tag or digest."""
        return self._manifests.resolve(name)

    def get_manifest(self, name: Name) -> Manifest:
        """Fetch a manifest and check it."""
        return self._manifests.get(name)

    def put_manifest(self, manifest: Manifest, name: Name | None) -> Descriptor:
        """Push a manifest; when it has a subject the registry does not speak of, the fallback tag lists it afterwards."""
        stored, headers = self._manifests.put(manifest, name)
        if stored.subject is not None:
            self._referrers.forget(stored.subject.digest)
            if first(headers, "Oci-Subject") != str(stored.subject.digest):
                self._referrers.add(stored)
        return stored.descriptor

    def delete_manifest(self, digest: Digest, *, manifest: Manifest | None = None) -> None:
        """Delete a manifest with every tag on it; given its bytes, the list of its subject is put right first."""
        if manifest is not None and manifest.subject is not None:
            self._referrers.remove(manifest)
        self._manifests.delete(digest)

    def stat_blob(self, blob: Descriptor) -> BlobStat | None:
        """Return what is known of a blob, or None when it is not there."""
        from regclient.remote.download import stat_blob  # noqa: PLC0415

        return stat_blob(self._wire, blob)

    def open_blob(self, blob: Descriptor) -> AbstractContextManager[BinaryIO]:
        """Open a blob for reading; it is verified on the way and can be rewound."""
        from regclient.remote.download import open_blob  # noqa: PLC0415

        return open_blob(self._wire, blob, self._shared, self._host)

    def open_blob_for(self, blob: Descriptor, dst: Repository) -> AbstractContextManager[BinaryIO]:
        """Open a blob to be read into ``dst``: when that is known, it may come over the last connection of its host."""
        from regclient.remote.download import open_blob  # noqa: PLC0415

        return open_blob(self._wire, blob, self._shared, self._host, onward=self._onward(dst))

    def put_blob(self, content: BinaryIO, expect: Descriptor | None = None) -> Descriptor:
        """Upload a blob: mounted if the registry has it, else in one piece or in parts."""
        from regclient.remote.upload import Upload  # noqa: PLC0415

        return Upload(self._wire, self._shared, self._host, content, expect).run()

    def mount_blob(self, blob: Descriptor, src: Repository) -> bool:
        """Take a blob from another repository of the same registry, without its bytes."""
        if not isinstance(src, RemoteRepository) or not src.reference.same_registry(self.reference):
            return False
        from regclient.remote.session import UploadSession, mount_blob  # noqa: PLC0415

        return mount_blob(UploadSession(self._wire, self._shared, self._host), blob.digest, src.reference.repository)

    def delete_blob(self, digest: Digest) -> None:
        """Delete a blob."""
        request = self._wire.request("DELETE", f"blobs/{digest}")
        self._wire.send(request, ok=DELETED, missing=BlobNotFound(digest, self.reference.name)).close()

    def tags(self, *, limit: int | None = None, last: str | None = None) -> TagList:
        """List tags in the registry's order, page after page."""
        from regclient.remote.tags import list_tags  # noqa: PLC0415

        return list_tags(self._wire, limit=limit, last=last)

    def delete_tag(self, tag: str) -> None:
        """Delete one tag and nothing else."""
        from regclient.remote.tags import delete_tag  # noqa: PLC0415

        delete_tag(self._wire, self, self._shared.clock, tag)

    def referrers(self, subject: Digest, artifact_type: str | None = None) -> ReferrerList:
        """List the manifests whose subject is ``subject``."""
        return self._referrers.list(subject, artifact_type)

    def _onward(self, dst: Repository) -> str | None:
        """Return the host whose slots a write to ``dst`` may have to wait for; None when that cannot be known."""
        if isinstance(dst, RemoteRepository) and dst._wire.transport is self._wire.transport:  # noqa: SLF001 - one of us
            return dst.reference.registry
        return "" if dst.reference.scheme == OCIDIR else None

    def ping(self) -> Ping:
        """Ask the registry whether it is there."""
        from regclient.remote.registry import RemoteRegistry  # noqa: PLC0415

        return RemoteRegistry(self.reference.registry, self._wire.transport).ping()
