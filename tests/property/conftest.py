"""Property tests in the gate know no luck: the same examples in every run, no deadline, and fewer than there could be.

``make fuzz`` rolls the dice, and tries all of them.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("gate", settings.get_profile("ci"), max_examples=40)


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Choose the examples before the tests are made."""
    settings.load_profile("default" if collector.config.option.dice else "gate")
