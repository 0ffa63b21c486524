"""Edits of times: those in configs, those of files in layers, and those inside a tar that is a file in a layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from regclient.errors import Incomplete, Mismatch, ParseError
from regclient.model import mediatype
from regclient.model.digest import Digest
from regclient.model.image import ImageManifest
from regclient.model.imageconfig import History, ImageConfig
from regclient.model.index import IndexManifest
from regclient.model.manifest import Manifest
from regclient.model.reference import Reference
from regclient.ops.config import image_config
from regclient.ops.edit.edit import Edit, LayerJob, Work, target_of
from regclient.ops.edit.layer_edits import EntryEdit, EntryTimes, NestedTimes
from regclient.ops.edit.times import TimeRule
from regclient.ops.edit.tree import Layer, Node


@dataclass(frozen=True, slots=True)
class TimeOptions:
    """Which time to set, and where not to; times are RFC 3339 text.

    ``set`` is the time, or ``from_label`` the label of every image that holds it, the same in all of them. Only times later
    than ``after`` are changed. What comes from the image ``base``, or is in the first ``base_layers`` layers, stays.
    """

    set: str = ""
    after: str = ""
    from_label: str = ""
    base: Reference | None = None
    base_layers: int = 0

    def __post_init__(self) -> None:
        """Refuse what says no time.

        Raises:
            ParseError: a time is missing, or is none.
        """
        if not self.set and not self.from_label:
            raise ParseError("", "a time to set is required, or a label that holds it")
        for text in filter(None, (self.set, self.after)):
            TimeRule.of(text)

    def rule(self, labels: str = "") -> TimeRule:
        """Return the time as a rule; ``labels`` is what the labels say."""
        return TimeRule.of(labels or self.set, self.after)


@dataclass(frozen=True, slots=True)
class SetConfigTime(Edit):
    """Set when an image was made, and when each step of its history was."""

    options: TimeOptions
    configs: ClassVar[bool] = True

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Change the times there are; what has none gets none.

        Raises:
            Incomplete, Mismatch: the label is missing, or says something else elsewhere.
            ManifestNotFound, PlatformNotFound: the base image is not there.
        """
        rule, first = _looked_up(self, self.options, config, work), self._first(config, work)
        later = [replace(entry, created=rule.applied(entry.created)) for entry in config.history[first:]]
        return config.replace(created=rule.applied(config.created), history=[*config.history[:first], *later])

    def _first(self, config: ImageConfig, work: Work) -> int:
        """Return how much of the history is the base's."""
        base, first = self.options.base, _after_layers(config.history, self.options.base_layers)
        if base is None:
            return first
        found = work.once(
            (base.name, config.platform), lambda: image_config(work.opener(base), target_of(base), config.platform).history
        )
        return _in_common(config.history, found) or first


class _LayerTimes(Edit):
    """What edits of times in layers have in common: where the time comes from, and which layers are the base's."""

    __slots__ = ()
    options: TimeOptions
    configs: ClassVar[bool] = True

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Look the time up in the labels.

        Raises:
            Incomplete, Mismatch: the label is missing, or says something else elsewhere.
        """
        _looked_up(self, self.options, config, work)
        return config

    def on_layer(self, node: Node, layer: Layer, job: LayerJob, work: Work) -> None:
        """Set the times in a layer, unless it is the base's.

        Raises:
            Incomplete: no image has a label to take the time from.
        """
        del node
        if mediatype.layer_compression(job.media_type) and layer.origin.digest not in _base_layers(self.options, work):
            job.entries.append(self._entry_edit(_rule_of(self, self.options, work)))

    def _entry_edit(self, rule: TimeRule) -> EntryEdit:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class SetLayerTime(_LayerTimes):
    """Set the times of the files in layers."""

    options: TimeOptions

    def _entry_edit(self, rule: TimeRule) -> EntryEdit:
        return EntryTimes(rule)


@dataclass(frozen=True, slots=True)
class SetTarTime(_LayerTimes):
    """Set the times inside a tar that is a file in a layer; it must not be compressed."""

    path: str
    options: TimeOptions

    def _entry_edit(self, rule: TimeRule) -> EntryEdit:
        return NestedTimes(self.path, rule)


def _looked_up(edit: Edit, options: TimeOptions, config: ImageConfig, work: Work) -> TimeRule:
    """Return the rule for an image, and hold it against that of the images before."""
    if not options.from_label:
        return options.rule()
    text = config.labels.get(options.from_label)
    if text is None:
        raise Incomplete(f"label {options.from_label}", config.digest)
    rule = options.rule(text)
    known = options.rule() if options.set else work.once((edit, "time"), lambda: rule)
    if known.set != rule.set:
        raise Mismatch(f"label {options.from_label} is {text}, but {known.text} elsewhere")
    work.once((edit, "time"), lambda: rule)
    return rule


def _rule_of(edit: Edit, options: TimeOptions, work: Work) -> TimeRule:
    if not options.from_label:
        return options.rule()
    found = work.recall((edit, "time"))
    if not isinstance(found, TimeRule):
        raise Incomplete(f"label {options.from_label}", work.image.top.origin.digest)
    return found


def _base_layers(options: TimeOptions, work: Work) -> frozenset[Digest]:
    return work.once(("base layers", options), lambda: frozenset(_counted(options, work) | _of_base(options.base, work)))


def _counted(options: TimeOptions, work: Work) -> set[Digest]:
    nodes = [node for node in work.image.nodes() if isinstance(node.origin, ImageManifest)]
    count = max(options.base_layers, 0)
    return {layer.digest for node in nodes if isinstance(node.origin, ImageManifest) for layer in node.origin.layers[:count]}


def _of_base(base: Reference | None, work: Work) -> set[Digest]:
    if base is None:
        return set()
    found: set[Digest] = set()
    level: list[Manifest] = [work.named(base)]
    while level:
        found |= {layer.digest for each in level if isinstance(each, ImageManifest) for layer in each.layers}
        entries = [entry for each in level if isinstance(each, IndexManifest) for entry in each.manifests]
        level = work.image.workers.map(lambda entry: work.entry(base, entry), entries)
    return found


def _after_layers(history: tuple[History, ...], count: int) -> int:
    """Return how many entries of a history belong to the first so many layers; all of them when there are fewer."""
    if count <= 0:
        return 0
    filled = [position for position, entry in enumerate(history) if not entry.empty_layer]
    return filled[count - 1] + 1 if count <= len(filled) else len(history)


def _in_common(mine: tuple[History, ...], theirs: tuple[History, ...]) -> int:
    """Return how many entries two histories begin with that are the same."""
    pairs = zip(mine, theirs, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if not left.same(right)), min(len(mine), len(theirs)))
