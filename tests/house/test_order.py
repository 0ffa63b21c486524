"""The order of the tests: one for all runs, another when it is asked for, and the same for all workers of a run."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.house.source import ROOT


@pytest.mark.slow
def test_all_workers_have_one_new_order() -> None:
    command = [sys.executable, "-m", "pytest", "-n", "2", "--order=new", "tests/unit/model/test_gojson.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert re.search(r"order: --order \d+\n", done.stdout)
    assert 0 == done.returncode, done.stdout
