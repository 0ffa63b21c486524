"""What a client knows and opens, without its verbs (those are in test_client.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from regclient.errors import InvalidReference
from regclient.layout.repository import LayoutRepository
from regclient.model.reference import Reference
from regclient.opener import Opener, parsed_of
from regclient.remote.repository import RemoteRepository
from tests.fakes.registry import FakeRegistry


def test_a_reference_opens_the_repository_it_is_in(tmp_path: Path) -> None:
    with Opener(transport=FakeRegistry().transport) as opener:
        assert isinstance(opener.repository("registry.example/app:v1"), RemoteRepository)
        assert isinstance(opener.repository(f"ocidir://{tmp_path}"), LayoutRepository)
        assert opener.repository("registry.example/app:v1") is opener.repository("registry.example/app:v2")


def test_a_name_goes_with_its_repository() -> None:
    opener = Opener(transport=FakeRegistry().transport)
    repository, name = opener.named("registry.example/app:v1")

    assert ("registry.example/app", "v1") == (str(repository.reference), name)
    with pytest.raises(InvalidReference):
        opener.named(Reference.parse("registry.example/app").repository_only())


def test_references_may_come_as_text() -> None:
    parsed = Reference.parse("registry.example/app:v1")

    assert parsed == parsed_of("registry.example/app:v1")
    assert parsed is parsed_of(parsed)
    with pytest.raises(InvalidReference):
        parsed_of("UPPER/case:?")
