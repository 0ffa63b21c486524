"""From an index to one image: follow a platform.

Also the two things the library does for whoever has a tag where a digest is needed: :func:`digest_of` and :func:`referrers_of`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regclient.model import mediatype
from regclient.model.digest import Digest
from regclient.repository import ManifestHead, Name, Repository, ScansReferrers

if TYPE_CHECKING:
    from regclient.model.descriptor import Descriptor, DescriptorFilter
    from regclient.model.manifest import IndexManifest, Manifest
    from regclient.model.platform import Platform
    from regclient.model.referrers import ReferrerList


def get_manifest(repository: Repository, name: Name, platform: Platform | None = None) -> Manifest:
    """Fetch a manifest; with a platform, follow indexes to the manifest that runs best on it (an image is taken as it is).

    Raises:
        ManifestNotFound: there is no such tag or digest.
        PlatformNotFound: no entry of an index runs on the platform.
    """
    manifest = repository.get_manifest(name)
    if platform is None:
        return manifest
    from regclient.model.manifest import IndexManifest  # noqa: PLC0415 - a door: most names are asked for without a platform
    from regclient.ops.walk import MAX_DEPTH, read_manifest  # noqa: PLC0415

    for _ in range(MAX_DEPTH):
        if not isinstance(manifest, IndexManifest):
            break
        manifest = read_manifest(repository, best_entry(manifest, platform))
    return manifest


def head_manifest(
    repository: Repository, name: Name, platform: Platform | None = None, *, digest: bool = False
) -> ManifestHead:
    """Ask for a manifest's facts; with a platform, for those of the manifest that runs best on it.

    ``digest`` fetches the bytes where a registry leaves the digest out of its answer.

    Raises:
        ManifestNotFound: there is no such tag or digest.
        PlatformNotFound: no entry of an index runs on the platform.
    """
    head = repository.head_manifest(name)
    if platform is not None:
        name, head = _followed(repository, name, head, platform)
    if head.digest is None and digest:
        found = repository.get_manifest(name)
        return ManifestHead(found.media_type, found.digest, found.descriptor.size, found.headers, found.descriptor.annotations)
    return head


def _followed(repository: Repository, name: Name, head: ManifestHead, platform: Platform) -> tuple[Name, ManifestHead]:
    """Follow indexes from a manifest to the one that runs best on a platform."""
    from regclient.model.manifest import IndexManifest  # noqa: PLC0415 - a door, as above
    from regclient.ops.walk import MAX_DEPTH  # noqa: PLC0415

    for _ in range(MAX_DEPTH):
        if not mediatype.is_index(head.media_type):
            break
        index = repository.get_manifest(name)
        if not isinstance(index, IndexManifest):
            break
        name = best_entry(index, platform).digest
        head = repository.head_manifest(name)
    return name, head


def best_entry(index: IndexManifest, platform: Platform) -> Descriptor:
    """Return the entry of an index that runs best on a platform.

    Raises:
        PlatformNotFound: none does.
    """
    from regclient.model.descriptor import DescriptorFilter  # noqa: PLC0415 - a door: a digest alone needs none

    return DescriptorFilter(platform=platform).best(index.manifests)


def digest_of(repository: Repository, name: Name, platform: Platform | None = None) -> Digest:
    """Return the digest behind a name; with a platform, of the manifest that runs best on it. A digest alone costs nothing.

    Raises:
        ManifestNotFound: there is no such tag.
        PlatformNotFound: no entry of an index runs on the platform.
    """
    if isinstance(name, Digest) and platform is None:
        return name
    digest = head_manifest(repository, name, platform, digest=True).digest
    assert digest is not None
    return digest


def referrers_of(
    repository: Repository,
    name: Name,
    wanted: DescriptorFilter | None = None,
    *,
    platform: Platform | None = None,
    source: Repository | None = None,
    scan: bool = False,
) -> ReferrerList:
    """List what refers to the manifest called ``name``, or with a platform to the one that runs best on it.

    ``source`` is the repository to ask, when the referrers are kept elsewhere. ``scan`` also reads every manifest of a home
    that lets us (a layout), to find referrers that no list names.

    Raises:
        ManifestNotFound: the subject is not there, though its digest was not given.
    """
    from regclient.model.descriptor import DescriptorFilter  # noqa: PLC0415 - a door, as above

    wanted = wanted or DescriptorFilter()
    subject = digest_of(repository, name, platform)
    home = source or repository
    if scan and isinstance(home, ScansReferrers):
        return home.scan_referrers(subject, wanted.artifact_type or None).filtered(wanted)
    return home.referrers(subject, wanted.artifact_type or None).filtered(wanted)
