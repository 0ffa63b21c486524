"""Writing an image as one tar that is an OCI layout and, for a single image, what ``docker load`` reads.

The bytes are those of the Go program: entries, their order and their headers. Nothing is held: a blob goes from the repository
into the stream, checked on its way. Whoever gives the stream sees to it that half a tar is not taken for a whole one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import BinaryIO, cast

from regclient.errors import ManifestNotFound, SizeMismatch, Unsupported, UnsupportedMediaType
from regclient.events import Event, State
from regclient.kit.compressors import GzipWriter
from regclient.kit.tarheader import BLOCK
from regclient.model import gojson
from regclient.model.children import children_of
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import ImageManifest, Manifest, Schema1Manifest
from regclient.model.platform import Platform
from regclient.model.reference import DEFAULT_TAG, Reference
from regclient.observer import Observer, silent
from regclient.ops.archive.headers import directory_header, file_header
from regclient.ops.select import get_manifest
from regclient.ops.walk import MAX_DEPTH, read_manifest
from regclient.repository import Name, Repository

CONTAINERD_NAME = "io.containerd.image.name"
REF_NAME = "org.opencontainers.image.ref.name"
LAYOUT_HEADER = b'{"imageLayoutVersion":"1.0.0"}'
_CHUNK = 1 << 20


def _go_on() -> None:
    """Never end early: the default check."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How an image is exported.

    ``name`` is the reference written into the tar, by which the image is found on import; by default the one it was exported
    from. ``compress`` makes it a gzip. ``platform`` exports only the image of an index that runs best on it.
    """

    name: Reference | None = None
    compress: bool = False
    platform: Platform | None = None


DEFAULT = ExportOptions()


def export_image(  # noqa: PLR0913 - an image in a repository, where it goes, and how
    repository: Repository,
    name: Name,
    out: BinaryIO,
    *,
    called: Reference | None = None,
    options: ExportOptions = DEFAULT,
    observer: Observer = silent,
    check: Callable[[], None] = _go_on,
) -> Descriptor:
    """Write the image called ``name`` with everything below it to ``out`` as a tar; return what was exported.

    ``called`` is the reference as the user wrote it, for the name in the tar. ``check`` is called at every step and raises when
    the work should end.

    Raises:
        ManifestNotFound, PlatformNotFound, BlobNotFound: a part is not there.
        UnsupportedMediaType: images of Docker's first schema do not say how large their layers are.
        Corrupt: a part is not what its descriptor says.
    """
    manifest = get_manifest(repository, name, options.platform)
    if isinstance(manifest, Schema1Manifest):
        raise UnsupportedMediaType(manifest.media_type, "cannot be exported")
    reference = options.name or called or _reference_of(repository.reference, name)
    if options.name is None and options.platform is not None:
        reference = reference.add_digest(manifest.digest)
    sink: AbstractContextManager[BinaryIO]
    sink = cast("AbstractContextManager[BinaryIO]", GzipWriter(out)) if options.compress else nullcontext(out)
    with sink as stream:
        export = _Export(repository, stream, observer, check)
        export.documents(manifest, reference)
        export.manifest(manifest)
        stream.write(bytes(2 * BLOCK))
    return manifest.descriptor


class _Export:
    """One tar being written: each entry once, directories before the first file in them."""

    def __init__(self, repository: Repository, out: BinaryIO, observer: Observer, check: Callable[[], None]) -> None:
        self._repository = repository
        self._out = out
        self._observer = observer
        self._check = check
        self._written: set[str] = set()

    def documents(self, top: Manifest, reference: Reference) -> None:
        """Write what stands in front of the content: how to read it, what it is, and what Docker wants to know."""
        self._file("oci-layout", LAYOUT_HEADER)
        self._file("index.json", index_of(top, reference))
        if isinstance(top, ImageManifest):
            self._file("manifest.json", docker_manifest_of(top, reference))

    def manifest(self, manifest: Manifest, depth: int = 0) -> None:
        """Write a manifest and then, depth first, everything below it.

        Raises:
            Unsupported: manifests nest deeper than any honest ones.
        """
        if depth > MAX_DEPTH:
            raise Unsupported(f"manifests nest deeper than {MAX_DEPTH} levels")
        if not self._new(manifest.digest):
            return
        self._file(path_of(manifest.digest), manifest.raw)
        children = children_of(manifest)
        known = {entry.digest for entry in children.manifests}
        blobs = {entry.digest for entry in children.blobs}
        for entry in _in_order(manifest):
            if entry.digest in blobs:
                self.blob(entry)
            elif (found := self._child(entry, guess=entry.digest not in known)) is not None:
                self.manifest(found, depth + 1)
            else:
                self.blob(entry)

    def blob(self, blob: Descriptor) -> None:
        """Write a blob.

        Raises:
            SizeMismatch: it is not as long as its descriptor says.
        """
        if not self._new(blob.digest):
            return
        self._say(blob, State.STARTED)
        self._out.write(file_header(path_of(blob.digest), blob.size))
        done = 0
        with self._repository.open_blob(blob) as content:
            while chunk := content.read(_CHUNK):
                self._check()
                done += len(chunk)
                if done > blob.size:
                    break
                self._out.write(chunk)
                self._say(blob, State.ACTIVE, done)
        if done != blob.size:
            raise SizeMismatch(blob.size, done, f"blob {blob.digest}")
        self._out.write(bytes(-done % BLOCK))
        self._say(blob, State.FINISHED, done)

    def _child(self, entry: Descriptor, *, guess: bool) -> Manifest | None:
        """Return the manifest an index lists; None when its type does not tell and it is none."""
        self._check()
        if path_of(entry.digest) in self._written:
            return None
        try:
            return read_manifest(self._repository, entry)
        except (ManifestNotFound, UnsupportedMediaType):
            if guess:
                return None
            raise

    def _new(self, digest: Digest) -> bool:
        path = path_of(digest)
        if path in self._written:
            return False
        for folder in ("blobs/", f"blobs/{digest.algorithm}/"):
            if folder not in self._written:
                self._written.add(folder)
                self._out.write(directory_header(folder))
        self._written.add(path)
        return True

    def _file(self, name: str, content: bytes) -> None:
        self._check()
        self._out.write(file_header(name, len(content)) + content + bytes(-len(content) % BLOCK))

    def _say(self, blob: Descriptor, state: State, done: int = 0) -> None:
        self._observer(Event("blob", str(blob.digest), state, done, blob.size))


def index_of(top: Manifest, reference: Reference) -> bytes:
    """Return the ``index.json`` that names the image."""
    annotations = {**top.descriptor.annotations, CONTAINERD_NAME: reference.name, REF_NAME: reference.tag}
    entry = top.descriptor.replace(annotations=annotations)
    return f'{{"schemaVersion":2,"manifests":[{entry.to_json()}]}}'.encode("utf-8", "surrogateescape")


def docker_manifest_of(image: ImageManifest, reference: Reference) -> bytes:
    """Return the ``manifest.json`` that ``docker load`` reads."""
    named = reference.to_registry()
    named = named.with_tag(named.tag or DEFAULT_TAG)
    sources = {str(layer.digest): layer.to_json() for layer in image.layers}
    members = {
        "Config": gojson.encode_text(path_of(image.config.digest)),
        "RepoTags": gojson.encode_texts([named.name]),
        "Layers": gojson.encode_texts([path_of(layer.digest) for layer in image.layers]),
        **({"LayerSources": gojson.encode_map(sources)} if sources else {}),
    }
    text = ",".join(f'"{key}":{value}' for key, value in members.items())
    return f"[{{{text}}}]".encode("utf-8", "surrogateescape")


def path_of(digest: Digest) -> str:
    """Return where content lies in a layout."""
    return f"blobs/{digest.algorithm}/{digest.hex}"


def _reference_of(reference: Reference, name: Name) -> Reference:
    return reference.with_tag(name) if isinstance(name, str) else reference.with_digest(name)


def _in_order(manifest: Manifest) -> Iterator[Descriptor]:
    """Return what a manifest points at in the order of the document, whatever its kind."""
    children = children_of(manifest)
    below: dict[Digest, Descriptor] = {}
    for entry in (*children.manifests, *children.blobs, *children.unknown):
        below.setdefault(entry.digest, entry)
    listed = getattr(manifest, "manifests", ())
    for digest in dict.fromkeys([entry.digest for entry in listed] or below):
        yield below[digest]
