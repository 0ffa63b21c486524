"""Archives of ``docker save``, old and new: a config and layers, made into a Docker image.

Such an archive holds layers as plain tars, so they are compressed on their way, several at once. What it promises of them is in
the config: the digests of the plain tars, which are compared before anything is tagged.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, cast

from regclient.concurrency import Workers
from regclient.errors import Corrupt, DigestMismatch, InvalidManifest, ManifestNotFound, shown
from regclient.events import Event, Planned, State
from regclient.kit.compression import Compression, Decompressed, detect, open_decompressed
from regclient.kit.compressors import GzipWriter
from regclient.model import document, mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Verifier
from regclient.model.image import ImageManifest
from regclient.model.imageconfig import ImageConfig
from regclient.observer import Observer
from regclient.ops.archive.contents import Contents
from regclient.ops.archive.rewindable import Rewindable
from regclient.ops.archive.write import path_of
from regclient.ops.sides import destination
from regclient.repository import Name, Repository

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MANIFEST = "manifest.json"
MAX_DOCUMENT = 8 << 20
MAX_LAYERS = 10_000
_CHUNK = 256 << 10
_SHAPE = document.Shape("Config", "RepoTags", "Layers", "LayerSources")


@dataclass(frozen=True, slots=True)
class Saved:
    """One image of an archive: the names of the entries it consists of, from the bottom up, and what it is called.

    ``sources`` are the descriptors that some writers keep of the layers as they were, by their digests.
    """

    config: str
    layers: tuple[str, ...]
    tags: tuple[str, ...] = ()
    sources: Mapping[str, Descriptor] = field(default_factory=dict)


def images_of(contents: Contents) -> tuple[Saved, ...]:
    """Return the images that ``manifest.json`` lists.

    Raises:
        InvalidManifest: it is not what it should be.
    """
    raw = contents.read(MANIFEST, MAX_DOCUMENT)
    # The document is a list, and ours are read as objects.
    members = document.load(b'{"images":' + raw + b"}", document.Shape("images"), MANIFEST)
    return tuple(_saved(item, f"{MANIFEST}[{position}]") for position, item in enumerate(_list(members)))


def choose(images: tuple[Saved, ...], name: str) -> Saved:
    """Return the image that is meant: the first, or the one with ``name`` among its tags.

    Raises:
        ManifestNotFound: there is none such.
    """
    if not images:
        raise ManifestNotFound(name or "of an image", "the archive, which has none")
    found = [image for image in images if not name or name in image.tags]
    if not found:
        names = [tag for image in images for tag in image.tags]
        told = f", which has {', '.join(map(shown, names[:20]))}" if names else ""
        raise ManifestNotFound(shown(name), f"the archive{told}")
    return found[0]


def import_docker(
    contents: Contents, image: Saved, target: Repository, name: Name, workers: Workers, observer: Observer
) -> Descriptor:
    """Push an image of an archive: its config and layers first, then the manifest under ``name``.

    Raises:
        FileNotFound: the archive lacks a part; nothing was pushed.
        DigestMismatch: a layer is not the one that the config tells of.
        SideError: the target refused a part.
    """
    for part in (image.config, *image.layers):
        contents.size(part)  # a part that is missing shows before anything is written
    raw = contents.read(image.config, MAX_DOCUMENT)
    config = Descriptor.of(raw, mediatype.DOCKER_CONFIG)
    diff_ids = _diff_ids(ImageConfig.parse(raw, descriptor=config), image)
    observer(Planned(len(image.layers) + 1, 1, sum(map(contents.size, image.layers)) + len(raw)))
    kept = {path_of(source.digest): source for source in image.sources.values()}
    jobs = [
        _Layer(contents, name, diff_id, kept.get(_tail(name))) for name, diff_id in zip(image.layers, diff_ids, strict=True)
    ]

    def push(layer: _Layer) -> Descriptor:
        return _push_layer(layer, image, target, observer, workers.cancel.check)

    layers = workers.map(push, jobs)
    with destination(target, f"blob {config.digest}"):
        if target.stat_blob(config) is None:
            target.put_blob(io.BytesIO(raw), config)
    manifest = ImageManifest.build(config=config, layers=layers, media_type=mediatype.DOCKER_MANIFEST)
    with destination(target, f"manifest {name}"):
        return target.put_manifest(manifest, name)


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer to push: its entry, and where they are known the digest of its plain tar and what it once was pushed as."""

    contents: Contents
    entry: str
    diff_id: str
    source: Descriptor | None = None


