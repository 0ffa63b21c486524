"""``artifact list`` and ``artifact tree``: what refers to what."""

from __future__ import annotations

import pytest

from tests.claims import claims
from tests.fakes.console import Console
from tests.programs.regctl.conftest import Disk, Served

SBOM = "application/example.sbom"
COUNT = ("--format", "{{ len .Descriptors }}")
CREATED = "org.opencontainers.image.created"


def ranks(regctl: Console, *words: str) -> str:
    return regctl(
        "artifact", "list", *words, "--format", '{{ range .Descriptors }}{{ index .Annotations "rank" }}{{ end }}'
    ).out


@pytest.fixture
def subject(regctl: Console, disk: Disk) -> str:
    """An image with three referrers of different age and rank."""
    regctl("image", "copy", f"{disk.source}:single", f"{disk.target}:v1")
    for created, rank in ("2021", "3"), ("2023", "1"), ("2022", "2"):
        words = ("--annotation", f"{CREATED}={created}", "--annotation", f"rank={rank}", "--subject", f"{disk.target}:v1")
        assert 0 == regctl("artifact", "put", "--artifact-type", f"{SBOM}{rank}", *words, stdin=rank.encode()).code
    return f"{disk.target}:v1"


@claims("regctl artifact list --format")
def test_referrers_are_listed_with_their_subject(regctl: Console, disk: Disk) -> None:
    shown = regctl("artifact", "list", f"{disk.source}:single").out

    assert shown.startswith(f"Subject:        {disk.source}@{disk.digests['single']}\n")
    assert f"  ArtifactType: {SBOM}\n" in shown
    assert "2" == regctl("artifact", "list", f"{disk.source}:single", *COUNT).out
    assert '"manifests":[' in regctl("artifact", "list", f"{disk.source}:single", "--format", "body").out


def test_an_image_nobody_refers_to_has_an_empty_list(regctl: Console, disk: Disk) -> None:
    ended = regctl("artifact", "list", f"{disk.source}:v1")

    assert (0, "Referrers:", "") == (ended.code, ended.out.splitlines()[-1].strip(), ended.err)
    assert 1 == regctl("artifact", "list", f"{disk.source}:nothing").code


@claims("regctl artifact list --filter-annotation", "regctl artifact list --filter-artifact-type")
def test_filters_narrow_the_list(regctl: Console, subject: str) -> None:
    assert ("3", "1") == (
        regctl("artifact", "list", subject, *COUNT).out,
        regctl("artifact", "list", subject, *COUNT, "--filter-artifact-type", f"{SBOM}2").out,
    )
    assert "2" == ranks(regctl, subject, "--filter-annotation", "rank=2")
    assert "312" == ranks(regctl, subject, "--filter-annotation", "rank")
    assert "" == ranks(regctl, subject, "--filter-annotation", "other")


@claims("regctl artifact list --latest", "regctl artifact list --sort-annotation", "regctl artifact list --sort-desc")
def test_the_list_comes_in_the_order_asked_for(regctl: Console, subject: str) -> None:
    assert "312" == ranks(regctl, subject)
    assert "123" == ranks(regctl, subject, "--sort-annotation", "rank") == ranks(regctl, subject, "--latest")
    assert "321" == ranks(regctl, subject, "--sort-annotation", "rank", "--sort-desc")
    assert 1 == regctl("artifact", "list", subject, "--latest", "--sort-annotation", "rank").code


@claims("regctl artifact list --platform")
def test_the_referrers_of_one_platform_are_listed(regctl: Console, disk: Disk) -> None:
    reference = f"{disk.source}:v1"

    assert "0" == regctl("artifact", "list", reference, *COUNT).out
    assert "2" == regctl("artifact", "list", reference, *COUNT, "--platform", "linux/amd64").out
    assert 1 == regctl("artifact", "list", reference, "-p", "linux/s390x").code


@claims("regctl artifact list --external")
def test_referrers_are_listed_from_where_they_are_kept(regctl: Console, disk: Disk) -> None:
    reference = f"{disk.source}:v1"
    put = ("artifact", "put", "--artifact-type", SBOM, "--subject", reference, "--external", disk.target)
    assert 0 == regctl(*put, stdin=b"x").code

    assert "0" == regctl("artifact", "list", reference, *COUNT).out
    assert "1" == regctl("artifact", "list", reference, *COUNT, "--external", disk.target).out
    shown = regctl("artifact", "list", reference, "--external", disk.target).out
    assert f"Source:         {disk.target}\n" in shown
    assert f"  Name:         {disk.target}@sha256:" in shown


@claims("regctl artifact list --digest-tags")
def test_digest_tags_come_after_the_referrers(regctl: Console, disk: Disk) -> None:
    asked = ("artifact", "list", f"{disk.source}:single", *COUNT)
    template = ("--format", '{{ range .Descriptors }}{{ index .Annotations "org.opencontainers.image.ref.name" }}{{ end }}')

    assert ("2", "3") == (regctl(*asked).out, regctl(*asked, "--digest-tags").out)
    assert "1" == regctl(*asked, "--digest-tags", "--filter-artifact-type", "a/b").out
    tag = f"{disk.digests['single'].replace(':', '-')}.sig"
    assert tag == regctl("artifact", "list", f"{disk.source}:single", "--digest-tags", *template).out


