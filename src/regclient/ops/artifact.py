"""Artifacts: files in a registry, as the layers of a manifest that says what they are and what they belong to.

:func:`put_artifact` makes one of files, directories and streams; what to call each part is decided by the pure functions
beside it. Getting one back is in ``fetch.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import BinaryIO, cast

from regclient.concurrency import Workers
from regclient.errors import ManifestNotFound, StorageFault, Unsupported, UnsupportedMediaType
from regclient.events import Warned
from regclient.model import mediatype
from regclient.model.descriptor import NO_ANNOTATIONS, Descriptor
from regclient.model.digest import DEFAULT_ALGORITHM, Digest, new_hasher
from regclient.model.manifest import ArtifactManifest, ImageManifest, IndexManifest, Manifest
from regclient.model.platform import Platform
from regclient.observer import Observer, silent
from regclient.ops.blobs import Escort, send_blob
from regclient.ops.select import head_manifest
from regclient.repository import Name, Repository

TITLE = "org.opencontainers.image.title"
"""The annotation that holds the name of a file."""

UNKNOWN_TYPE = "application/vnd.unknown.config+json"
"""The artifact type of artifacts whose maker gave none."""

_CHUNK = 1 << 20
_EMPTY_CONFIG = b"{}"


@dataclass(frozen=True, slots=True)
class ArtifactFile:
    """One layer of an artifact to be: a file or a directory by its ``path``, or the bytes of a stream.

    A directory becomes a gzip tar. ``title`` is the name the layer is given; layers without one can only be told apart by
    their types.
    """

    path: PathLike[str] | str | None = None
    content: BinaryIO | None = None
    media_type: str = mediatype.OCTET_STREAM
    title: str = ""

    def __post_init__(self) -> None:
        """Refuse a layer that is both, or nothing.

        Raises:
            Unsupported: there is no path and no content, or both.
            UnsupportedMediaType: the media type cannot be one.
        """
        if (self.path is None) == (self.content is None):
            raise Unsupported("a layer is made of a path or of content, one of them")
        check_type(self.media_type)


@dataclass(frozen=True, slots=True)
class ArtifactPutOptions:
    """What an artifact is, beyond its files.

    ``artifact_type`` says what it is. ``config`` are the bytes of its config, ``config_type`` their type; when only one of the
    types is given, :func:`config_of` finds the other. ``subject`` is what the artifact is about. ``media_type`` may also name
    OCI's withdrawn artifact manifest, which has no config.

    ``by_digest`` lists the artifact under its digest instead of its tag. ``index`` leaves the tag to an index that the artifact
    is added to, made when there is none; ``platform`` is then noted beside it.
    """

    artifact_type: str = ""
    config_type: str = ""
    config: bytes | None = None
    annotations: Mapping[str, str] = field(default_factory=lambda: NO_ANNOTATIONS)
    subject: Descriptor | None = None
    media_type: str = mediatype.OCI_MANIFEST
    by_digest: bool = False
    index: bool = False
    platform: Platform | None = None

    def __post_init__(self) -> None:
        """Refuse what no artifact can be.

        Raises:
            UnsupportedMediaType: a type cannot be one, or a config is given where there is none.
        """
        for given in (self.artifact_type, self.config_type):
            if given:
                check_type(given)
        if self.media_type not in {mediatype.OCI_MANIFEST, mediatype.OCI_ARTIFACT}:
            raise UnsupportedMediaType(self.media_type, "not the manifest of an artifact")
        if self.media_type == mediatype.OCI_ARTIFACT and (self.config_type or self.config is not None):
            raise UnsupportedMediaType(self.media_type, "such a manifest has no config")


@dataclass(frozen=True, slots=True)
class ArtifactConfig:
    """The config an artifact will have and the artifact type beside it; ``warning`` is what its maker should know."""

    media_type: str
    content: bytes
    artifact_type: str
    warning: str = ""


def config_of(options: ArtifactPutOptions) -> ArtifactConfig:
    """Fill in what was not said about config and artifact type.

    An artifact type alone has an empty config; a config of its own type needs no artifact type.

    Raises:
        Unsupported: a config is given and neither type.
    """
    config_type, artifact_type = options.config_type, options.artifact_type
    warning = ""
    if not config_type and options.config is not None:
        if not artifact_type:
            raise Unsupported("config-type is required for config-file")
        config_type, warning = artifact_type, "setting config-type using artifact-type"
    config_type = config_type or mediatype.OCI_EMPTY
    if config_type == mediatype.OCI_EMPTY and not artifact_type:
        artifact_type, warning = UNKNOWN_TYPE, "using default value for artifact-type is not recommended"
    return ArtifactConfig(config_type, _EMPTY_CONFIG if options.config is None else options.config, artifact_type, warning)


def layer_types(files: int, given: Sequence[str], artifact_type: str = "") -> tuple[str, ...]:
    """Return the media type of each layer, of standard input when there are no ``files``.

    One layer without a type takes that of the artifact, where that says anything.

    Raises:
        Unsupported: there are not as many types as layers.
    """
    if files <= 1 and not given:
        known = artifact_type and artifact_type != UNKNOWN_TYPE
        return (artifact_type if known else mediatype.OCTET_STREAM,)
    if len(given) != max(files, 1):
        raise Unsupported("one artifact media-type must be set for each artifact file")
    return tuple(given)


def title_of(path: str, *, is_directory: bool = False, strip: bool = False) -> str:
    """Return the title of a file by the path it was given as; directories end in a slash, ``strip`` leaves the last name."""
    title = path if not is_directory or path.endswith("/") else f"{path}/"
    if not strip:
        return title
    bare = title.removesuffix("/")
    return bare.rpartition("/")[2] + title[len(bare) :]


def check_type(media_type: str) -> None:
    """Refuse what is no media type; parameters are not part of one.

    Raises:
        UnsupportedMediaType: it is none.
    """
    if not mediatype.is_valid(media_type):
        raise UnsupportedMediaType(media_type, "not a media type")


def subject_of(repository: Repository, name: Name, platform: Platform | None = None) -> Descriptor:
    """Describe a manifest the way a referrer points at it; with a platform, the one in an index that runs best on it.

    Raises:
        ManifestNotFound, PlatformNotFound: it is not there.
    """
    head = head_manifest(repository, name, platform, digest=True)
    assert head.digest is not None
    return Descriptor(head.media_type, head.digest, head.size)


def put_artifact(
    repository: Repository,
    name: Name | None,
    files: Sequence[ArtifactFile],
    options: ArtifactPutOptions | None = None,
    *,
    workers: Workers | None = None,
    observer: Observer = silent,
) -> Manifest:
    """Push an artifact of ``files`` and return its manifest; blobs that are there are not sent again.

    ``name`` None pushes it under its digest alone, as referrers are.

    Raises:
        StorageFault: a file cannot be read.
        UnsupportedMediaType, Unsupported: the options do not fit together.
    """
    options = options or ArtifactPutOptions()
    if workers is None:
        with Workers() as own:
            return put_artifact(repository, name, files, options, workers=own, observer=observer)
    config = config_of(options)
    if config.warning:
        observer(Warned(config.warning))
    escort = Escort(observer, check=workers.cancel.check)
    layers = workers.map(lambda file: _send(repository, file, escort), files)
    manifest = _manifest_of(repository, layers, config, options, escort)
    if options.by_digest:
        repository.put_manifest(manifest, manifest.digest if name is not None and not options.index else None)
    else:
        repository.put_manifest(manifest, None if options.index else name)
    if options.index and name is not None:
        _add_to_index(repository, name, manifest, config.artifact_type, options, observer)
    return manifest


def _manifest_of(
    repository: Repository, layers: Sequence[Descriptor], config: ArtifactConfig, options: ArtifactPutOptions, escort: Escort
) -> Manifest:
    if options.media_type == mediatype.OCI_ARTIFACT:
        return ArtifactManifest.build(
            blobs=layers, artifact_type=config.artifact_type, subject=options.subject, annotations=options.annotations
        )
    described = Descriptor.of(config.content, config.media_type)
    return ImageManifest.build(
        config=send_blob(repository, BytesIO(config.content), described, escort),
        layers=layers,
        artifact_type=config.artifact_type,
        subject=options.subject,
        annotations=options.annotations,
    )


def _add_to_index(
    repository: Repository,
    name: Name,
    manifest: Manifest,
    artifact_type: str,
    options: ArtifactPutOptions,
    observer: Observer,
) -> None:
    entry = manifest.descriptor.replace(
        artifact_type=artifact_type, annotations=manifest.annotations, platform=options.platform
    )
    try:
        present = repository.get_manifest(name)
    except ManifestNotFound:
        present = None
    if isinstance(present, IndexManifest):
        index = present.replace(manifests=(*present.manifests, entry))
    else:
        if present is not None:
            observer(Warned(f"{name} was no index ({present.digest}), a new one takes its place"))
        index = IndexManifest.build(manifests=(entry,))
    repository.put_manifest(index, name)


def _send(repository: Repository, file: ArtifactFile, escort: Escort) -> Descriptor:
    """Send one layer; return its descriptor with its title."""
    if file.path is None:
        assert file.content is not None
        stored = send_blob(repository, file.content, Descriptor(file.media_type, Digest.of(b""), -1), escort)
    else:
        stored = _send_path(repository, Path(file.path), file.media_type, escort)
    return stored.replace(annotations={TITLE: file.title}) if file.title else stored


def _send_path(repository: Repository, path: Path, media_type: str, escort: Escort) -> Descriptor:
    try:
        with _opened(path) as content:
            digest, size = _measured(content)
            return send_blob(repository, content, Descriptor(media_type, digest, size), escort)
    except OSError as error:
        raise StorageFault(path, error.strerror or str(error)) from error


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or a directory as the gzip tar it becomes."""
    if not path.is_dir():
        with path.open("rb") as file:
            yield file
        return
    from tempfile import TemporaryFile  # noqa: PLC0415 - a door, as the rest: few artifacts are directories

    from regclient.kit.compressors import GzipWriter  # noqa: PLC0415
    from regclient.kit.tarfiles import pack_directory  # noqa: PLC0415

    with TemporaryFile() as packed:
        with GzipWriter(cast("BinaryIO", packed)) as out:
            pack_directory(path, out)
        packed.seek(0)
        yield cast("BinaryIO", packed)


def _measured(content: BinaryIO) -> tuple[Digest, int]:
    hasher, size = new_hasher(), 0
    while data := content.read(_CHUNK):
        hasher.update(data)
        size += len(data)
    content.seek(0)
    return Digest(DEFAULT_ALGORITHM, hasher.hexdigest()), size
