from __future__ import annotations

import pytest

from tests.claims import claims
from tests.fakes import images
from tests.fakes.console import Console
from tests.programs.regctl.conftest import Disk, Served


def test_tags_are_listed_by_name_one_a_line(regctl: Console, disk: Disk) -> None:
    ended = regctl("tag", "ls", disk.source)
    tags = ended.out.splitlines()

    assert (0, "", sorted(tags)) == (ended.code, ended.err, tags)
    assert "v1" in tags


@claims("regctl tag ls --include", "regctl tag ls --exclude")
def test_patterns_choose_tags(regctl: Console, disk: Disk) -> None:
    assert "v1\n" == regctl("tag", "ls", disk.source, "--include", "v.*").out
    assert "sha256-" not in regctl("tag", "ls", disk.source, "--exclude", "sha256-.*").out
    assert "sha256-" in regctl("tag", "ls", disk.source).out
    assert "" == regctl("tag", "ls", disk.source, "--include", "v.*", "--exclude", "v1").out


def test_a_pattern_is_read_before_anything_is_asked(regctl: Console) -> None:
    ended = regctl("tag", "ls", "ocidir://nothing", "--include", "[")

    assert 1 == ended.code
    assert "regular expression" in ended.err


@claims("regctl tag ls --format")
def test_a_template_sees_the_chosen_tags_and_raw_words_all(regctl: Console, disk: Disk) -> None:
    asked = ("tag", "ls", disk.source, "--include", "v1")

    assert "1" == regctl(*asked, "--format", "{{ len .Tags }}").out
    assert "application/vnd.oci.image.index.v1+json" in regctl(*asked, "--format", "raw").out
    assert "multi" in regctl(*asked, "--format", "body").out


@claims("regctl tag ls --limit", "regctl tag ls --last")
def test_a_registry_is_asked_for_a_page(served: Served) -> None:
    repository = served.registry.repository("app")
    for tag in ("a", "b", "c", "d"):
        images.image(repository, tag)
    asked = ("tag", "ls", f"{served.address}/app")

    assert "a\nb\nc\nd\n" == served(*asked).out
    assert "a\nb\n" == served(*asked, "--limit", "2").out
    assert "c\nd\n" == served(*asked, "--last", "b").out


def test_a_layout_ignores_pages(regctl: Console, disk: Disk) -> None:
    assert regctl("tag", "ls", disk.source).out == regctl("tag", "ls", disk.source, "--limit", "1", "--last", "v").out


@claims("regctl tag delete --ignore-missing")
def test_a_tag_is_deleted_and_nothing_else(regctl: Console, disk: Disk) -> None:
    for tag in ("v1", "v2"):
        regctl("image", "copy", f"{disk.source}:single", f"{disk.target}:{tag}")

    assert (0, "", "") == regctl("tag", "delete", f"{disk.target}:v1")
    assert "v2\n" == regctl("tag", "ls", disk.target).out
    assert disk.holds("single")
    assert 1 == regctl("tag", "delete", f"{disk.target}:v1").code
    assert (0, "", "") == regctl("tag", "delete", f"{disk.target}:v1", "--ignore-missing")


@pytest.mark.parametrize("suffix", ["", "@sha256:" + "0" * 64])
def test_a_delete_without_a_tag_is_refused(regctl: Console, disk: Disk, suffix: str) -> None:
    ended = regctl("tag", "delete", f"{disk.source}{suffix}")

    assert (1, "", "tag missing") == (ended.code, ended.out, ended.err[:11])


def test_a_scheme_that_does_not_fit_is_not_forgiven(regctl: Console, plain: str) -> None:
    assert 1 == regctl("tag", "delete", f"{plain}/app:v1", "--ignore-missing").code
