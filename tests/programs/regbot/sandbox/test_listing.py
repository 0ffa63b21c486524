"""``repo`` and ``tag``: lists, pages of them, and deleting a tag."""

from __future__ import annotations

import pytest

from regclient.cli.logs import DEBUG
from regclient.regbot.sandbox.calls import CallFailed
from tests.claims import claims
from tests.fakes import images
from tests.fakes.bot import APP, Bench


@pytest.fixture
def bench() -> Bench:
    bench = Bench(level=DEBUG)
    for tag in ("a", "b", "c"):
        images.image(bench.registry.repository("app"), tag)
    images.image(bench.registry.repository("other"), "v1")
    return bench


@claims("lua repo.ls")
def test_repositories_are_listed_in_pages(bench: Bench) -> None:
    assert ("app", "other") == bench.one("repo.ls", "registry.example")
    assert ("app",) == bench.one("repo.ls", "registry.example", {"limit": 1})
    assert ("other",) == bench.one("repo.ls", "registry.example", {"limit": 5, "last": "app", "odd": True})
    assert 'msg="Listing repositories" script=test host=registry.example opts="{Limit:5 Last:app}"' in bench.log
    with pytest.raises(CallFailed, match=r"Expected registry name"):
        bench.call("repo.ls", 5)
    with pytest.raises(CallFailed, match=r"^Failed retrieving repo list: "):
        bench.call("repo.ls", "registry.example/app")


@claims("lua tag.ls")
def test_tags_are_listed_whatever_the_options_hold(bench: Bench) -> None:
    assert ("a", "b", "c") == bench.one("tag.ls", APP)
    assert ("a", "b", "c") == bench.one("tag.ls", APP, {"limit": "one", "last": 5, "typo": 1})
    assert ("b", "c") == bench.one("tag.ls", APP, {"last": "a"})
    assert ("a", "b") == bench.one("tag.ls", APP, {"limit": 2})
    with pytest.raises(CallFailed, match=r"table expected, got nil"):
        bench.call("tag.ls", APP, None)
    with pytest.raises(CallFailed, match=r"^Failed retrieving tag list: .*none"):
        bench.call("tag.ls", "registry.example/none")


@claims("lua tag.delete")
def test_a_tag_is_deleted_and_the_image_under_other_tags_is_not(bench: Bench) -> None:
    assert () == bench.call("tag.delete", f"{APP}:a")

    assert ("b", "c") == bench.one("tag.ls", APP)
    assert 'msg="Delete tag" script=test image=registry.example/app:a dry-run=false' in bench.log
    with pytest.raises(CallFailed, match=r'^Failed deleting "registry.example/app:a": '):
        bench.call("tag.delete", f"{APP}:a")


def test_a_dry_run_deletes_nothing() -> None:
    bench = Bench(dry_run=True)
    images.image(bench.registry.repository("app"), "a")

    bench.call("tag.delete", f"{APP}:a")

    assert ("a",) == bench.one("tag.ls", APP)
    assert [f"delete tag {APP}:a"] == bench.session.intended
    assert "dry-run=true" in bench.log
