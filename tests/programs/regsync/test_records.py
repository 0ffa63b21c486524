"""Events of a sync as the log records of Go's regsync: levels, messages and fields."""

from __future__ import annotations

import typing

from regclient.cli.logs import DEBUG, ERROR, INFO, WARN, Twofold
from regclient.errors import InvalidReference, NotFound
from regclient.events import Event, Planned, State, Warned
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.reference import Reference
from regclient.regsync.records import _WRITERS, LogRecord, records_of, seconds_shown, summary
from regclient.sync.config import RepositoryFilter, SyncRateLimit, SyncStep, TagFilter
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

STEP = SyncStep(
    "src.example/a",
    "dst.example/b",
    "repository",
    tags=TagFilter(("x", "y"), (), ("^1",)),
    repos=RepositoryFilter(("r",), ()),
    digest_tags=False,
    referrers=True,
    force_recursive=False,
    platform="linux/arm64",
    backup="old",
    rate_limit=SyncRateLimit(5, 300.0),
    media_types=("m",),
)
SRC, DST = Reference.parse("src.example/a:v1"), Reference.parse("dst.example/b:v1")
NAMES = {"source": "src.example/a:v1", "target": "dst.example/b:v1"}
GONE = NotFound("it")
DIGEST = Digest.of(b"x")


def shown(event: SyncEvent) -> list[tuple[int, str, dict[str, object]]]:
    """The records of an event, twofold values as text."""
    return [
        (level, message, {key: str(value) if isinstance(value, Twofold) else value for key, value in facts.items()})
        for level, message, facts in records_of(event)
    ]


def test_every_event_has_its_records() -> None:
    assert set(typing.get_args(SyncEvent)) == set(_WRITERS)


def test_a_check_says_what_was_decided() -> None:
    def of(decision: Decision) -> list[tuple[int, str, dict[str, object]]]:
        return shown(Checked(STEP, SRC, DST, decision, "text/x"))

    assert of(Decision.MATCH) == [(DEBUG, "Image matches", NAMES)]
    assert of(Decision.EXISTS) == [(DEBUG, "target exists", NAMES)]
    assert of(Decision.COPY) == [(INFO, "Image sync needed", NAMES)]
    assert of(Decision.REFRESH) == [
        (INFO, "Image refreshing", {**NAMES, "forced": False, "digestTags": False, "referrers": True})
    ]
    skipped = {"ref": NAMES["source"], "mediaType": "text/x", "allowed": "[m]"}
    assert of(Decision.MEDIA_TYPE) == [(INFO, "Skipping unsupported media type", skipped)]
    assert of(Decision.PLATFORM_MATCH) == [(DEBUG, "Image matches for platform", {**NAMES, "platform": "linux/arm64"})]


def test_a_step_that_fails_says_where() -> None:
    def of(stage: Stage, source: str = "src.example/a") -> tuple[int, str, dict[str, object]]:
        (record,) = shown(StepFailed(STEP, source, "dst.example/b", stage, GONE, TagFilter(("x",), ("y",), ())))
        return record

    error = {"error": str(GONE)}
    plain, latest = {"source": "src.example/a"}, {"source": "src.example/a:latest"}
    assert of(Stage.SOURCE) == (ERROR, "Failed parsing source", {**plain, **error})
    assert of(Stage.TARGET) == (ERROR, "Failed parsing target", {"target": "dst.example/b", **error})
    assert of(Stage.CATALOG) == (ERROR, "Failed to list source repositories", {**plain, **error})
    assert of(Stage.REPOSITORIES) == (ERROR, "Failed processing repo filters", {**plain, "allow": "[r]", "deny": "[]", **error})
    assert of(Stage.TAGS) == (ERROR, "Failed getting source tags", {**latest, **error})
    filters = {**latest, "allow": "[x]", "deny": "[y]", "semverRange": "[]", **error}
    assert of(Stage.TAG_FILTER) == (ERROR, "Failed processing tag filters", filters)
    level, message, facts = of(Stage.TYPE)
    assert (level, message) == (ERROR, "Type not recognized, must be one of: registry, repository, or image")
    assert facts["type"] == "repository"
    assert str(facts["step"]).startswith("{Source:src.example/a Target:dst.example/b Type:repository Tags:{Allow:[x y]")


