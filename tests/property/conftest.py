"""Property tests in the gate know no luck: the same examples in every run, no deadline. ``make fuzz`` rolls the dice."""

from __future__ import annotations

import pytest
from hypothesis import settings


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Choose the examples before the tests are made."""
    settings.load_profile("default" if collector.config.option.dice else "ci")
