from __future__ import annotations

import pytest

from regclient.cli.complete import references
from regclient.kit.flags.grammar import parse
from regclient.regctl.app import ROOT
from tests.fakes import images
from tests.fakes.registry import FakeRegistry


def test_tags_of_the_repository_typed_so_far_are_offered() -> None:
    registry = FakeRegistry()
    for tag in ("v2", "v1", "x"):
        images.image(registry.repository("app"), tag)
    with registry.serve() as address:
        parsed = parse(ROOT, ["--host", f"reg={address},tls=disabled", "image", "digest"])

        assert [f"{address}/app:v1", f"{address}/app:v2"] == references(parsed, f"{address}/app:v")


@pytest.mark.parametrize(
    "typed", ["", "alpine", "alpine:3", "localhost:50", "host/app", "host:5000/app", "a/b:c@sha256", "///:x"]
)
def test_nothing_is_asked_where_no_repository_is_named(typed: str) -> None:
    assert [] == references(parse(ROOT, ["image", "digest"]), typed)


def test_no_more_references_are_offered_than_the_command_takes() -> None:
    assert [] == references(parse(ROOT, ["image", "digest", "a"]), "ocidir://x/y:")


def test_what_cannot_be_listed_offers_nothing() -> None:
    assert [] == references(parse(ROOT, ["image", "digest"]), "ocidir://not/there:")
