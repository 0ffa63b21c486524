"""Getting artifacts back: found by name or by what they refer to, their layers chosen, written below a directory.

Titles come from whoever made the artifact, so a title only says where below the directory a file goes; see ``kit/extract.py``
for what is not trusted about archives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from os import PathLike
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from regclient.concurrency import Workers
from regclient.errors import ManifestNotFound, NotFound, PlatformNotFound, StorageFault, UnsupportedMediaType
from regclient.events import Warned
from regclient.model.children import layers_of
from regclient.model.descriptor import Descriptor, DescriptorFilter
from regclient.model.manifest import ImageManifest, IndexManifest, Manifest
from regclient.model.platform import Platform
from regclient.observer import Observer, silent
from regclient.ops.artifact import TITLE
from regclient.ops.blobs import Escort, reading
from regclient.ops.select import referrers_of
from regclient.ops.walk import read_manifest
from regclient.repository import Name, Repository

UNPACK = "io.deis.oras.content.unpack"
"""The annotation by which oras says that a layer is a directory."""

_CHUNK = 1 << 20
_UNPACK_RATIO = 100
_UNPACK_LEAST = 4 << 30


@dataclass(frozen=True, slots=True)
class ArtifactGetOptions:
    """Which artifact, which of its layers, and how they are written.

    ``wanted`` chooses among referrers and, with its platform, among the entries of an index. ``titles`` and ``media_types``
    choose layers; none chooses all. ``strip`` leaves the directories of titles out. ``unpack_limit`` bounds the bytes that one
    layer unpacks to; by default a hundred times its size, and 4 GiB at least.
    """

    wanted: DescriptorFilter = field(default_factory=DescriptorFilter)
    titles: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ()
    strip: bool = False
    unpack_limit: int | None = None


def find_referrer(  # noqa: PLR0913 - what refers to what, and where to look
    repository: Repository,
    name: Name,
    wanted: DescriptorFilter,
    *,
    platform: Platform | None = None,
    source: Repository | None = None,
    scan: bool = False,
    observer: Observer = silent,
) -> Descriptor:
    """Return the first of the referrers that fit; when nobody said which comes first and there are several, warn.

    ``platform`` is that of the subject. ``source`` and ``scan`` are as for ``referrers_of``.

    Raises:
        ManifestNotFound: none fits, or the subject is not there.
    """
    found = referrers_of(repository, name, wanted, platform=platform, source=source, scan=scan).descriptors
    if not found:
        raise ManifestNotFound(f"that refers to {name} as asked", (source or repository).reference)
    if len(found) > 1 and not wanted.sort_annotation:
        observer(Warned(f"{len(found)} referrers match, using the first one ({found[0].digest})"))
    return found[0]


def get_artifact(repository: Repository, name: Name, wanted: DescriptorFilter | None = None) -> Manifest:
    """Fetch the manifest of an artifact; of an index, the entry that fits (the first one when nothing is asked for).

    Raises:
        ManifestNotFound: it is not there, or no entry fits.
        UnsupportedMediaType: it has no layers.
    """
    manifest = repository.get_manifest(name)
    if isinstance(manifest, IndexManifest):
        try:
            entry = (wanted or DescriptorFilter()).best(manifest.manifests)
        except PlatformNotFound as error:
            raise ManifestNotFound(f"entry of {name} that fits", repository.reference) from error
        manifest = read_manifest(repository, entry)
    if isinstance(manifest, IndexManifest):
        raise UnsupportedMediaType(manifest.media_type, "not an artifact")
    return manifest


def artifact_config(repository: Repository, manifest: Manifest) -> Descriptor:
    """Return the config of an artifact.

    Raises:
        UnsupportedMediaType: this kind of manifest has none.
    """
    if not isinstance(manifest, ImageManifest):
        raise UnsupportedMediaType(manifest.media_type, f"no config in {repository.reference}")
    return manifest.config


def choose_layers(manifest: Manifest, options: ArtifactGetOptions) -> tuple[Descriptor, ...]:
    """Return the layers asked for, in the order of the manifest.

    Raises:
        NotFound: there is none.
    """
    kept = [layer for layer in layers_of(manifest) if _is_wanted(layer, options)]
    if not kept:
        raise NotFound("as asked for (by file and media type)", f"the layers of {manifest.digest}")
    return tuple(kept)


def save_artifact(
    repository: Repository,
    name: Name,
    directory: PathLike[str] | str,
    options: ArtifactGetOptions | None = None,
    *,
    workers: Workers | None = None,
    observer: Observer = silent,
) -> tuple[Path, ...]:
    """Write the layers of an artifact that are asked for below a directory; return where each went.

    Raises:
        ManifestNotFound, NotFound: there is no such artifact or layer.
        Corrupt, SizeLimitExceeded, StorageFault: as for :func:`save_layers`.
    """
    options = options or ArtifactGetOptions()
    layers = choose_layers(get_artifact(repository, name, options.wanted), options)
    return save_layers(repository, layers, Path(directory), options, workers=workers, observer=observer)


def save_layers(
    repository: Repository,
    layers: Sequence[Descriptor],
    directory: Path,
    options: ArtifactGetOptions | None = None,
    *,
    workers: Workers | None = None,
    observer: Observer = silent,
) -> tuple[Path, ...]:
    """Write layers below a directory under their titles, or their digest's hex when they have none; return where.

    A layer that stands for a directory is unpacked; what has the place of an earlier layer replaces it. Without ``workers``
    the call has its own.

    Raises:
        Corrupt: a layer is damaged, or it or its title lead out of the directory.
        SizeLimitExceeded: it unpacks to more than it may.
        StorageFault: the file system refuses, or one title is a file and another below it.
    """
    if workers is None:
        with Workers() as own:
            return save_layers(repository, layers, directory, options, workers=own, observer=observer)
    escort, stripped = Escort(observer, check=workers.cancel.check), options is not None and options.strip
    limit = options.unpack_limit if options else None
    todo = [_Saving(layer, _parts_of(layer, strip=stripped), directory, limit) for layer in layers]
    _check_apart(todo)
    # Directories may hold what is the place of another layer: then all come one after the other.
    alone = any(is_directory(layer) for layer in layers)
    return tuple(workers.map(partial(_save, repository, escort), todo, key=lambda one: alone or one.parts))


class _Saving(NamedTuple):
    """A layer, and where below a directory it goes."""

    layer: Descriptor
    parts: tuple[str, ...]
    directory: Path
    limit: int | None


def _parts_of(layer: Descriptor, *, strip: bool) -> tuple[str, ...]:
    from regclient.kit.extract import parts_of  # noqa: PLC0415 - a door, as above

    title, as_directory = layer.annotations.get(TITLE, ""), is_directory(layer)
    parts = parts_of(title or layer.digest.hex)
    if strip:
        parts = () if as_directory else parts[-1:]
    if not parts and not as_directory:
        raise StorageFault(title, "a title names the directory itself")
    return parts


def _check_apart(todo: Sequence[_Saving]) -> None:
    """Refuse a file where another one needs a directory, before anything is written: which of them stays would be luck."""
    files = {one.parts for one in todo if not is_directory(one.layer)}
    for parts in sorted(files):
        for above in (parts[:count] for count in range(1, len(parts))):
            if above in files:
                raise StorageFault("/".join(parts), f"{'/'.join(above)} is a file of the artifact, too; choose one of them")


def _save(repository: Repository, escort: Escort, saving: _Saving) -> Path:
    from regclient.kit.extract import place_in  # noqa: PLC0415 - a door, as above

    layer, parts, directory, limit = saving
    with reading(repository, layer, escort) as content:
        if is_directory(layer):
            return _unpack(content, place_in(directory, parts), layer, limit)
        return _write(content, place_in(directory, parts[:-1]) / parts[-1])


def is_directory(layer: Descriptor) -> bool:
    """Whether a layer is a packed directory: its title ends in a slash, or oras said so."""
    return layer.annotations.get(TITLE, "").endswith("/") or layer.annotations.get(UNPACK) == "true"


def _is_wanted(layer: Descriptor, options: ArtifactGetOptions) -> bool:
    if options.media_types and layer.media_type not in options.media_types:
        return False
    return not options.titles or layer.annotations.get(TITLE, "") in options.titles


def _write(content: BinaryIO, path: Path) -> Path:
    from regclient.kit.atomicfile import UNFORCED, AtomicFile  # noqa: PLC0415 - a door: most are read to standard output

    try:
        with AtomicFile(path.parent, writing=UNFORCED) as file:
            while data := content.read(_CHUNK):
                file.write(data)
            file.commit(path)
    except OSError as error:
        raise StorageFault(path, error.strerror or str(error)) from error
    return path


def _unpack(content: BinaryIO, target: Path, layer: Descriptor, limit: int | None) -> Path:
    from regclient.kit.compression import open_decompressed  # noqa: PLC0415 - a door: few layers are directories
    from regclient.kit.extract import extract_tar  # noqa: PLC0415

    if limit is None:
        limit = max(_UNPACK_LEAST, layer.size * _UNPACK_RATIO)
    with open_decompressed(content, limit=limit) as plain:
        extract_tar(cast("BinaryIO", plain), target, limit=limit)
    return target
