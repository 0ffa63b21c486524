"""From a step to its images: listing repositories and tags, and leaving out what the filters do not want."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from regclient.errors import Cancelled, InvalidConfig, ParseError, RegistryClientError, root_cause
from regclient.model.reference import Reference
from regclient.opener import Opener
from regclient.sync.check import Image
from regclient.sync.config import IMAGE, REGISTRY, REPOSITORY, SyncStep, TagFilter
from regclient.sync.events import ImageFailed, NoTags, Stage, StepFailed, SyncObserver, TargetTagsUnknown
from regclient.sync.fault import Fault, at
from regclient.sync.select import matching_tags, selected_repositories, selected_tags
from regclient.sync.steps import Action


class Listing(NamedTuple):
    """One repository whose tags are to be listed; both sides as text, for nobody has read them yet."""

    step: SyncStep
    source: str
    target: str


class Expander:
    """Expands steps; safe from many threads. What fails is told to the observer and left out."""

    def __init__(self, client: Opener, observer: SyncObserver) -> None:
        self._client = client
        self._observer = observer

    def expand(self, step: SyncStep) -> Iterator[Listing | Image]:
        """Yield the repositories or the one image of a step, page after page of a registry's catalog.

        Raises:
            Cancelled: the work was cancelled.
        """
        if step.type == IMAGE:
            yield from self._images(Listing(step, step.source, step.target), [""])
        elif step.type == REPOSITORY:
            yield Listing(step, step.source, step.target)
        elif step.type == REGISTRY:
            yield from self._repositories(step)
        else:
            error = InvalidConfig(step.type, "the type of a step is registry, repository or image")
            self._observer(StepFailed(step, step.source, step.target, Stage.TYPE, error))

    def tags(self, listing: Listing, action: Action) -> list[Image]:
        """Return the images of one repository that pass the filters of its step; with ``MISSING``, those the target lacks.

        Raises:
            Cancelled: the work was cancelled.
        """
        try:
            with at(Stage.SOURCE):
                source = Reference.parse(listing.source)
            with at(Stage.TAGS):
                available = self._client.repository(source).tags().tags
            wanted = self._wanted(listing, source, available)
            if action is Action.MISSING and wanted:
                wanted = self._without_present(listing, wanted)
        except Fault as fault:
            self._observer(StepFailed(listing.step, listing.source, listing.target, fault.stage, fault.cause))
            return []
        return list(self._images(listing, [f":{tag}" for tag in wanted]))

    def _repositories(self, step: SyncStep) -> Iterator[Listing]:
        last, seen = "", set[str]()
        try:
            while True:
                with at(Stage.CATALOG):
                    page = self._client.registry(step.source).repositories(last=last or None).repositories
                # A registry that pages by its own rules may send the same names again, or start anew for ever.
                fresh = [name for name in page if name not in seen]
                if not fresh or page[-1] == last:
                    return
                last = page[-1]
                seen.update(fresh)
                with at(Stage.REPOSITORIES):
                    names = selected_repositories(fresh, step.repos)
                yield from (Listing(step, f"{step.source}/{name}", f"{step.target}/{name}") for name in names)
        except Fault as fault:
            self._observer(StepFailed(step, step.source, step.target, fault.stage, fault.cause))

    def _wanted(self, listing: Listing, source: Reference, available: Sequence[str]) -> Sequence[str]:
        filters = listing.step.filters
        try:
            wanted = selected_tags(available, filters)
        except ParseError as error:
            wrong = next((tags for tags in filters if _is_wrong(tags)), None)
            self._observer(StepFailed(listing.step, str(source), listing.target, Stage.TAG_FILTER, error, wrong))
            return ()
        if not wanted:
            self._observer(NoTags(listing.step, source, tuple(available)))
        return wanted

    def _without_present(self, listing: Listing, wanted: Iterable[str]) -> list[str]:
        present: set[str] = set()
        with at(Stage.TARGET):
            target = Reference.parse(listing.target)
        try:
            present.update(self._client.repository(target).tags().tags)
        except RegistryClientError as error:
            if isinstance(root_cause(error), Cancelled):
                raise
            self._observer(TargetTagsUnknown(listing.step, target, error))
        return sorted(tag for tag in wanted if tag not in present)

    def _images(self, listing: Listing, suffixes: Iterable[str]) -> Iterator[Image]:
        for suffix in suffixes:
            source, target = listing.source + suffix, listing.target + suffix
            try:
                with at(Stage.SOURCE):
                    read = Reference.parse(source)
                with at(Stage.TARGET):
                    written = Reference.parse(target)
            except Fault as fault:
                self._observer(ImageFailed(listing.step, source, target, fault.stage, fault.cause))
            else:
                yield Image(listing.step, read, written)


def _is_wrong(tags: TagFilter) -> bool:
    try:
        matching_tags((), tags)
    except ParseError:
        return True
    return False