def _push_layer(layer: _Layer, image: Saved, target: Repository, observer: Observer, check: Callable[[], None]) -> Descriptor:
    size = layer.contents.size(layer.entry)

    def say(state: State, done: int = 0) -> None:
        check()
        observer(Event("blob", layer.entry, state, done, size))

    say(State.STARTED)
    with destination(target, f"layer {layer.entry}"):
        known = _as_it_was(layer)
        if known is not None:
            pushed = _push_known(layer, known, target)
        else:
            plain = _Squeezed(layer, say)
            pushed = target.put_blob(cast("BinaryIO", plain)).replace(media_type=mediatype.DOCKER_LAYER_GZIP)
            source = image.sources.get(str(pushed.digest))
            pushed = source if source is not None else pushed
    say(State.FINISHED, size)
    return pushed


def _as_it_was(layer: _Layer) -> Descriptor | None:
    """Return the descriptor of a layer that the archive holds compressed as it once was pushed, if it says so."""
    if layer.source is None or layer.contents.size(layer.entry) != layer.source.size:
        return None
    head = layer.contents.open(layer.entry).read(6) or b""
    return None if detect(head) is Compression.NONE else layer.source


def _tail(name: str) -> str:
    """Return the end of a path that would name a blob: ``blobs/ALGORITHM/HEX``."""
    return "/".join(name.split("/")[-3:])


def _push_known(layer: _Layer, known: Descriptor, target: Repository) -> Descriptor:
    if target.stat_blob(known.replace(urls=())) is None:
        content = Verifier(layer.contents.open(layer.entry), known.digest, known.size)
        target.put_blob(cast("BinaryIO", content), known)
    return known


class _Squeezed(Rewindable):
    """A layer as it is pushed: unpacked if it is compressed, hashed to compare it with the config, and compressed our way.

    It can be read again from the start, for an upload that fails is sent again.
    """

    what = "a layer being compressed"

    def __init__(self, layer: _Layer, say: Callable[[State, int], None]) -> None:
        super().__init__()
        self._layer = layer
        self._say = say
        self._start()

    def restart(self) -> None:
        """Begin again at the start of the layer."""
        self._start()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        while not self._ready and not self._ended:
            self._fill()
        count = min(len(view), len(self._ready))
        view[:count] = self._ready[:count]
        del self._ready[:count]
        self._position += count
        return count

    def _start(self) -> None:
        self._position = 0
        self._ready = bytearray()
        self._ended = False
        self._hasher = hashlib.sha256()
        self._entry = self._layer.contents.open(self._layer.entry)
        self._source: Decompressed = open_decompressed(cast("BinaryIO", self._entry))
        self._writer = GzipWriter(cast("BinaryIO", _Into(self._ready)))

    def _fill(self) -> None:
        data = self._source.read(_CHUNK) or b""
        if data:
            self._hasher.update(data)
            self._writer.write(data)
            self._say(State.ACTIVE, self._entry.tell())
            return
        self._ended = True
        found = f"sha256:{self._hasher.hexdigest()}"
        if self._layer.diff_id not in {"", found}:
            raise DigestMismatch(self._layer.diff_id, found, f"layer {self._layer.entry}")
        self._writer.__exit__(None, None, None)


class _Into:
    """A file that is a buffer."""

    def __init__(self, buffer: bytearray) -> None:
        self._buffer = buffer

    def write(self, data: bytes) -> int:
        self._buffer += data
        return len(data)


def _diff_ids(config: ImageConfig, image: Saved) -> tuple[str, ...]:
    """Return the digest of each layer's plain tar as the config tells it; empty texts when it tells none.

    Raises:
        Corrupt: it tells of more or fewer layers.
    """
    found = config.rootfs.diff_ids
    if not found:
        return ("",) * len(image.layers)
    if len(found) != len(image.layers):
        raise Corrupt(f"the archive has {len(image.layers)} layers, its config tells of {len(found)}")
    return tuple(digest if digest.startswith("sha256:") else "" for digest in found)


def _list(members: dict[str, object]) -> list[object]:
    return document.list_of(members, "images", MANIFEST)


def _saved(value: object, where: str) -> Saved:
    known, _ = _SHAPE.read(value, where)
    config, layers = document.text_of(known, "Config", where), document.texts_of(known, "Layers", where)
    if not config or len(layers) > MAX_LAYERS:
        raise InvalidManifest(where, "an image needs a config and an honest number of layers")
    sources = document.map_of(known, "LayerSources", where)
    found = {key: Descriptor.from_json(item, f"{where}: LayerSources") for key, item in sources.items()}
    return Saved(config, layers, document.texts_of(known, "RepoTags", where), found)
