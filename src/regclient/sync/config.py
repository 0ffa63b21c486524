"""What to keep in step, as values: the steps of a sync, and how each takes over what it does not say itself.

A program reads these from a file, a script makes them by hand. Nothing is checked here but what a value can know of itself: a
bad pattern or reference shows when its step runs, and stops that step only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from regclient.model.mediatype import DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST

REGISTRY = "registry"
REPOSITORY = "repository"
IMAGE = "image"

MEDIA_TYPES = (DOCKER_MANIFEST, DOCKER_LIST, OCI_MANIFEST, OCI_INDEX)
"""What is copied unless a step says otherwise: images and indexes, not Docker's first manifests."""

SHORTEST_RETRY = 300.0
"""Seconds: nobody waits less for a rate limit to recover."""


@dataclass(frozen=True, slots=True)
class TagFilter:
    """Which tags: those within one of the version ranges, of these those that match ``allow``, without those in ``deny``.

    An empty part lets everything through. Patterns are RE2's, written for the whole tag.
    """

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    semver_range: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to filter by."""
        return bool(self.allow or self.deny or self.semver_range)


@dataclass(frozen=True, slots=True)
class RepositoryFilter:
    """Which repositories of a registry: those that match ``allow`` (all, when it is empty), without those in ``deny``."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferrerFilter:
    """Which referrers: of this artifact type, with all of these annotations (an empty value only asks that it is there)."""

    artifact_type: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SyncRateLimit:
    """When to hold back: while fewer than ``min`` pulls are left, ask again every ``retry`` seconds.

    ``min`` 0 stands for what the defaults say; a negative one switches the limit off.
    """

    min: int = 0
    retry: float = 0.0


@dataclass(frozen=True, slots=True)
class Hook:
    """Something to run, as the file names it. Hooks are read and shown, and never run."""

    type: str = ""
    params: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hooks:
    """The hooks of a step; see :class:`Hook`."""

    pre: Hook | None = None
    post: Hook | None = None
    unchanged: Hook | None = None


@dataclass(frozen=True, slots=True)
class SyncDefaults:
    """What steps take over where they say nothing, and how many copies run at once.

    ``parallel`` is the number of images copied at the same time; 0 is one, with the steps in their order.
    """

    backup: str = ""
    interval: float = 0.0
    schedule: str = ""
    rate_limit: SyncRateLimit = field(default_factory=SyncRateLimit)
    parallel: int = 0
    digest_tags: bool | None = None
    referrers: bool | None = None
    referrer_filters: tuple[ReferrerFilter, ...] = ()
    referrer_source: str = ""
    referrer_target: str = ""
    referrer_slow: bool | None = None
    fast_check: bool | None = None
    force_recursive: bool | None = None
    include_external: bool | None = None
    media_types: tuple[str, ...] = ()
    hooks: Hooks = field(default_factory=Hooks)


@dataclass(frozen=True, slots=True)
class SyncStep:
    """One entry: what is copied from where to where, how, and when.

    ``type`` is ``image``, ``repository`` or ``registry``. ``source`` and ``target`` are references without templates;
    ``backup`` is a Go template of the reference or tag that keeps what a copy is about to overwrite. A flag (or the list of
    referrer filters) that is None takes the default. ``platform`` copies one image of an index alone, ``platforms`` an index
    with the content for some platforms. ``interval`` and ``rate_limit.retry`` are seconds.

    ``referrer_slow`` and ``hooks`` are known so that files keep their meaning; as in Go they have no effect.
    """

    source: str
    target: str
    type: str
    tags: TagFilter = field(default_factory=TagFilter)
    tag_sets: tuple[TagFilter, ...] = ()
    repos: RepositoryFilter = field(default_factory=RepositoryFilter)
    digest_tags: bool | None = None
    referrers: bool | None = None
    referrer_filters: tuple[ReferrerFilter, ...] | None = None
    referrer_source: str = ""
    referrer_target: str = ""
    referrer_slow: bool | None = None
    platform: str = ""
    platforms: tuple[str, ...] = ()
    fast_check: bool | None = None
    force_recursive: bool | None = None
    include_external: bool | None = None
    backup: str = ""
    interval: float = 0.0
    schedule: str = ""
    rate_limit: SyncRateLimit = field(default_factory=SyncRateLimit)
    media_types: tuple[str, ...] = ()
    hooks: Hooks = field(default_factory=Hooks)

    @property
    def filters(self) -> tuple[TagFilter, ...]:
        """The sets of tags whose union is copied; none stands for every tag."""
        return (*self.tag_sets, *([self.tags] if self.tags else ()))


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """Everything to keep in step."""

    steps: tuple[SyncStep, ...] = ()
    defaults: SyncDefaults = field(default_factory=SyncDefaults)


Flag: TypeAlias = bool | None


def with_defaults(step: SyncStep, defaults: SyncDefaults) -> SyncStep:
    """Return a step with everything it leaves open taken from the defaults; doing it twice changes nothing."""
    schedule, interval = _when(step, defaults)
    return replace(
        step,
        backup=step.backup or defaults.backup,
        interval=interval,
        schedule=schedule,
        rate_limit=_rate_limit(step.rate_limit, defaults.rate_limit),
        digest_tags=_flag(step.digest_tags, defaults.digest_tags),
        referrers=_flag(step.referrers, defaults.referrers),
        referrer_filters=defaults.referrer_filters if step.referrer_filters is None else step.referrer_filters,
        referrer_source=step.referrer_source or defaults.referrer_source,
        referrer_target=step.referrer_target or defaults.referrer_target,
        referrer_slow=_flag(step.referrer_slow, defaults.referrer_slow),
        fast_check=_flag(step.fast_check, defaults.fast_check),
        force_recursive=_flag(step.force_recursive, defaults.force_recursive),
        include_external=_flag(step.include_external, defaults.include_external),
        media_types=step.media_types or defaults.media_types or MEDIA_TYPES,
        hooks=Hooks(
            pre=step.hooks.pre or defaults.hooks.pre,
            post=step.hooks.post or defaults.hooks.post,
            unchanged=step.hooks.unchanged or defaults.hooks.unchanged,
        ),
    )


def settled(config: SyncConfig) -> SyncConfig:
    """Return a configuration whose steps leave nothing open; doing it twice changes nothing."""
    limit = config.defaults.rate_limit
    defaults = replace(config.defaults, rate_limit=replace(limit, retry=max(limit.retry, SHORTEST_RETRY)))
    return SyncConfig(tuple(with_defaults(step, defaults) for step in config.steps), defaults)


def _when(step: SyncStep, defaults: SyncDefaults) -> tuple[str, float]:
    if step.schedule or step.interval:
        return step.schedule, step.interval
    return (defaults.schedule, 0.0) if defaults.schedule else ("", defaults.interval)


def _rate_limit(step: SyncRateLimit, default: SyncRateLimit) -> SyncRateLimit:
    retry = step.retry or default.retry
    return SyncRateLimit(step.min or default.min, max(retry, SHORTEST_RETRY))


def _flag(step: Flag, default: Flag) -> bool:
    return bool(default if step is None else step)
