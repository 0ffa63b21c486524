"""Is an image still built on what its base image is now?

A base that was moved on is :class:`~regclient.errors.Mismatch`; other errors mean that nobody can say. As little is asked as
settles the question: a digest that is known beforehand takes one HEAD, otherwise layers and then histories are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from regclient.errors import Incomplete, Mismatch, Unsupported, UnsupportedMediaType
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.image import ImageManifest
from regclient.model.imageconfig import History, ImageConfig
from regclient.model.index import IndexManifest
from regclient.model.manifest import Manifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.config import CONFIG_TYPES, read_config
from regclient.ops.select import best_entry, digest_of
from regclient.ops.walk import MAX_DEPTH, read_manifest
from regclient.repository import Name, Repository

BASE_NAME, BASE_DIGEST = "org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"

Opener: TypeAlias = Callable[[Reference], Repository]
"""Opens the repository of a reference: ``Client.repository``."""


@dataclass(frozen=True, slots=True)
class BaseQuestion:
    """What is known of the base, and how far to look.

    ``base`` is its name; None: what the annotations of the image say, digest included. ``digest`` is what the base was when the
    image was built; then nothing else is compared. ``platform`` picks one image of an index; None: all of them. ``history``
    compares the histories in the configs after the layers.
    """

    base: Reference | None = None
    digest: Digest | None = None
    platform: Platform | None = None
    history: bool = True


ANNOTATED = BaseQuestion()


def check_base(repository: Repository, name: Name, opener: Opener, question: BaseQuestion = ANNOTATED) -> None:
    """Compare an image with its base; ``opener`` opens the repository the base is in.

    Raises:
        Mismatch: the base has changed; the text says where it shows.
        Incomplete: no base was given, and no annotation names one.
        Unsupported: one is not an image, or the image is shorter than its base.
        ManifestNotFound, PlatformNotFound, InvalidReference: the image or its base is not there, or its name is none.
    """
    if question.base is not None and question.digest is not None:
        _compare_digest(opener, question.base, question.digest)
        return
    _Check(repository, opener, question.history).manifest(repository.get_manifest(name), question)


def _compare_digest(opener: Opener, base: Reference, known: Digest) -> None:
    found = digest_of(opener(base), _name_of(base))
    if found != known:
        raise Mismatch(f"{base} is {found}, the image was built on {known}")


def _name_of(base: Reference) -> Name:
    name = base.target
    if name is None:
        raise Incomplete("tag", base)
    return name


class _Check:
    """One comparison; bases are fetched once, however many images of an index are compared with them."""

    def __init__(self, repository: Repository, opener: Opener, history: bool) -> None:  # noqa: FBT001 - private
        self._repository = repository
        self._opener = opener
        self._history = history
        self._bases: dict[Reference, Manifest] = {}

    def manifest(self, manifest: Manifest, question: BaseQuestion, inherited: Reference | None = None, depth: int = 0) -> None:
        """Compare an image or the images of an index; ``inherited`` is the base that an index above names."""
        if depth > MAX_DEPTH:
            raise Unsupported(f"manifests nest deeper than {MAX_DEPTH} levels")
        base, digest = question.base, question.digest
        if base is None:
            base, digest = _annotated(manifest, digest, inherited)
        if digest is not None:
            _compare_digest(self._opener, base, digest)
        elif isinstance(manifest, IndexManifest):
            self._index(manifest, replace(question, digest=None), base, depth)
        else:
            self._image(manifest, base, question.platform)

    def _index(self, index: IndexManifest, question: BaseQuestion, base: Reference, depth: int) -> None:
        if question.platform is not None:
            chosen = read_manifest(self._repository, best_entry(index, question.platform))
            self._below(chosen, question, base, depth)
            return
        for entry, child in self._images(index):
            asked = replace(question, platform=entry.platform)
            try:
                self._below(child, asked, base, depth)
            except Mismatch as error:
                raise Mismatch(f"{entry.platform or entry.digest}: {error}") from error

    def _below(self, manifest: Manifest, question: BaseQuestion, base: Reference, depth: int) -> None:
        """Go on with what an index holds: what the question left open may be annotated there as well."""
        self.manifest(manifest, question, base, depth + 1)

    def _images(self, index: IndexManifest) -> Iterator[tuple[Descriptor, Manifest]]:
        """Yield the entries that have a base: not attestations and other artifacts that lie beside the images."""
        for entry in index.manifests:
            platform = entry.platform
            if platform is not None and platform.os == "unknown" and platform.architecture == "unknown":
                continue
            child = read_manifest(self._repository, entry)
            if platform is None and isinstance(child, ImageManifest) and child.config.media_type not in CONFIG_TYPES:
                continue
            yield entry, child

    def _image(self, manifest: Manifest, base: Reference, platform: Platform | None) -> None:
        image = _as_image(manifest, "the image")
        config: ImageConfig | None = None
        repository, found = self._opener(base), self._base(base)
        for _ in range(MAX_DEPTH):
            if not isinstance(found, IndexManifest):
                break
            if platform is None:
                config = read_config(self._repository, image.config)
                platform = config.platform
            found = read_manifest(repository, best_entry(found, platform))
        below = _as_image(found, f"the base {base}")
        _compare_layers(image, below, base)
        if self._history:
            config = config or read_config(self._repository, image.config)
            _compare_history(config.history, read_config(repository, below.config).history, base)

    def _base(self, base: Reference) -> Manifest:
        if base not in self._bases:
            self._bases[base] = self._opener(base).get_manifest(_name_of(base))
        return self._bases[base]


def _annotated(manifest: Manifest, digest: Digest | None, inherited: Reference | None) -> tuple[Reference, Digest | None]:
    annotations: Mapping[str, str] = manifest.annotations
    if BASE_NAME not in annotations:
        if inherited is None:
            raise Incomplete(f"annotation {BASE_NAME}", manifest.digest)
        return inherited, None
    known = annotations.get(BASE_DIGEST)
    return Reference.parse(annotations[BASE_NAME]), Digest.parse(known) if known else digest


def _as_image(manifest: Manifest, what: str) -> ImageManifest:
    if not isinstance(manifest, ImageManifest):
        raise UnsupportedMediaType(manifest.media_type, f"{what} is not an image")
    return manifest


def _compare_layers(image: ImageManifest, base: ImageManifest, name: Reference) -> None:
    if not base.layers:
        raise Unsupported(f"the base {name} has no layers")
    for position, (mine, its) in enumerate(zip(image.layers, base.layers, strict=False)):
        if not mine.same(its):
            raise Mismatch(f"layer {position} is {mine.digest}, in {name} {its.digest}")
    if len(image.layers) < len(base.layers):
        raise Unsupported(f"the image has {len(image.layers)} layers, its base {name} {len(base.layers)}")


def _compare_history(image: tuple[History, ...], base: tuple[History, ...], name: Reference) -> None:
    for position, (mine, its) in enumerate(zip(image, base, strict=False)):
        if not mine.same(its):
            raise Mismatch(f"entry {position} of the history differs from that of {name}")
    if len(image) < len(base):
        raise Unsupported(f"the history of the image has {len(image)} entries, that of its base {name} {len(base)}")
