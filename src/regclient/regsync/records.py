"""What a sync says, as log records: the levels, messages and fields of Go's regsync.

Each event becomes the records the Go program writes at that moment; a table finds the function for an event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from regclient.cli.logs import DEBUG, ERROR, INFO, WARN, Twofold
from regclient.events import Event, State
from regclient.kit.duration import SECOND, format_duration
from regclient.model.reference import Reference
from regclient.sync.config import SyncStep, TagFilter
from regclient.sync.events import (
    BackupFailed,
    BackupStarted,
    Checked,
    Copied,
    CopyProgress,
    CopyStarted,
    Decision,
    ImageFailed,
    NoTags,
    RateLimitPassed,
    RateLimitReached,
    ReferrerPlaceInvalid,
    Stage,
    StepFailed,
    SyncEvent,
    TargetNotClosed,
    TargetTagsUnknown,
)
from regclient.sync.tally import SyncResult


class LogRecord(NamedTuple):
    """One line of the log."""

    level: int
    message: str
    facts: dict[str, object]


def records_of(event: SyncEvent) -> list[LogRecord]:
    """Return the records of an event; some have none."""
    return list(_WRITERS[type(event)](event))


def summary(result: SyncResult, *, only_checked: bool) -> LogRecord:
    """Return the last line of a run: how many images were checked, and what became of them."""
    done = {"needed": result.pending} if only_checked else {"copied": result.copied}
    facts: dict[str, object] = {"checked": result.checked, **done, "skipped": result.skipped, "failed": result.failed}
    return LogRecord(INFO, "Sync finished" if result.complete else "Sync ended early", facts)


def seconds_shown(seconds: float) -> Twofold:
    """Return a duration as slog shows it: ``15m0s`` in text, nanoseconds in JSON."""
    nanoseconds = round(seconds * SECOND)
    return Twofold(format_duration(nanoseconds), nanoseconds)


def _filters(wanted: TagFilter) -> tuple[str, dict[str, object]]:
    """Return a set of tags as Go prints the struct, and as it encodes it."""
    document: dict[str, object] = {"allow": _listed(wanted.allow), "deny": _listed(wanted.deny)}
    if wanted.semver_range:
        document["semverRange"] = list(wanted.semver_range)
    parts = zip(("Allow", "Deny", "SemverRange"), (wanted.allow, wanted.deny, wanted.semver_range), strict=True)
    return "{" + " ".join(f"{name}:[{' '.join(items)}]" for name, items in parts) + "}", document


def _listed(items: Sequence[str]) -> list[str] | None:
    return list(items) or None


def _names(items: Sequence[str]) -> Twofold:
    return Twofold(f"[{' '.join(items)}]", _listed(items))


def _step_shown(step: SyncStep) -> Twofold:
    from regclient.kit.gotemplate.template import parse  # noqa: PLC0415 - a door: only a step without a type is shown whole
    from regclient.sync.view import step_view  # noqa: PLC0415

    return Twofold(parse('{{printf "%+v" .}}').render(step_view(step)), {"source": step.source, "target": step.target})


def _common_name(text: str) -> str:
    """Return the name of a repository as Go shows it: in full, with the tag that stands for none."""
    return str(Reference.parse(text))


def _step_failed(event: StepFailed) -> Iterator[LogRecord]:
    step, error = event.step, str(event.error)
    facts: dict[str, object] = {"source": event.source}
    if event.stage in {Stage.TAGS, Stage.TAG_FILTER}:
        facts = {"source": _common_name(event.source)}
    match event.stage:
        case Stage.TYPE:
            message = "Type not recognized, must be one of: registry, repository, or image"
            yield LogRecord(ERROR, message, {"step": _step_shown(step), "type": step.type})
            return
        case Stage.REPOSITORIES:
            facts |= {"allow": _names(step.repos.allow), "deny": _names(step.repos.deny)}
        case Stage.TAG_FILTER:
            wanted = event.filter or TagFilter()
            facts |= {"allow": _names(wanted.allow), "deny": _names(wanted.deny), "semverRange": _names(wanted.semver_range)}
        case Stage.TARGET:
            facts = {"target": event.target}
        case _:
            pass
    yield LogRecord(ERROR, _STEP_MESSAGES.get(event.stage, "Failed processing step"), {**facts, "error": error})


_STEP_MESSAGES = {
    Stage.SOURCE: "Failed parsing source",
    Stage.TARGET: "Failed parsing target",
    Stage.CATALOG: "Failed to list source repositories",
    Stage.REPOSITORIES: "Failed processing repo filters",
    Stage.TAGS: "Failed getting source tags",
    Stage.TAG_FILTER: "Failed processing tag filters",
}


def _no_tags(event: NoTags) -> Iterator[LogRecord]:
    tags, sets = _filters(event.step.tags), [_filters(wanted) for wanted in event.step.tag_sets]
    facts: dict[str, object] = {
        "source": str(event.source),
        "tags": Twofold(*tags),
        "tagSets": Twofold(f"[{' '.join(text for text, _ in sets)}]", [document for _, document in sets] or None),
        "available": _names(event.available),
    }
    yield LogRecord(WARN, "No matching tags found", facts)


def _target_tags_unknown(event: TargetTagsUnknown) -> Iterator[LogRecord]:
    yield LogRecord(DEBUG, "Failed getting target tags", {"target": str(event.target), "error": str(event.error)})


def _checked(event: Checked) -> Iterator[LogRecord]:
    step, source, target = event.step, str(event.source), str(event.target)
    facts: dict[str, object]
    both: dict[str, object] = {"source": source, "target": target}
    match event.decision:
        case Decision.MATCH:
            yield LogRecord(DEBUG, "Image matches", both)
        case Decision.EXISTS:
            yield LogRecord(DEBUG, "target exists", both)
        case Decision.MEDIA_TYPE:
            facts = {"ref": source, "mediaType": event.media_type, "allowed": _names(step.media_types)}
            yield LogRecord(INFO, "Skipping unsupported media type", facts)
        case Decision.PLATFORM_MATCH:
            facts = {"source": source, "platform": step.platform, "target": target}
            yield LogRecord(DEBUG, "Image matches for platform", facts)
        case Decision.REFRESH:
            why = {"forced": step.force_recursive, "digestTags": step.digest_tags, "referrers": step.referrers}
            yield LogRecord(INFO, "Image refreshing", {**both, **why})
        case Decision.COPY:
            yield LogRecord(INFO, "Image sync needed", both)


def _rate_limit_reached(event: RateLimitReached) -> Iterator[LogRecord]:
    facts = {
        "source": str(event.source),
        "source-remain": event.remain,
        "source-limit": event.limit,
        "step-min": event.step.rate_limit.min,
        "sleep": seconds_shown(event.sleep),
    }
    yield LogRecord(INFO, "Delaying for rate limit", facts)


def _rate_limit_passed(event: RateLimitPassed) -> Iterator[LogRecord]:
    facts = {"source": str(event.source), "source-remain": event.remain, "step-min": event.step.rate_limit.min}
    yield LogRecord(DEBUG, "Rate limit passed", facts)


def _backup_started(event: BackupStarted) -> Iterator[LogRecord]:
    yield LogRecord(INFO, "Saving backup", {"original": str(event.target), "backup": str(event.backup)})


def _backup_failed(event: BackupFailed) -> Iterator[LogRecord]:
    facts = {"original": str(event.target), "template": event.step.backup, "backup": str(event.backup)}
    yield LogRecord(WARN, "Failed to backup existing image", {**facts, "error": str(event.error)})


def _place_invalid(event: ReferrerPlaceInvalid) -> Iterator[LogRecord]:
    side = "source" if event.key == "referrerSource" else "target"
    yield LogRecord(ERROR, f"failed to parse referrer {side} reference", {event.key: event.text, "error": str(event.error)})


def _copy_started(event: CopyStarted) -> Iterator[LogRecord]:
    yield LogRecord(DEBUG, "Image sync running", {"source": str(event.source), "target": str(event.target)})


def _progress(event: CopyProgress) -> Iterator[LogRecord]:
    inner = event.event
    if isinstance(inner, Event) and inner.kind == "blob" and inner.state is State.STARTED:
        facts: dict[str, object] = {"source": str(event.source), "target": str(event.target), "layer": inner.name}
        yield LogRecord(INFO, "Copy layer", facts)


def _copied(event: Copied) -> Iterator[LogRecord]:
    facts: dict[str, object] = {
        "source": str(event.source),
        "target": str(event.target),
        "digest": str(event.descriptor.digest),
    }
    yield LogRecord(DEBUG, "Image synced", facts)


def _not_closed(event: TargetNotClosed) -> Iterator[LogRecord]:
    yield LogRecord(ERROR, "Error closing ref", {"ref": str(event.reference), "error": str(event.error)})


def _image_failed(event: ImageFailed) -> Iterator[LogRecord]:
    """Yield the record of what went wrong, and that of the image, as the Go program writes both."""
    error = str(event.error)
    facts: dict[str, object]
    both: dict[str, object] = {"source": event.source, "target": event.target}
    source = {"source": event.source}
    match event.stage:
        case Stage.SOURCE:
            yield LogRecord(ERROR, "Failed parsing source", {**source, "error": error})
            return
        case Stage.TARGET:
            yield LogRecord(ERROR, "Failed parsing target", {"target": event.target, "error": error})
            return
        case Stage.HEAD:
            yield LogRecord(ERROR, "Failed to lookup source manifest", {**source, "error": error})
        case Stage.PLATFORM:
            yield LogRecord(WARN, "Could not parse platform", {"platform": event.detail, "err": error})
        case Stage.INDEX:
            yield LogRecord(ERROR, "Failed to get source manifest", {**source, "error": error})
        case Stage.PLATFORM_MISSING:
            facts = {"platform": event.step.platform, "err": error, "platforms": event.detail}
            yield LogRecord(WARN, "Platform could not be found in source manifest list", facts)
        case Stage.RATE_LIMIT:
            yield LogRecord(ERROR, "rate limit check failed", {**source, "error": error})
        case Stage.BACKUP_TEMPLATE:
            facts = {"original": event.target, "backup-template": event.step.backup, "error": error}
            yield LogRecord(ERROR, "Failed to expand backup template", facts)
        case Stage.BACKUP_REFERENCE:
            facts = {"original": event.target, "template": event.step.backup, "backup": event.detail, "error": error}
            yield LogRecord(ERROR, "Failed to parse backup reference", facts)
        case _:
            yield LogRecord(ERROR, "Failed to copy image", {**both, "error": error})
    yield LogRecord(ERROR, "Failed to sync", {"target": event.target, "source": event.source, "error": error})


_WRITERS: dict[type, Callable[..., Iterator[LogRecord]]] = {
    BackupFailed: _backup_failed,
    BackupStarted: _backup_started,
    Checked: _checked,
    Copied: _copied,
    CopyProgress: _progress,
    CopyStarted: _copy_started,
    ImageFailed: _image_failed,
    NoTags: _no_tags,
    RateLimitPassed: _rate_limit_passed,
    RateLimitReached: _rate_limit_reached,
    ReferrerPlaceInvalid: _place_invalid,
    StepFailed: _step_failed,
    TargetNotClosed: _not_closed,
    TargetTagsUnknown: _target_tags_unknown,
}
