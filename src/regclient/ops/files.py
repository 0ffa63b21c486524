"""One file out of a layer, or out of an image as a container would see it, without unpacking anything.

Layers are looked through from the top, each one only as far as needed. What hides a file is heeded (whiteouts, opaque
directories, a link or a file where a directory was), and links are followed inside the image, as they are in a container.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from regclient.errors import FileDeleted, FileNotFound, LoopDetected, Unsupported, UnsupportedMediaType
from regclient.kit import tarheader
from regclient.kit.compression import open_decompressed
from regclient.kit.tarheader import TarHeader
from regclient.kit.tarscan import Scanned, scan
from regclient.model.children import layers_of
from regclient.model.descriptor import Descriptor
from regclient.model.manifest import IndexManifest
from regclient.model.platform import Platform
from regclient.observer import Observer, silent
from regclient.ops.blobs import Escort, go_on, reading
from regclient.ops.select import get_manifest
from regclient.repository import Name, Repository

MAX_LINKS = 40
"""As many as Linux follows."""
WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class LayerFile:
    """A file that was found, open as long as the block.

    ``header`` is that of the name asked for, which may be a link; ``target`` that of what ``content`` is read from, and
    ``layer`` its layer, counted from the bottom. What is no regular file has no content.
    """

    header: TarHeader
    target: TarHeader
    layer: int
    content: BinaryIO


def image_layers(repository: Repository, name: Name, platform: Platform) -> tuple[Descriptor, ...]:
    """Return the layers of an image from the bottom up, of the one for ``platform`` where there are several.

    Raises:
        ManifestNotFound, PlatformNotFound: there is no such image.
        UnsupportedMediaType: it has no layers.
    """
    manifest = get_manifest(repository, name, platform)
    if isinstance(manifest, IndexManifest):
        raise UnsupportedMediaType(manifest.media_type, "an index has no layers")
    return layers_of(manifest)


@contextmanager
def open_file(
    repository: Repository,
    layers: Sequence[Descriptor],
    path: str,
    *,
    check: Callable[[], None] = go_on,
    observer: Observer = silent,
) -> Iterator[LayerFile]:
    """Open a file of a stack of layers, given from the bottom up; the layer it is in is read no further than needed.

    Of several entries with one name the first counts. Only layers that were read to their end were checked against their
    digests. ``check`` is called for every entry and raises when the work should end; ``observer`` hears of the layers.

    Raises:
        FileNotFound: no layer has it, or a link leads to nothing.
        FileDeleted: a layer removes it, and none above puts it back.
        LoopDetected: links lead in a circle.
        Unsupported: the name is one that whiteouts have.
    """
    wanted = clean(path)
    if wanted.startswith(WHITEOUT):
        raise Unsupported(f"names that start with {WHITEOUT} mark removed files: {path}")
    goal = _Goal(wanted, len(layers) - 1)
    header: TarHeader | None = None
    for _ in range(MAX_LINKS):
        with ExitStack() as stack:
            found = _Search(repository, layers, goal, Escort(observer, check=check)).run(stack)
            if isinstance(found, _Hit):
                header = header or found.entry.header
                following = _followed(found.entry.header, goal.path, found.layer, len(layers) - 1)
                if following is None:
                    yield LayerFile(header, found.entry.header, found.layer, found.entry.content)
                    return
                found = following
        goal = found
    raise LoopDetected(path)


def clean(name: str) -> str:
    """Return a name as names are compared: no ``./``, no slash in front or at the end."""
    return posixpath.normpath(name.lstrip("/") or ".")


class _Goal(NamedTuple):
    """What to look for, and the highest layer to look in."""

    path: str
    start: int


class _Hit(NamedTuple):
    """The entry of the name looked for."""

    entry: Scanned
    layer: int


class _Search:
    """The search for one name, layer after layer."""

    def __init__(self, repository: Repository, layers: Sequence[Descriptor], goal: _Goal, escort: Escort) -> None:
        self._repository = repository
        self._layers = layers
        self._goal = goal
        self._escort = escort
        self._check = escort.check
        parts = goal.path.split("/")
        self._above = ["/".join(parts[:count]) for count in range(1, len(parts))]
        self._removers = {_beside(name, WHITEOUT + posixpath.basename(name)) for name in (*self._above, goal.path)}
        self._removers |= {OPAQUE, *(f"{name}/{OPAQUE}" for name in self._above)}
        self._directories: set[str] = set()

    def run(self, stack: ExitStack) -> _Hit | _Goal:
        """Return the entry, kept open by ``stack``, or what to look for in its place.

        Raises:
            FileNotFound, FileDeleted: it is not there.
        """
        for layer in range(self._goal.start, -1, -1):
            with ExitStack() as opened:
                found = self._look(layer, opened)
                if found is not None:
                    stack.push(opened.pop_all())
                    return found
        raise FileNotFound(self._goal.path)

    def _look(self, layer: int, stack: ExitStack) -> _Hit | _Goal | None:
        removed = False
        odd: dict[str, TarHeader] = {}
        directories: set[str] = set()
        blob = self._layers[layer]
        content = stack.enter_context(reading(self._repository, blob, self._escort))
        source = stack.enter_context(open_decompressed(content))
        for entry in scan(source):  # type: ignore[arg-type]  # a raw stream has every method of a binary one that is asked for
            self._check()
            name = clean(entry.header.name)
            if name == self._goal.path:
                return _Hit(entry, layer)
            if name in self._removers:
                removed = True
            elif name in self._above and entry.header.is_directory:
                directories.add(name)
            elif name in self._above:
                odd[name] = entry.header
        while source.read(_CHUNK):  # the digest of the layer shows at its end
            self._check()
        following = self._around(odd, layer)
        if following is None and removed:
            raise FileDeleted(self._goal.path, f"layer {layer}")
        self._directories |= directories
        return following

    def _around(self, odd: dict[str, TarHeader], layer: int) -> _Goal | None:
        """Return the way around what this layer has where a directory is needed, the first such thing on the way.

        Raises:
            FileDeleted: there is no way: what was below is hidden.
        """
        name = next((name for name in self._above if name in odd), None)
        if name is None:
            return None
        found = odd[name]
        if found.kind != tarheader.SYMLINK or name in self._directories:
            raise FileDeleted(self._goal.path, f"layer {layer}")
        return _Goal(_joined(name, found.link, self._goal.path[len(name) :]), len(self._layers) - 1)


def _followed(header: TarHeader, path: str, layer: int, top: int) -> _Goal | None:
    """Return where a link leads; a hard one is the file as its own layer sees it. None for what is no link."""
    if header.kind == tarheader.SYMLINK:
        return _Goal(_joined(path, header.link), top)
    if header.kind == tarheader.HARD_LINK:
        return _Goal(_rooted(header.link), layer)
    return None


def _joined(link: str, target: str, rest: str = "") -> str:
    """Return the path that a symbolic link leads to; like a container's, it never leaves the root."""
    return _rooted(posixpath.join("/", posixpath.dirname(link), target) + rest)


def _rooted(path: str) -> str:
    return clean(posixpath.normpath(f"/{path}"))


def _beside(name: str, base: str) -> str:
    folder = posixpath.dirname(name)
    return f"{folder}/{base}" if folder else base
