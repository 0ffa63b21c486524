"""Tests for the values of a sync and what its steps take over; facts from ``regsync config`` of the Go program."""

from __future__ import annotations

from dataclasses import fields, replace

from regclient.sync.config import (
    MEDIA_TYPES,
    SHORTEST_RETRY,
    Hook,
    Hooks,
    ReferrerFilter,
    SyncConfig,
    SyncDefaults,
    SyncRateLimit,
    SyncStep,
    TagFilter,
    settled,
    with_defaults,
)

STEP = SyncStep("a", "b", "image")
FILTERS = (ReferrerFilter("application/sbom"),)
HOOK = Hook("exec", ("true",))
FULL = SyncDefaults(
    backup="old",
    interval=60.0,
    rate_limit=SyncRateLimit(40, 1200.0),
    digest_tags=True,
    referrers=True,
    referrer_filters=FILTERS,
    referrer_source="r/s",
    referrer_target="r/t",
    referrer_slow=True,
    fast_check=True,
    force_recursive=True,
    include_external=True,
    media_types=("x/y",),
    hooks=Hooks(pre=HOOK),
)


def test_an_empty_step_takes_over_every_default() -> None:
    found = with_defaults(STEP, FULL)

    names = {field.name for field in fields(SyncDefaults)} - {"parallel"}
    assert {name: getattr(FULL, name) for name in names} == {name: getattr(found, name) for name in names}


def test_what_a_step_says_itself_stays() -> None:
    own = replace(
        STEP,
        backup="mine",
        interval=5.0,
        rate_limit=SyncRateLimit(-1, 900.0),
        digest_tags=False,
        referrers=False,
        referrer_filters=(),
        referrer_source="m/s",
        referrer_target="m/t",
        referrer_slow=False,
        fast_check=False,
        force_recursive=False,
        include_external=False,
        media_types=("m/y",),
        hooks=Hooks(Hook(), Hook("a"), Hook("b")),
    )

    assert own == with_defaults(own, FULL)


def test_nothing_said_anywhere_is_false_and_the_usual_media_types() -> None:
    found = with_defaults(STEP, SyncDefaults())

    assert (False, False, False, False, False, False) == (
        found.digest_tags,
        found.referrers,
        found.referrer_slow,
        found.fast_check,
        found.force_recursive,
        found.include_external,
    )
    assert (MEDIA_TYPES, (), "", 0.0) == (found.media_types, found.referrer_filters, found.schedule, found.interval)


def test_a_default_schedule_beats_a_default_interval_and_neither_beats_the_step() -> None:
    both = SyncDefaults(schedule="1 2 * * *", interval=300.0)
    table = {
        (replace(STEP), both): ("1 2 * * *", 0.0),
        (replace(STEP, interval=180.0), both): ("", 180.0),
        (replace(STEP, schedule="5 5 * * *"), both): ("5 5 * * *", 0.0),
        (replace(STEP, schedule="5 5 * * *"), SyncDefaults(interval=300.0)): ("5 5 * * *", 0.0),
        (replace(STEP), SyncDefaults(interval=300.0)): ("", 300.0),
    }

    for (step, defaults), expected in table.items():
        found = with_defaults(step, defaults)
        assert expected == (found.schedule, found.interval)


def test_no_wait_for_a_rate_limit_is_shorter_than_five_minutes() -> None:
    steps = [
        replace(STEP, rate_limit=SyncRateLimit(low, retry)) for low, retry in ((0, 0.0), (5, 60.0), (-1, 900.0), (0, -3.0))
    ]
    found = settled(SyncConfig(tuple(steps), SyncDefaults(rate_limit=SyncRateLimit(40, 10.0))))

    assert SyncRateLimit(40, SHORTEST_RETRY) == found.defaults.rate_limit
    assert [(40, 300.0), (5, 300.0), (-1, 900.0), (40, 300.0)] == [(s.rate_limit.min, s.rate_limit.retry) for s in found.steps]


def test_settling_twice_changes_nothing() -> None:
    once = settled(SyncConfig((STEP, replace(STEP, schedule="@daily")), FULL))

    assert once == settled(once)


def test_the_filters_are_the_sets_and_then_the_tags_unless_these_are_empty() -> None:
    latest, versions = TagFilter(allow=("latest",)), TagFilter(semver_range=(">=1",))

    assert () == STEP.filters
    assert (TagFilter(),) == replace(STEP, tag_sets=(TagFilter(),)).filters
    assert (versions, latest) == replace(STEP, tags=latest, tag_sets=(versions,)).filters
