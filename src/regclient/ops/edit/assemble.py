"""Putting an edited image together again: configs that fit their layers, manifests that fit their parts, and what to send.

From the bottom up, for every digest that changes is named above. What comes out in the bytes it had is not sent, unless the
target is another repository.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from regclient.errors import SizeLimitExceeded, Unsupported
from regclient.model.children import children_of, is_external
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.image import ImageManifest
from regclient.model.imageconfig import History, ImageConfig
from regclient.model.index import IndexManifest
from regclient.model.manifest import Manifest
from regclient.model.reference import Reference
from regclient.ops.copyplan import CopyPlan, Move, Push
from regclient.ops.edit.edit import Work
from regclient.ops.edit.plan import Change, EditPlan, Upload
from regclient.ops.edit.tree import Layer, Node, node_of
from regclient.ops.walk import MAX_DEPTH, read_manifest
from regclient.repository import Name, Repository

MAX_INLINE = 4 << 20
"""The largest content carried along in a descriptor: no registry takes larger manifests."""
LAYER_COMMENT = "regclient"
"""The comment in the history entry of a new layer."""


class Assembly:
    """Puts one image together for one target.

    ``name`` None calls it by the digest it gets; ``fresh`` says that the name is a new one, to be given whatever changes.
    """

    def __init__(self, work: Work, target: Repository, name: Name | None, *, fresh: bool) -> None:
        self._work = work
        self._source = work.image.repository
        self._target = target
        self._name = name
        self._fresh = fresh
        self._elsewhere = target.reference != self._source.reference
        self._layers: dict[Digest, Descriptor] = {}
        self._uploads: dict[Digest, Upload] = {}
        self._moves: dict[Digest, Move] = {}
        self._waves: list[dict[Digest, Push]] = []
        self._changes: list[Change] = []
        self._linked: set[Digest] = set()

    def plan(self, reference: Reference) -> EditPlan:
        """Return the plan for what the image has become; ``reference`` is the target as it was asked for."""
        self._settle(self._work.image.top)
        manifest = self._work.image.top.manifest
        if not reference.tag or reference.digest:
            reference = reference.add_digest(manifest.digest)
        moves = sorted(self._moves.values(), key=lambda move: -move.blob.size)
        waves = tuple(tuple(wave.values()) for wave in self._waves)
        copy = CopyPlan(manifest.descriptor, tuple(moves), waves)
        changes = tuple(dict.fromkeys(self._changes))
        layers, uploads = tuple(self._layers.values()), tuple(self._uploads.values())
        return EditPlan(reference, manifest, self._target, changes, layers, uploads, copy)

    def _settle(self, node: Node, after: int = -1, depth: int = 0) -> int:
        """Put a manifest together after what is below it; return the wave it is sent in, or the last one it would wait for.

        Referrers are sent one after the other, so that lists of them have the same order every time.
        """
        if depth > MAX_DEPTH:
            raise Unsupported(f"manifests and what refers to them nest deeper than {MAX_DEPTH} levels")
        wave = max((self._settle(child, depth=depth + 1) for child in node.children), default=-1)
        manifest = node.manifest
        if isinstance(manifest, IndexManifest):
            node.manifest = self._index(node, manifest)
        elif isinstance(manifest, ImageManifest):
            node.manifest = self._image(node, manifest)
        elif self._elsewhere:
            self._bring(children_of(manifest).blobs, self._source)
        for referrer in self._referrers(node):
            referrer.manifest = referrer.manifest.replace(subject=node.manifest.descriptor)
            wave = self._settle(referrer, wave, depth + 1)
        self._note("manifest", node.origin.digest, node.manifest.digest)
        return self._push(node, max(wave, after))

    def _index(self, node: Node, index: IndexManifest) -> IndexManifest:
        entries = list(index.manifests)
        for child in node.children:
            entry, manifest = entries[child.position], child.manifest
            had = entry.data is not None
            if manifest.digest != entry.digest:
                found = manifest.descriptor
                entry = entry.replace(digest=found.digest, size=found.size, media_type=found.media_type, data=None)
            entries[child.position] = self._carrying(entry, had, partial(_raw_of, manifest))
        if self._elsewhere:
            self._bring(children_of(index).blobs, self._source)
        for position in node.gone:
            self._note("entry", entries[position].digest, None)
        kept = tuple(entry for position, entry in enumerate(entries) if position not in node.gone)
        return index.replace(manifests=kept, media_type=index.media_type)

    def _image(self, node: Node, manifest: ImageManifest) -> ImageManifest:
        entry, had = manifest.config, manifest.config.data is not None
        config = self._config(node)
        if config is not None and node.was is not None and config.digest != node.was.digest:
            entry = entry.replace(digest=config.digest, size=len(config.raw), data=None)
            self._uploads[config.digest] = Upload(entry.replace(data=None, urls=()), config.raw)
            self._note("config", node.was.digest, config.digest)
        elif self._elsewhere:
            self._bring((entry,), self._source)
        entry = self._carrying(entry, had, lambda: config.raw if config else self._read(self._source, manifest.config))
        layers = tuple(self._layer(layer) for layer in node.kept)
        return manifest.replace(config=entry, layers=layers, media_type=manifest.media_type)

    def _config(self, node: Node) -> ImageConfig | None:
        if not any(layer.added or layer.dropped or layer.diff_id for layer in node.layers):
            return node.config
        config = self._work.config(node)
        for layer in node.layers:
            self._note(
                "layer", None if layer.added else layer.origin.digest, None if layer.dropped else layer.descriptor.digest
            )
        if config is not None:
            node.config = fitted(config, node.layers, self._work.created)
        return node.config

    def _layer(self, layer: Layer) -> Descriptor:
        blob, had = layer.descriptor, layer.origin.data is not None
        if layer.stored:
            self._layers[blob.digest] = blob
        elif not layer.external:
            self._bring((layer.origin,), layer.home)
        if blob.digest != layer.origin.digest:
            blob = blob.replace(data=None)
        content = layer.content
        return self._carrying(blob, had, lambda: self._read(layer.home, layer.origin) if content is None else content)

    def _carrying(self, blob: Descriptor, had: bool, read: Callable[[], bytes]) -> Descriptor:  # noqa: FBT001 - private
        """Return a descriptor with or without its content, as the size says."""
        limit = self._work.inline
        if not (had if limit < 0 else blob.size <= limit):
            return blob.replace(data=None)
        if blob.data is not None and (limit < 0 or blob.inline is not None):
            return blob
        if blob.size > MAX_INLINE:
            raise SizeLimitExceeded(MAX_INLINE, f"content carried along for {blob.digest}")
        return blob.replace(data=read())

    def _read(self, home: Repository, blob: Descriptor) -> bytes:
        with home.open_blob(blob) as content:
            return b"".join(iter(lambda: content.read(MAX_INLINE), b""))

    def _bring(self, blobs: tuple[Descriptor, ...], home: Repository) -> None:
        """Have blobs of another repository in the target."""
        if home.reference != self._target.reference:
            for blob in blobs:
                if not is_external(blob):
                    self._moves.setdefault(blob.digest, Move(blob.replace(data=None), home, self._target))

    def _referrers(self, node: Node) -> list[Node]:
        """Return what has to refer to a changed manifest: what an edit made refer to it, and here also what did before."""
        if self._elsewhere or node.manifest.digest == node.origin.digest or node.origin.digest in self._linked:
            return node.referrers
        self._linked.add(node.origin.digest)
        listed = self._source.referrers(node.origin.digest).descriptors
        plain = [each.replace(annotations={}, artifact_type="") for each in listed if each.digest not in self._linked]
        found = self._work.image.workers.map(lambda entry: read_manifest(self._source, entry), plain)
        return [*(node_of(manifest, self._source, 0) for manifest in found if _refers(manifest, node.origin)), *node.referrers]

    def _push(self, node: Node, below: int) -> int:
        manifest = node.manifest
        wanted = self._elsewhere or node.made or (node.top and self._fresh)
        if not wanted and manifest.digest == node.origin.digest:
            return below
        held = next((at for at, wave in enumerate(self._waves) if manifest.digest in wave), None)
        if held is not None and not node.top:
            return held
        while len(self._waves) <= below + 1:
            self._waves.append({})
        name = (self._name or manifest.digest) if node.top else None
        self._waves[below + 1][manifest.digest] = Push(manifest, self._target, name)
        return below + 1

    def _note(self, kind: str, before: Digest | None, after: Digest | None) -> None:
        if before != after:
            self._changes.append(Change(kind, str(before or ""), str(after or "")))


def _raw_of(manifest: Manifest) -> bytes:
    return manifest.raw


def fitted(config: ImageConfig, layers: list[Layer], created: str) -> ImageConfig:
    """Return a config whose digests and history fit layers that were added, dropped or changed.

    The n-th layer belongs to the n-th entry of the history that is not empty; a config that has none, or no digests, gets none.
    """
    old = [layer for layer in layers if not layer.added]
    new = [layer for layer in layers if layer.added and not layer.dropped]
    filled = [position for position, entry in enumerate(config.history) if not entry.empty_layer]
    gone = {position for position, layer in zip(filled, old, strict=False) if layer.dropped}
    history = [entry for position, entry in enumerate(config.history) if position not in gone]
    if history or gone:
        history += [History(created=created, comment=LAYER_COMMENT) for _ in new]
    pairs = zip(old, config.diff_ids, strict=False)
    diff_ids = [layer.diff_id or known for layer, known in pairs if not layer.dropped]
    if config.rootfs.listed and len(config.diff_ids) == len(old):
        diff_ids += [layer.diff_id for layer in new]
    if not config.rootfs.listed:
        return config.replace(history=history)
    return config.replace(history=history, diff_ids=[*diff_ids, *config.diff_ids[len(old) :]])


def _refers(manifest: Manifest, subject: Manifest) -> bool:
    return manifest.subject is not None and manifest.subject.digest == subject.digest
