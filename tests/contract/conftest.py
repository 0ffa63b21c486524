"""The fixtures of the contract suite: each home in turn, and an empty repository in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from regclient.repository import Repository
from tests.contract.homes import HOMES, Home


@pytest.fixture(params=HOMES, ids=lambda home: home.name)
def home(request: pytest.FixtureRequest) -> Home:
    found: Home = request.param
    return found


@pytest.fixture
def repository(home: Home, tmp_path: Path) -> Iterator[Repository]:
    with home.open(tmp_path) as opened:
        yield opened