def unlisted(regctl: Console, disk: Disk) -> str:
    """Return an image with a referrer that no list names."""
    regctl("image", "copy", f"{disk.source}:single", f"{disk.target}:v1")
    put = ("artifact", "put", "--artifact-type", SBOM, "--subject", f"{disk.target}:v1", f"{disk.target}:named")
    assert 0 == regctl(*put, stdin=b"x").code
    assert 0 == regctl("tag", "rm", f"{disk.target}:{disk.digests['single'].replace(':', '-')}").code
    return f"{disk.target}:v1"


@claims("regctl artifact list --slow-referrers", "regctl artifact tree --slow-referrers")
def test_referrers_that_no_list_names_are_found_by_reading_everything(regctl: Console, disk: Disk) -> None:
    reference = unlisted(regctl, disk)

    assert ("0", "1") == tuple(
        regctl("artifact", "list", reference, *COUNT, *flags).out for flags in ((), ("--slow-referrers",))
    )
    assert "Referrers" not in regctl("artifact", "tree", reference).out
    assert f": {SBOM}\n" in regctl("artifact", "tree", reference, "--slow-referrers").out


@claims("regctl artifact tree --format")
def test_a_tree_shows_platforms_and_what_refers_to_them(regctl: Console, disk: Disk) -> None:
    lines = regctl("artifact", "tree", f"{disk.source}:v1").out.splitlines()

    assert [f"Ref: {disk.source}:v1", f"Digest: {disk.digests['multi']}", "Children:"] == lines[:3]
    assert [f"  - {disk.digests['amd64']} [linux/amd64]", "    Referrers:", f"      - {disk.digests['sbom']}: {SBOM}"] == lines[
        3:6
    ]
    assert "3 0" == regctl("artifact", "tree", f"{disk.source}:v1", "--format", "{{ len .Child }} {{ len .Referrer }}").out


@claims("regctl artifact tree --filter-artifact-type", "regctl artifact tree --filter-annotation")
def test_filters_narrow_the_referrers_of_a_tree(regctl: Console, disk: Disk) -> None:
    asked = ("artifact", "tree", f"{disk.source}:single", "--format", "{{ len .Referrer }}")

    assert "2" == regctl(*asked).out
    assert "1" == regctl(*asked, "--filter-artifact-type", SBOM).out
    assert "0" == regctl(*asked, "--filter-annotation", "nothing").out


@claims("regctl artifact tree --digest-tags")
def test_a_tree_shows_digest_tags_when_asked_for(regctl: Console, disk: Disk) -> None:
    asked = ("artifact", "tree", f"{disk.source}:single")
    tag = f"{disk.digests['single'].replace(':', '-')}.sig"

    assert tag not in regctl(*asked).out
    assert f"  - {disk.digests['cosign']}: {tag}\n" in regctl(*asked, "--digest-tags").out


@claims("regctl artifact tree --external")
def test_a_tree_finds_referrers_that_are_kept_elsewhere(regctl: Console, disk: Disk) -> None:
    asked = ("artifact", "tree", f"{disk.source}:docker-single")
    put = ("artifact", "put", "--artifact-type", SBOM, "--subject", f"{disk.source}:docker-single", "--external", disk.target)
    assert 0 == regctl(*put, stdin=b"x").code

    assert "Referrers" not in regctl(*asked).out
    assert SBOM in regctl(*asked, "--external", disk.target).out


def test_a_loop_is_drawn_as_far_as_it_goes_and_fails(regctl: Console, disk: Disk) -> None:
    single = disk.digests["single"]
    entry = f'{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{single}","size":2}}'
    raw = f'{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{entry}]}}'
    assert 0 == regctl("manifest", "put", f"{disk.source}:{single.replace(':', '-')}", stdin=raw.encode()).code
    ended = regctl("artifact", "tree", f"{disk.source}:single")

    assert (1, f"loop encountered at {single}\n") == (ended.code, ended.err)
    assert f"Referrers:\n  - {single}\n" in ended.out


def test_the_tree_of_nothing_is_an_error(regctl: Console, disk: Disk) -> None:
    ended = regctl("artifact", "tree", f"{disk.source}:nothing")

    assert (1, "") == (ended.code, ended.out)


def test_lists_and_trees_are_the_same_on_a_registry(served: Served) -> None:
    reference = f"{served.address}/app:v1"
    assert 0 == served("artifact", "put", "--artifact-type", "a/b", reference, stdin=b"1").code
    assert 0 == served("artifact", "put", "--artifact-type", SBOM, "--subject", reference, stdin=b"2").code

    assert "1" == served("artifact", "list", reference, *COUNT).out
    assert "" == served("artifact", "list", reference, "--format", "headers").out
    assert f": {SBOM}\n" in served("artifact", "tree", reference).out
