"""Doing what a check decided: hold back while few pulls are left, keep what is about to be overwritten, copy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from regclient.clock import Clock
from regclient.concurrency import Workers
from regclient.errors import Cancelled, ParseError, RegistryClientError, root_cause
from regclient.events import Event, Planned, Warned
from regclient.model.descriptor import Descriptor, DescriptorFilter
from regclient.model.platform import Platform
from regclient.model.ratelimit import rate_limit_of
from regclient.model.reference import Reference
from regclient.opener import Opener
from regclient.ops.arrivals import Arrivals
from regclient.ops.copy import CopyOptions, CopyPlan, plan_copy, run_copy
from regclient.repository import Repository
from regclient.settings.machine import local_platform
from regclient.sync.check import Image, Look, Looker
from regclient.sync.config import SyncStep
from regclient.sync.events import (
    BackupFailed,
    BackupStarted,
    Copied,
    CopyProgress,
    CopyStarted,
    RateLimitPassed,
    RateLimitReached,
    ReferrerPlaceInvalid,
    Stage,
    SyncObserver,
)
from regclient.sync.fault import at

Functions = Mapping[str, Callable[..., object]]


@dataclass(frozen=True, slots=True)
class Crews:
    """The workers that copies have in common: those who ask for manifests, and those who move content."""

    asking: Workers
    moving: Workers
    arrivals: Arrivals = field(default_factory=Arrivals)


class Copier:
    """Copies images; safe from many threads. ``functions`` are those a backup template has besides Go's own."""

    def __init__(self, client: Opener, looker: Looker, crews: Crews, *, clock: Clock, functions: Functions) -> None:
        self._client = client
        self._looker = looker
        self._crews = crews
        self._clock = clock
        self._functions = functions
        self._lock = threading.Lock()
        self._dry: dict[str, float] = {}

    def copy(self, look: Look, observer: SyncObserver) -> float | None:
        """Copy one image; None when that is done, else the moment (of the clock's ``monotonic``) to try again.

        Raises:
            Fault: it could not be copied; what was moved stays and is not moved again next time.
            Cancelled: the work was cancelled.
        """
        until = self._dry_until(look, observer)
        if until is not None:
            return until
        self._client.cancel.check()
        image = look.image
        if look.seen.target not in {None, look.digest} and image.step.backup:
            self._back_up(image, observer)
        observer(CopyStarted(image.step, image.source, image.target))
        with at(Stage.COPY):
            target, name = self._client.named(image.target)
            options = self._options(image.step, observer)
            source = self._client.repository(image.source)
            plan = plan_copy(
                source, look.digest, target, name, options=options, workers=self._crews.asking, known={name: look.target}
            )
            top = self._run(plan, image, observer)
        observer(Copied(image.step, image.source, image.target, top))
        return None

    def _run(self, plan: CopyPlan, image: Image, observer: SyncObserver) -> Descriptor:
        return run_copy(plan, self._crews.moving, _Progress(image, observer), arrivals=self._crews.arrivals)

    def _dry_until(self, look: Look, observer: SyncObserver) -> float | None:
        """Return until when the source's registry is to be left alone; its word counts for all images from there."""
        image, limit = look.image, look.image.step.rate_limit
        if limit.min <= 0 or not rate_limit_of(look.headers).known:
            return None
        registry, now = image.source.registry, self._clock.monotonic()
        with self._lock:
            until = self._dry.get(registry, now)
        if until > now:
            return until
        with at(Stage.RATE_LIMIT):
            found = rate_limit_of(self._looker.head(image.source).headers)
        if not found.known or found.remain >= limit.min:
            observer(RateLimitPassed(image.step, image.source, found.remain))
            return None
        with self._lock:
            self._dry[registry] = until = now + limit.retry
        observer(RateLimitReached(image.step, image.source, found.remain, found.limit, limit.retry))
        return until

    def _back_up(self, image: Image, observer: SyncObserver) -> None:
        from regclient.sync.view import rendered_backup  # noqa: PLC0415 - a door: few steps keep backups

        step = image.step
        with at(Stage.BACKUP_TEMPLATE):
            text = rendered_backup(step, image.target, self._functions)
        if not text:
            return
        with at(Stage.BACKUP_REFERENCE, text):
            backup = Reference.parse(text) if {":", "/"} & set(text) else image.target.with_tag(text)
        observer(BackupStarted(step, image.target, backup))
        try:
            source, name = self._client.named(image.target)
            target, as_ = self._client.named(backup)
            self._run(plan_copy(source, name, target, as_, workers=self._crews.asking), image, observer)
        except RegistryClientError as error:
            if isinstance(root_cause(error), Cancelled):
                raise
            observer(BackupFailed(step, image.target, backup, error))

    def _options(self, step: SyncStep, observer: SyncObserver) -> CopyOptions:
        here = local_platform() if step.platforms else None
        referrers = bool(step.referrers)
        filters = (step.referrer_filters or ()) if referrers else ()
        return CopyOptions(
            platforms=tuple(Platform.parse(text, here) if text else Platform() for text in step.platforms),
            referrers=referrers,
            referrer_filters=tuple(DescriptorFilter(wanted.artifact_type, wanted.annotations) for wanted in filters),
            referrers_src=self._place(step, "referrerSource", step.referrer_source, observer) if referrers else None,
            referrers_dst=self._place(step, "referrerTarget", step.referrer_target, observer) if referrers else None,
            digest_tags=bool(step.digest_tags),
            external=bool(step.include_external),
            recursive=bool(step.force_recursive),
            fast=bool(step.fast_check),
        )

    def _place(self, step: SyncStep, key: str, text: str, observer: SyncObserver) -> Repository | None:
        if not text:
            return None
        try:
            return self._client.repository(text)
        except ParseError as error:
            observer(ReferrerPlaceInvalid(step, key, text, error))
            return None


class _Progress:
    """What one copy says, told as events of its image."""

    def __init__(self, image: Image, observer: SyncObserver) -> None:
        self._image = image
        self._observer = observer

    def __call__(self, event: Event | Planned | Warned) -> None:
        self._observer(CopyProgress(self._image.step, self._image.source, self._image.target, event))
