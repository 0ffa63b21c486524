"""The version is written down once and looks like one."""

from __future__ import annotations

import re

from regclient.version import __version__


def test_the_version_is_three_numbers() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+([a-z]+\d+)?", __version__)
