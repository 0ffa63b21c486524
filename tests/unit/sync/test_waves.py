"""Tests for which steps wait for which."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from regclient.hosts import HostBook, HostSettings
from regclient.sync.config import SyncStep
from regclient.sync.waves import waves


def step(source: str, target: str, kind: str = "repository") -> SyncStep:
    return SyncStep(source, target, kind)


def image(source: str, target: str, backup: str = "") -> SyncStep:
    return SyncStep(source, target, "image", backup=backup)


def depths(*steps: SyncStep, hosts: HostBook | None = None) -> list[int]:
    """Return the wave of each step."""
    found = waves(steps, hosts)
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


def test_what_a_digest_names_may_have_come_with_any_tag() -> None:
    one, pinned = image("a.io/x:1", "m.io/x:1"), f"m.io/x@sha256:{'0' * 64}"

    assert [0, 1] == depths(one, image(pinned, "n.io/x"))
    assert [0, 1] == depths(one, image(pinned.replace("@", ":2@"), "n.io/x"))
    assert [0, 1] == depths(image(pinned, "n.io/x"), one)
    assert [0, 0] == depths(image(pinned, "n.io/x"), image(pinned, "o.io/x"))


def test_a_layout_is_the_same_under_each_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "lay").mkdir()
    (tmp_path / "alias").symlink_to("lay")
    relative = os.path.relpath(tmp_path / "lay")
    fill = image("a.io/x:1", f"ocidir://{tmp_path}/lay:1")

    for name in (relative, f"{tmp_path}/alias", f"{tmp_path}/no/../lay"):
        assert [0, 1] == depths(fill, image(f"ocidir://{name}:1", "b.io/x"))
        assert [0, 1] == depths(fill, step(f"ocidir://{name}", "b.io/x"))
    assert [0, 0] == depths(fill, image(f"ocidir://{tmp_path}/lay2:1", "b.io/x"))
    assert [0, 1] == depths(fill, step(f"ocidir://{tmp_path}", "b.io", "registry"))
    assert [0, 1] == depths(fill, step("ocidir:///", "b.io", "registry"))


def test_a_registry_is_the_same_under_each_of_its_names() -> None:
    hosts = HostBook([HostSettings("cache.io", hostname="m.io", path_prefix="hub"), HostSettings("other.io", hostname="m.io")])

    assert [0, 1] == depths(image("a.io/x", "m.io/x"), image("other.io/x", "n.io/x"), hosts=hosts)
    assert [0, 1] == depths(image("a.io/x", "m.io/hub/x"), image("cache.io/x", "n.io/x"), hosts=hosts)
    assert [0, 0] == depths(image("a.io/x", "m.io/x"), image("cache.io/x", "n.io/x"), hosts=hosts)
    assert [0, 1] == depths(image("a.io/x", "m.io/hub/x"), step("cache.io", "n.io", "registry"), hosts=hosts)
    assert [0, 1] == depths(image("a.io/x", "m.io/x"), image("M.io:443/x", "n.io/x"))
    assert [0, 0] == depths(image("a.io/x", "m.io/x"), image("m.io:5000/x", "n.io/x"))
    assert [0, 1] == depths(image("a.io/x", "docker.io/library/x"), image("index.docker.io/x", "n.io/x"))
    assert [0, 1] == depths(image("a.io/x", "team/x"), step("docker.io/team", "n.io", "registry"))
    assert [0, 1] == depths(step("a.io", "team", "registry"), image("docker.io/team/x", "n.io/x"))


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
    assert [0, 0] == depths(replace(kept, target="?", backup="old"), replace(kept, target="?", backup="old"))


def test_what_belongs_to_an_image_is_written_beside_its_tag() -> None:
    signature = f"m.io/x:sha256-{'0' * 64}.sig"
    for plain in (SyncStep("", "", "image", digest_tags=True), SyncStep("", "", "image", referrers=True)):
        one = replace(plain, source="a.io/x:1", target="m.io/x:1")
        two = replace(plain, source="a.io/x:2", target="m.io/x:2")
        reader = replace(plain, source="m.io/x:2", target="n.io/x:2")

        assert [0, 1] == depths(one, image(signature, "n.io/x:1"))
        assert [0, 1] == depths(one, image(f"m.io/x@sha256:{'0' * 64}", "n.io/x:1"))
        assert [0, 1] == depths(one, reader)
        assert [0, 1] == depths(image("b.io/x:1", signature), reader)
        assert [0, 0] == depths(one, image("m.io/x:2", "n.io/x:2"))
        # What two images of one repository have in common is the same, whoever brings it.
        assert [0, 0] == depths(one, two)
        assert [0, 1] == depths(one, replace(two, source="b.io/x:2"))


def test_a_backup_is_as_far_as_its_template_says_without_being_run() -> None:
    """The names where a step that reads them has to wait, and those where it has not."""
    read, free = [0, 1], [0, 0]
    for backup, where, expected in (
        ("old-{{.Ref.Tag}}", "m.io/x:old-1", read),
        (" old-{{ .Ref.Tag }} ", "m.io/x:2", free),
        ('{{ .Ref.Tag }}-{{ time.Now.Format "20060102" }}', "m.io/x:2", read),
        ('{{ .Ref.Tag }}-{{ time.Now.Format "20060102" }}', "m.io/y:2", free),
        ("{{.Ref.Registry}}/old/{{.Ref.Repository}}:{{.Ref.Tag}}", "m.io/old/x:1", read),
        ("{{.Ref.Registry}}/old/{{.Ref.Repository}}:{{.Ref.Tag}}", "m.io/old/y:1", free),
        ("k.io/b:{{ printf .Ref.Tag }}", "k.io/b:2", read),
        ("k.io/b:{{ printf .Ref.Tag }}", "k.io/c:2", free),
        ("k.io:5000/old/{{ .Sync.Type }}:1", "k.io:5000/old/image:2", read),
        ("k.io:5000/old/{{ .Sync.Type }}:1", "k.io:5000/new:2", free),
        ("team/{{ .Sync.Type }}:1", "docker.io/team/x:2", read),
        ("ocidir://old-{{ .Sync.Type }}", "ocidir://elsewhere:1", read),
        ("ocidir://old-{{ .Sync.Type }}", "m.io/y:1", free),
        ("ocidir://old:{{ .Sync.Type }}", "ocidir://elsewhere:1", free),
        ("old-{{ .Sync.Source }}", "z.io/y:1", read),
        ("{{ .Sync.Target }}-old", "ocidir://z", read),
        ("b ad/{{ .Sync.Type }}", "z.io/y:1", read),
        ("{{/* none */}}", "z.io/y:1", read),
        ("k.io/b", "k.io/b:latest", read),
    ):
        assert (backup, where, expected) == (
            backup,
            where,
            depths(image("a.io/x:1", "m.io/x:1", backup), image(where, "n.io/x:1")),
        )


def test_a_backup_of_many_images_is_told_by_their_repository() -> None:
    kept = replace(step("a.io/x", "m.io/x"), backup="k.io/{{ .Ref.Repository }}:{{ .Ref.Tag }}")
    everything = replace(step("a.io", "m.io", "registry"), backup="old-{{ .Ref.Tag }}")

    assert [0, 1] == depths(kept, image("k.io/x:3", "n.io/x"))
    assert [0, 0] == depths(kept, image("k.io/y:3", "n.io/x"))
    assert [0, 1] == depths(everything, image("m.io/y:old-3", "n.io/x"))
    assert [0, 0] == depths(everything, image("k.io/y:old-3", "n.io/x"))
    assert [0, 1] == depths(replace(everything, backup="{{ .Ref.Registry }}/old"), image("k.io/y:old-3", "n.io/x"))
