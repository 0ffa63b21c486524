from __future__ import annotations

import pytest

from regclient.model.image import ImageManifest
from tests.claims import claims
from tests.fakes import images
from tests.fakes.console import Console
from tests.fakes.crowd import Crowd, at_once, crowded
from tests.fakes.registry import FakeRegistry
from tests.programs.regctl.conftest import Served
from tests.tables import table


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


@table("host", ["a/b", "", "short", "ocidir://x"])
def test_what_is_no_registry_is_refused(regctl: Console, host: str) -> None:
    ended = regctl("repo", "ls", host)

    assert (1, "") == (ended.code, ended.out)
    assert ended.err


def test_a_path_is_named_in_the_log(regctl: Console) -> None:
    assert 'level=ERROR msg="Hostname invalid" host=a/b' in regctl("repo", "ls", "a/b").err


@pytest.fixture
def tagged(served: Served) -> Served:
    for tag in ("v1", "v2", "x"):
        images.image(served.registry.repository("a"), tag, seed=tag)
    images.artifact(served.registry.repository("a"), served.registry.repository("a").get_manifest("v1"))
    return served


def copied(served: Served, *words: str) -> tuple[str, ...]:
    """Copy the repository to one that is not there yet and return its tags."""
    assert (0, "", "") == served("repo", "copy", f"{served.address}/a", f"{served.address}/new", *words)
    return served.registry.repository("new").tags().tags


@claims("regctl repo copy --include", "regctl repo copy --exclude")
@pytest.mark.parametrize(
    ("words", "tags"),
    [
        ((), ("v1", "v2", "x")),
        (("--include", "v."), ("v1", "v2")),
        (("--exclude", "v1", "--exclude", "x"), ("v2",)),
        (("--include", "x|2"), ("v2", "x")),
    ],
)
def test_tags_are_chosen_by_regular_expressions(tagged: Served, words: tuple[str, ...], tags: tuple[str, ...]) -> None:
    assert tags == copied(tagged, *words)


@claims("regctl repo copy --new-tags")
def test_a_tag_that_is_there_can_stay_as_it_is(tagged: Served) -> None:
    mine = images.image(tagged.registry.repository("new"), "v1", seed="mine")

    assert ("v1", "v2", "x") == copied(tagged, "--new-tags")
    assert mine.digest == tagged.registry.repository("new").resolve("v1").digest
    copied(tagged)
    assert mine.digest != tagged.registry.repository("new").resolve("v1").digest


@claims("regctl repo copy --referrers")
def test_referrers_come_along_when_asked_for(tagged: Served) -> None:
    subject = tagged.registry.repository("a").resolve("v1").digest
    copied(tagged)
    assert not tagged.registry.repository("new").referrers(subject).descriptors
    copied(tagged, "--referrers")
    assert 1 == len(tagged.registry.repository("new").referrers(subject).descriptors)


@claims("regctl repo copy --concurrent")
def test_as_many_tags_are_copied_at_once_as_are_said() -> None:
    for count in (1, 3):
        registry, crowd = FakeRegistry(), Crowd(count)
        for tag in "abcd":
            images.image(registry.repository("a"), tag, seed=tag, layers=1)
        crowded(registry, "PUT", "/new/manifests/", crowd)
        with registry.serve() as address:
            served = Served(registry, address)
            assert ("a", "b", "c", "d") == copied(served, "--concurrent", str(count))
        assert count == crowd.most == at_once(registry, "GET /v2/a/manifests/")


def test_any_number_of_tags_at_once_is_allowed_and_nothing_else(tagged: Served) -> None:
    """One at a time, a failure leaves what comes later alone."""
    source = tagged.registry.repository("a")
    broken = source.get_manifest("v1")
    assert isinstance(broken, ImageManifest)
    source.delete_blob(broken.config.digest)
    words = ("repo", "copy", f"{tagged.address}/a", f"{tagged.address}/new", "--concurrent")

    assert 1 == tagged(*words, "1").code
    assert not [address for _, address in tagged.registry.ledger if address.endswith("a/manifests/v2")]
    assert 1 == tagged(*words, "x").code
    assert ("v2", "x") == copied(tagged, "--exclude", "v1", "--concurrent", "-1")


def test_a_pattern_is_checked_before_anything_is_asked(tagged: Served) -> None:
    tagged.registry.forget()

    assert 1 == tagged("repo", "copy", f"{tagged.address}/a", f"{tagged.address}/new", "--include", "(").code
    assert not tagged.registry.counts()
