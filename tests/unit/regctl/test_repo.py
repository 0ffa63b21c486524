from __future__ import annotations

import pytest

from tests.claims import claims
from tests.fakes import images
from tests.fakes.console import Console
from tests.unit.regctl.conftest import Served


@pytest.fixture
def filled(served: Served) -> Served:
    for name in ("a", "b/c", "d"):
        images.image(served.registry.repository(name), "v1")
    return served


@claims("regctl repo ls --limit", "regctl repo ls --last")
def test_repositories_are_listed_a_page_at_a_time(filled: Served) -> None:
    asked = ("repo", "ls", filled.address)

    assert (0, "a\nb/c\nd\n", "") == filled(*asked)
    assert "a\n" == filled(*asked, "--limit", "1").out
    assert "d\n" == filled(*asked, "--last", "b/c").out


@claims("regctl repo ls --format")
def test_a_template_sees_the_repositories(filled: Served) -> None:
    asked = ("repo", "ls", filled.address, "--format")

    assert "3 a" == filled(*asked, "{{ len .Repositories }} {{ index .Repositories 0 }}").out
    assert '"repositories"' in filled(*asked, "body").out
    assert "Content-Type: application/json" in filled(*asked, "raw").out


@pytest.mark.parametrize("host", ["a/b", "", "short", "ocidir://x"])
def test_what_is_no_registry_is_refused(regctl: Console, host: str) -> None:
    ended = regctl("repo", "ls", host)

    assert (1, "") == (ended.code, ended.out)
    assert ended.err


def test_a_path_is_named_in_the_log(regctl: Console) -> None:
    assert 'level=ERROR msg="Hostname invalid" host=a/b' in regctl("repo", "ls", "a/b").err
