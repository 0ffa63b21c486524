"""The settings of layouts; what each does is shown where layouts are tested."""

from __future__ import annotations

import subprocess
import sys

from regclient.kit.atomicfile import DURABLE
from regclient.layout.settings import LayoutSettings
from tests.house.source import ROOT


def test_by_default_files_are_durable_garbage_goes_and_the_clock_is_asked() -> None:
    settings = LayoutSettings()

    assert (True, None, DURABLE) == (settings.collect, settings.created, settings.writing)


def test_they_come_without_the_layouts() -> None:
    code = "import sys, regclient.layout.settings; print('regclient.layout.repository' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, check=True)

    assert b"False" == done.stdout.strip()
