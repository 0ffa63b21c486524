"""A sync to a registry that is killed fifty times; that to a layout is in ``tests/programs``."""

from __future__ import annotations

from pathlib import Path

import pytest

from regclient.server.server import Server
from regclient.server.tree import LayoutTree
from tests.programs.test_killed import make
from tests.programs.test_killed_sync import killed_fifty_times

pytestmark = [pytest.mark.heavy, pytest.mark.slow]


def test_a_sync_to_a_registry_killed_fifty_times_ends_with_the_whole_mirror(tmp_path: Path) -> None:
    with Server(LayoutTree(make(tmp_path / "served")), listen=("127.0.0.1", 0)) as server:
        killed_fifty_times(tmp_path, f"{server.address}/mirror", tmp_path / "served" / "mirror", server.address)