def test_an_image_that_fails_says_why_and_then_that_it_failed() -> None:
    def of(stage: Stage, detail: str = "") -> list[tuple[int, str, dict[str, object]]]:
        return shown(ImageFailed(STEP, NAMES["source"], NAMES["target"], stage, GONE, detail))

    error = {"error": str(GONE)}
    last = (ERROR, "Failed to sync", {**NAMES, **error})
    source, original = {"source": NAMES["source"]}, {"original": NAMES["target"]}
    assert of(Stage.SOURCE) == [(ERROR, "Failed parsing source", {**source, **error})]
    assert of(Stage.TARGET) == [(ERROR, "Failed parsing target", {"target": NAMES["target"], **error})]
    assert of(Stage.HEAD) == [(ERROR, "Failed to lookup source manifest", {**source, **error}), last]
    assert of(Stage.PLATFORM, "p") == [(WARN, "Could not parse platform", {"platform": "p", "err": str(GONE)}), last]
    assert of(Stage.INDEX) == [(ERROR, "Failed to get source manifest", {**source, **error}), last]
    facts: dict[str, object] = {"platform": "linux/arm64", "err": str(GONE), "platforms": "a, b"}
    assert of(Stage.PLATFORM_MISSING, "a, b") == [(WARN, "Platform could not be found in source manifest list", facts), last]
    assert of(Stage.RATE_LIMIT) == [(ERROR, "rate limit check failed", {**source, **error}), last]
    facts = {**original, "backup-template": "old", **error}
    assert of(Stage.BACKUP_TEMPLATE) == [(ERROR, "Failed to expand backup template", facts), last]
    facts = {**original, "template": "old", "backup": "x", **error}
    assert of(Stage.BACKUP_REFERENCE, "x") == [(ERROR, "Failed to parse backup reference", facts), last]
    assert of(Stage.COPY) == [(ERROR, "Failed to copy image", {**NAMES, **error}), last]


def test_a_repository_without_fitting_tags_shows_filters_and_tags() -> None:
    (record,) = records_of(NoTags(STEP, SRC, ("b", "c")))
    tags, sets, available = (record.facts[key] for key in ("tags", "tagSets", "available"))
    assert (record.level, record.message, record.facts["source"]) == (WARN, "No matching tags found", NAMES["source"])
    assert isinstance(tags, Twofold)
    assert isinstance(sets, Twofold)
    assert isinstance(available, Twofold)
    assert (tags.text, sets.text, available.text) == ("{Allow:[x y] Deny:[] SemverRange:[^1]}", "[]", "[b c]")
    assert tags.document == {"allow": ["x", "y"], "deny": None, "semverRange": ["^1"]}
    assert sets.document is None


def test_the_rest_of_what_happens_has_one_record_each() -> None:
    error = {"error": str(GONE)}
    assert shown(TargetTagsUnknown(STEP, DST, GONE)) == [
        (DEBUG, "Failed getting target tags", {"target": NAMES["target"], **error})
    ]
    facts = {"source": NAMES["source"], "source-remain": 3, "source-limit": 100, "step-min": 5, "sleep": "5m0s"}
    assert shown(RateLimitReached(STEP, SRC, 3, 100, 300.0)) == [(INFO, "Delaying for rate limit", facts)]
    facts = {"source": NAMES["source"], "source-remain": 30, "step-min": 5}
    assert shown(RateLimitPassed(STEP, SRC, 30)) == [(DEBUG, "Rate limit passed", facts)]
    both = {"original": NAMES["target"], "backup": NAMES["source"]}
    assert shown(BackupStarted(STEP, DST, SRC)) == [(INFO, "Saving backup", both)]
    assert shown(BackupFailed(STEP, DST, SRC, GONE)) == [
        (WARN, "Failed to backup existing image", {**both, "template": "old", **error})
    ]
    bad = InvalidReference("x")
    for side in ("Source", "Target"):
        assert shown(ReferrerPlaceInvalid(STEP, f"referrer{side}", "x", bad)) == [
            (ERROR, f"failed to parse referrer {side.lower()} reference", {f"referrer{side}": "x", "error": str(bad)})
        ]
    assert shown(CopyStarted(STEP, SRC, DST)) == [(DEBUG, "Image sync running", NAMES)]
    assert shown(Copied(STEP, SRC, DST, Descriptor("m", DIGEST, 1))) == [
        (DEBUG, "Image synced", {**NAMES, "digest": str(DIGEST)})
    ]
    assert shown(TargetNotClosed(DST, GONE)) == [(ERROR, "Error closing ref", {"ref": NAMES["target"], **error})]


def test_of_the_progress_of_a_copy_only_the_start_of_a_blob_is_a_record() -> None:
    layer = Event("blob", "sha256:x", State.STARTED, 0, 5)
    assert shown(CopyProgress(STEP, SRC, DST, layer)) == [(INFO, "Copy layer", {**NAMES, "layer": "sha256:x"})]
    for event in (Event("blob", "x", State.ACTIVE), Event("manifest", "x", State.STARTED), Planned(1, 1, 1), Warned("x")):
        assert shown(CopyProgress(STEP, SRC, DST, event)) == []


def test_the_last_line_counts_what_became_of_the_images() -> None:
    result = SyncResult(checked=9, skipped=5, pending=4, copied=3, failed=1)
    assert summary(result, only_checked=False) == LogRecord(
        INFO, "Sync finished", {"checked": 9, "copied": 3, "skipped": 5, "failed": 1}
    )
    assert summary(result, only_checked=True).facts == {"checked": 9, "skipped": 5, "needed": 4, "failed": 1}
    assert summary(SyncResult(complete=False), only_checked=False).message == "Sync ended early"


def test_durations_are_text_or_nanoseconds() -> None:
    value = seconds_shown(90.5)
    assert (value.text, value.document) == ("1m30.5s", 90_500_000_000)
