"""Every example of regbot's page runs, and prints what its comments say."""

from __future__ import annotations

import json
import re

import pytest

from regclient.regbot.app import ROOT
from regclient.regbot.sandbox.library import FUNCTIONS
from tests.programs.ours import runner
from tests.programs.places import world

PROMISED = re.compile(r"^print\(.*\) +-- (.*)$", re.MULTILINE)
BEFORE = 'image.copy("ocidir://{dir}/src:annotated", "{reg}/app:old") image.copy("{reg}/app:single", "ocidir://layout:old") '
MARK = "@@@ "


@pytest.mark.slow
def test_every_example_runs_and_prints_what_it_promises() -> None:
    names = list(FUNCTIONS)
    with world() as (root, registry):
        scripts = [
            {"name": name, "script": f'print("{MARK}{name}") {BEFORE}\n{FUNCTIONS[name].example}'.replace("{reg}", registry)}
            for name in names
        ]
        config = {"creds": [{"registry": registry, "tls": "disabled"}], "scripts": scripts}
        text = json.dumps(config).replace("{dir}", str(root)).encode()
        done = runner(ROOT)(["once", "-c", "-", "--allow-io", "-v", "warn"], text, root)

    assert "" == done.stderr.decode()
    assert 0 == done.code
    parts = re.split(f"^{MARK}(.*)\n", done.stdout.decode(), flags=re.MULTILINE)[1:]
    printed = dict(zip(parts[::2], parts[1::2], strict=True))
    assert names == list(printed)
    for name in names:
        promised = PROMISED.findall(FUNCTIONS[name].example)
        assert [] == [line for line in promised if line not in printed[name].splitlines()], name
