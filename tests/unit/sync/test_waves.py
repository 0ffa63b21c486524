"""Tests for which steps wait for which."""

from __future__ import annotations

from dataclasses import replace

from regclient.sync.config import SyncStep
from regclient.sync.waves import waves


def step(source: str, target: str, kind: str = "repository") -> SyncStep:
    return SyncStep(source, target, kind)


def depths(*steps: SyncStep) -> list[int]:
    """Return the wave of each step."""
    found = waves(steps)
    return [next(number for number, wave in enumerate(found) if any(one is other for other in wave)) for one in steps]


def test_nothing_is_no_wave() -> None:
    assert [] == waves([])


def test_unrelated_steps_are_one_wave_in_their_order() -> None:
    steps = [step("a.io/x", "m.io/x"), step("a.io/x", "m.io/y"), step("a.io/z:1", "m.io/z:1", "image"), step("?", "?")]

    assert [steps] == waves(steps)


def test_what_reads_waits_for_what_writes_and_that_for_earlier_readers() -> None:
    fill, drain, again = step("a.io/x", "ocidir://lay"), step("ocidir://./lay", "b.io/x"), step("a.io/y", "ocidir://lay")

    assert [0, 1, 2] == depths(fill, drain, again)
    assert [0, 0] == depths(step("a.io/x", "m.io/x"), step("a.io/x", "n.io/x"))
    assert [0, 1] == depths(step("a.io/x", "m.io/x"), step("b.io/x", "m.io/x"))
    assert [0, 1, 2] == depths(step("a.io/x", "b.io/x"), step("b.io/x", "c.io/x"), step("c.io/x", "d.io/x"))


def test_images_of_one_repository_meet_in_their_tag_only() -> None:
    one, two = step("a.io/x:1", "m.io/x:1", "image"), step("a.io/x:2", "m.io/x:2", "image")

    assert [0, 0] == depths(one, two)
    assert [0, 1] == depths(one, step("b.io/x:1", "m.io/x:1", "image"))
    assert [0, 1] == depths(one, step("a.io/x", "m.io/x"))
    assert [0, 1] == depths(step("a.io/x", "m.io/x", "image"), step("b.io/y", "m.io/x:latest", "image"))
    assert [0, 1] == depths(one, step("m.io/x:1", "n.io/x:1", "image"))
    pinned = f"m.io/x@sha256:{'0' * 64}"
    assert [0, 0] == depths(one, step(pinned, "n.io/x", "image"))


def test_a_registry_is_everything_in_it() -> None:
    assert [0, 1] == depths(step("a.io/x", "m.io/team/x"), step("m.io", "n.io", "registry"))
    assert [0, 1] == depths(step("a.io", "m.io/team", "registry"), step("m.io/team/x", "n.io/x"))
    assert [0, 0] == depths(step("a.io", "m.io/team", "registry"), step("m.io/teams/x", "n.io/x"))
    assert [0, 1] == depths(step("a.io", "ocidir:///d", "registry"), step("ocidir:///d/x", "n.io/x"))
    assert [0, 0] == depths(step("a b", "m.io", "registry"), step("m.io:bad:bad", "c.io", "registry"))


def test_referrers_and_backups_are_places_too() -> None:
    signed = replace(step("a.io/x", "m.io/x"), referrers=True, referrer_target="m.io/sigs")
    reads = replace(step("b.io/x", "n.io/x"), referrers=True, referrer_source="m.io/sigs")
    kept = replace(step("a.io/x:1", "m.io/x:1", "image"), backup="old")

    assert [0, 1] == depths(signed, reads)
    assert [0, 0] == depths(replace(signed, referrers=False), reads)
    assert [0, 1] == depths(kept, step("m.io/x:old", "n.io/x:1", "image"))
    assert [0, 1] == depths(kept, replace(kept, source="a.io/x:2", target="m.io/x:2"))
    assert [0, 1] == depths(replace(kept, backup="k.io/b:{{.Ref.Tag}}"), step("k.io/b", "n.io/b"))
    assert [0, 0] == depths(replace(kept, backup="old-{{.Ref.Tag}}"), step("m.io/x:2", "n.io/x:2", "image"))
    assert [0, 0] == depths(replace(kept, target="?", backup="old"), replace(kept, target="?", backup="old"))
