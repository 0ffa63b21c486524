from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from regclient.cli.complete import references, registries
from regclient.kit.flags.complete import NO_FILES, complete
from regclient.kit.flags.grammar import parse
from regclient.regctl.app import ROOT
from tests.fakes import images
from tests.fakes.registry import FakeRegistry
from tests.tables import table


def test_tags_of_the_repository_typed_so_far_are_offered() -> None:
    registry = FakeRegistry()
    for tag in ("v2", "v1", "x"):
        images.image(registry.repository("app"), tag)
    with registry.serve() as address:
        parsed = parse(ROOT, ["--host", f"reg={address},tls=disabled", "image", "digest"])

        assert [f"{address}/app:v1", f"{address}/app:v2"] == references(parsed, f"{address}/app:v")


@table("typed", ["", "alpine", "alpine:3", "localhost:50", "host/app", "host:5000/app", "a/b:c@sha256", "///:x"])
def test_nothing_is_asked_where_no_repository_is_named(typed: str) -> None:
    assert [] == references(parse(ROOT, ["image", "digest"]), typed)


def test_no_more_references_are_offered_than_the_command_takes() -> None:
    assert [] == references(parse(ROOT, ["image", "digest", "a"]), "ocidir://x/y:")


def test_what_cannot_be_listed_offers_nothing() -> None:
    assert [] == references(parse(ROOT, ["image", "digest"]), "ocidir://not/there:")


def test_registries_that_were_set_up_are_offered(tmp_path: Path) -> None:
    hosts = {name: {"user": "u"} for name in ("b.example", "a.example", "docker.io")}
    (tmp_path / ".regctl").mkdir()
    (tmp_path / ".regctl" / "config.json").write_text(json.dumps({"hosts": hosts}))
    os.environ["HOME"] = str(tmp_path)

    assert ["a.example", "b.example", "docker.io"] == registries(parse(ROOT, ["registry", "login"]), "")
    assert ["b.example"] == registries(parse(ROOT, ["repo", "ls"]), "b")
    assert [] == registries(parse(ROOT, ["registry", "logout", "a.example"]), "")


@pytest.mark.parametrize("content", [None, "{", "[]"])
def test_settings_that_cannot_be_read_offer_no_registries(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    os.environ["REGCTL_CONFIG"] = str(tmp_path / "config.json")

    assert [] == registries(parse(ROOT, ["registry", "whoami"]), "")


@pytest.mark.parametrize("command", ["config", "login", "logout", "set", "whoami"])
def test_each_command_about_a_registry_completes_its_name(tmp_path: Path, command: str) -> None:
    (tmp_path / "config.json").write_text('{"hosts": {"a.example": {"user": "u"}}}')
    os.environ["REGCTL_CONFIG"] = str(tmp_path / "config.json")

    assert (["a.example"], NO_FILES) == complete(ROOT, ["registry", command, "a"])
