"""Indexes made by hand: created of images from anywhere, added to, and thinned out.

Images are copied into the repository first, without a name of their own, so an index never lists what is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from regclient.concurrency import Workers
from regclient.errors import InvalidManifest, NotFound, Unsupported, UnsupportedMediaType
from regclient.model import mediatype
from regclient.model.descriptor import NO_ANNOTATIONS, Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import ImageManifest, IndexManifest
from regclient.model.platform import Platform
from regclient.observer import Observer, silent
from regclient.ops.config import CONFIG_TYPES, read_config
from regclient.ops.copy import CopyOptions, plan_copy, run_copy
from regclient.ops.gathered import gathered
from regclient.ops.place import put_in_place
from regclient.repository import Name, Repository


@dataclass(frozen=True, slots=True)
class IndexEntries:
    """Which manifests an index gets, in this order, and what is noted beside each.

    ``digests`` are in the repository already. ``sources`` are copied into it: an image, a whole index (which becomes an entry
    itself), or with ``platforms`` only the entries of an index for exactly these. ``referrers`` and ``digest_tags`` come along
    when asked for. ``annotations`` and ``platform`` are noted beside every entry; without a platform it is what the config of
    an image says.
    """

    digests: tuple[Digest, ...] = ()
    sources: tuple[tuple[Repository, Name], ...] = ()
    platforms: tuple[Platform, ...] = ()
    referrers: bool = False
    digest_tags: bool = False
    annotations: Mapping[str, str] = field(default_factory=lambda: NO_ANNOTATIONS)
    platform: Platform | None = None


@dataclass(frozen=True, slots=True)
class IndexCreateOptions:
    """What a new index is, beyond its entries; Docker's kind knows neither subjects nor artifact types, and drops them.

    ``by_digest`` lists it under its digest instead of its tag.
    """

    media_type: str = mediatype.OCI_INDEX
    artifact_type: str = ""
    subject: Descriptor | None = None
    annotations: Mapping[str, str] = field(default_factory=lambda: NO_ANNOTATIONS)
    by_digest: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no index.

        Raises:
            UnsupportedMediaType: the media type is another.
        """
        if not mediatype.is_index(self.media_type):
            raise UnsupportedMediaType(self.media_type, "not an index")


def create_index(  # noqa: PLR0913 - all but three with a default
    repository: Repository,
    name: Name | None,
    entries: IndexEntries,
    options: IndexCreateOptions | None = None,
    *,
    promised: Digest | None = None,
    workers: Workers | None = None,
    observer: Observer = silent,
) -> IndexManifest:
    """Make an index and push it as ``name``; return it. Equal entries are listed once; ``promised`` is the digest it must have.

    Raises:
        DigestMismatch: it has another than was promised.
        ManifestNotFound, SideError: an entry is not there or cannot be copied.
    """
    options = options or IndexCreateOptions()
    plain = options.media_type == mediatype.DOCKER_LIST
    index = IndexManifest.build(
        manifests=unique(gather(repository, entries, workers=workers, observer=observer)),
        media_type=options.media_type,
        artifact_type="" if plain else options.artifact_type,
        subject=None if plain else options.subject,
        annotations=options.annotations,
    )
    put_in_place(repository, index, index.digest if options.by_digest else name, promised)
    return index


def add_to_index(
    repository: Repository,
    name: Name,
    entries: IndexEntries,
    *,
    workers: Workers | None = None,
    observer: Observer = silent,
) -> IndexManifest:
    """Return the index called ``name`` with more entries at its end, equal ones listed once; nothing is pushed but them.

    Raises:
        UnsupportedMediaType: it is no index.
        ManifestNotFound, SideError: an entry is not there or cannot be copied.
    """
    index = get_index(repository, name)
    found = gather(repository, entries, workers=workers, observer=observer)
    return index.replace(manifests=unique((*index.manifests, *found)))


def without_entries(index: IndexManifest, digests: Iterable[str] = (), platforms: Iterable[Platform] = ()) -> IndexManifest:
    """Return the index without entries of these digests and for exactly these platforms; what matches nothing is no error."""
    unwanted, refused = set(digests), tuple(platforms)

    def stays(entry: Descriptor) -> bool:
        runs_on = entry.platform
        return str(entry.digest) not in unwanted and not (
            runs_on is not None and any(platform.matches(runs_on) for platform in refused)
        )

    return index.replace(manifests=tuple(entry for entry in index.manifests if stays(entry)))


def get_index(repository: Repository, name: Name) -> IndexManifest:
    """Fetch an index.

    Raises:
        UnsupportedMediaType: it is something else.
    """
    found = repository.get_manifest(name)
    if not isinstance(found, IndexManifest):
        raise UnsupportedMediaType(found.media_type, f"{name} is not an index")
    return found


def gather(
    repository: Repository, entries: IndexEntries, *, workers: Workers | None = None, observer: Observer = silent
) -> tuple[Descriptor, ...]:
    """Have the manifests of ``entries`` in the repository and describe them as an index does.

    Raises:
        ManifestNotFound: one is not there.
        SideError: one cannot be copied.
    """
    if workers is None:
        with Workers() as own:
            return gather(repository, entries, workers=own, observer=observer)
    options = CopyOptions(referrers=entries.referrers, digest_tags=entries.digest_tags)
    found = [repository.resolve(digest) for digest in entries.digests]
    with gathered(repository):
        for src, name in entries.sources:
            chosen = _chosen(src, name, entries.platforms)
            plans = (plan_copy(src, each, repository, options=options, workers=workers) for each in chosen)
            found += [run_copy(plan, workers, observer) for plan in plans]
    return tuple(workers.map(lambda each: _described(repository, each, entries), found))


def unique(entries: Iterable[Descriptor]) -> tuple[Descriptor, ...]:
    """Return the entries, each that says the same as an earlier one left out."""
    kept: dict[Digest, list[Descriptor]] = {}
    result = []
    for entry in entries:
        alike = kept.setdefault(entry.digest, [])
        if not any(entry.equal(other) for other in alike):
            alike.append(entry)
            result.append(entry)
    return tuple(result)


def _chosen(src: Repository, name: Name, platforms: tuple[Platform, ...]) -> tuple[Name, ...]:
    if not platforms or not mediatype.is_index(src.head_manifest(name).media_type):
        return (name,)
    entries = get_index(src, name).manifests
    return tuple(entry.digest for entry in entries if entry.platform and any(entry.platform.matches(p) for p in platforms))


def _described(repository: Repository, found: Descriptor, entries: IndexEntries) -> Descriptor:
    platform = entries.platform or _platform_of(repository, found)
    return Descriptor(found.media_type, found.digest, found.size, annotations=entries.annotations, platform=platform)


def _platform_of(repository: Repository, found: Descriptor) -> Platform | None:
    """Read from the config of an image what it runs on; None when it does not say."""
    if not mediatype.is_image(found.media_type):
        return None
    try:
        manifest = repository.get_manifest(found.digest)
        if not isinstance(manifest, ImageManifest) or manifest.config.media_type not in CONFIG_TYPES:
            return None
        platform = read_config(repository, manifest.config).platform
    except (InvalidManifest, NotFound, Unsupported):
        return None
    return platform if platform.os else None
