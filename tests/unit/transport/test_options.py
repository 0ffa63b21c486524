from __future__ import annotations

from regclient.transport.options import WireOptions, chance
from regclient.version import __version__


def test_chance_is_a_fraction() -> None:
    draws = {chance() for _ in range(50)}

    assert all(0 <= draw < 1 for draw in draws)
    assert len(draws) > 1


def test_the_user_agent_names_the_version() -> None:
    assert __version__ in WireOptions().user_agent
