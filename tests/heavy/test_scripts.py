"""A thousand scripts in one run: no thread, descriptor or memory is left behind, and hostile ones do not matter."""

from __future__ import annotations

import gc
import io
import os
import threading
from pathlib import Path

import pytest

from regclient.cli.app import run
from regclient.cli.call import Streams
from regclient.regbot.app import ROOT
from tests.programs.places import world

pytestmark = [pytest.mark.heavy, pytest.mark.slow]

WORK = """
local m = manifest.get("{reg}/app:v1")
local ic = m:config()
image.copy("{reg}/app:single", "{reg}/copies:number")
blob.put("{reg}/copies", "text")
print(#tag.ls("{reg}/app"), ic.Config.Labels.version)
"""


def once(text: str) -> tuple[int, bytes]:
    streams = Streams(io.BytesIO(text.encode()), io.BytesIO(), io.BytesIO())
    code = run(ROOT, ["once", "-c", "-", "-v", "error"], streams, {"PATH": os.defpath})
    assert isinstance(streams.out, io.BytesIO)
    return code, streams.out.getvalue()


def config(registry: str, count: int, script: str, parallel: int) -> str:
    body = "".join(f"      {line}\n" for line in script.replace("{reg}", registry).strip().splitlines())
    scripts = f"  - script: |\n{body}" * count
    return f"creds: [{{registry: '{registry}', tls: disabled}}]\ndefaults: {{parallel: {parallel}}}\nscripts:\n{scripts}"


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def resident() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("parallel", [0, 4])
def test_a_thousand_scripts_leave_nothing_behind(parallel: int) -> None:
    with world() as (_, registry):
        once(config(registry, 50, WORK, parallel))
        before = (threading.active_count(), descriptors())
        size = resident()

        code, out = once(config(registry, 1000, WORK, parallel))

        after = (threading.active_count(), descriptors())
        grown = resident() - size
    assert 0 == code
    assert 1000 == out.count(b"\t1\n")
    # Threads of the registry's connections end when they are idle.
    assert after[0] <= before[0] + 2
    assert after[1] <= before[1] + 4
    assert grown < 24 << 20, f"{grown} bytes more"


def test_a_bomb_among_good_scripts_harms_none_of_them() -> None:
    bombs = (
        'local t = {} while true do t[#t + 1] = ("x"):rep(1e6) .. #t end',
        "while true do pcall(function() while true do end end) end",
        'print(pcall(string.rep, "x", 1e10)) local s = "x" while true do s = s .. s end',
        "local function f() return pcall(f) end f() local co = coroutine.wrap(function() while true do end end) co()",
        "local function g() local t = setmetatable({}, {__index = function(t, k) return t[k] end}) return t.x end g()",
        'string.find(("a"):rep(60), ("a-"):rep(60) .. "b")',
        "for i = 1, 1e9 do log(('x'):rep(1000)) end",
        "while true do print() end",
        "local m = {} while true do m[#m + 1] = reference.new('a') end",
    )
    parts = [f"  - {{name: bomb, timeout: 2s, memoryLimit: 67108864, script: {quoted(bomb)}}}" for bomb in bombs]
    parts += [f"  - {{name: good, script: {quoted('print(' + str(number) + ')')}}}" for number in range(20)]
    code, out = once("defaults: {parallel: 4}\nscripts:\n" + "\n".join(parts))

    assert 1 == code
    assert list(range(20)) == sorted(int(line) for line in out.split() if line.isdigit())


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
