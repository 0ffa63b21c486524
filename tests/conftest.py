"""What holds for every test: a scrubbed environment, and heavy or peer tests only where they are asked for."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator

import pytest

# Thousands of tests are objects that live to the end: looking through them again and again is a fifth of the time.
gc.set_threshold(100_000, 20, 100)

KEPT = {
    "PATH",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "PYTHONPATH",
    "PYTEST_CURRENT_TEST",
    "PYTEST_XDIST_WORKER",
    "CI",
    "GOPATH",
    "GOCACHE",
}


@pytest.fixture(autouse=True)
def scrubbed_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run each test with an empty home and none of the caller's settings, and put everything back."""
    before = dict(os.environ)
    for name in set(os.environ) - KEPT:
        del os.environ[name]
    os.environ["HOME"] = str(tmp_path_factory.getbasetemp() / "home")
    os.environ["TZ"] = "UTC"
    yield
    os.environ.clear()
    os.environ.update(before)


def pytest_configure(config: pytest.Config) -> None:
    """Hear Ctrl-C even where the run was started in the background, with the signal ignored: tests send it to themselves."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave peer and heavy tests out unless a marker expression or a test's own name asks for them."""
    if config.getoption("markexpr") or any("::" in str(argument) for argument in config.args):
        return
    left_out = [item for item in items if item.get_closest_marker("peer") or item.get_closest_marker("heavy")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
