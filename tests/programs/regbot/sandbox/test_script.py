"""Scripts in their processes: what they may do, how they end, and what hostile ones cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from regclient.errors import Cancelled
from regclient.regbot.sandbox.limits import Limits
from regclient.regbot.sandbox.script import ScriptFailed
from tests.claims import claims
from tests.fakes import images
from tests.fakes.bot import APP, Bench

SMALL = Limits(memory=16 << 20)
SHORT = Limits(timeout=150_000_000)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def failure(bench: Bench, script: str, limits: Limits | None = None) -> str:
    """Run a script that fails and return its error."""
    with pytest.raises(ScriptFailed) as failed:
        bench.run(script, limits)
    return str(failed.value)


def test_a_script_prints_calls_and_returns(bench: Bench) -> None:
    images.image(bench.registry.repository("app"), "v1")

    out = bench.run(
        f"""
        print("a", 1, nil, true)
        io.write("b", 2, "\\n")
        io.stdout:write("c\\n")
        io.stderr:write("to stderr")
        for _, t in ipairs(tag.ls "{APP}") do print(t) end
        local m = manifest.get("{APP}:v1")
        print(type(m), m.mediaType == m.MediaType, #m.layers, m.config.Digest == m.Config.digest)
        print(m:config().Config.Labels.seed == "", m.config.mediaType)
        local r = reference.new "{APP}"
        r:tag "x"
        print(r, r:tag(), getmetatable(r) == reference, r.nothing)
        return "ignored"
        """
    )

    expected = "a\t1\tnil\ttrue\nb2\nc\nv1\nuserdata\ttrue\t2\ttrue\n"
    expected += f"true\tapplication/vnd.oci.image.config.v1+json\n{APP}:x\tx\ttrue\tnil\n"
    assert expected == out
    assert ("stderr", "to stderr") in bench.printed


def test_objects_are_edited_exported_and_pushed(bench: Bench) -> None:
    images.image(bench.registry.repository("app"), "v1")

    out = bench.run(
        f"""
        local m = manifest.get("{APP}:v1")
        local ic = image.config(m)
        ic.config.Labels.team = "a"
        ic.config.ExposedPorts["80/tcp"] = {{}}
        ic = ic:export()
        m.config.digest, m.config.size = blob.put("{APP}", ic)
        m.config.Digest = "ignored"
        table.remove(m.layers, 1)
        m.annotations.k = 5
        m:export():put("{APP}:v2")
        print(image.config("{APP}:v2").Config.Labels.team, #manifest.get("{APP}:v2").layers)
        print(pcall(function() m.mediaType = "x" end))
        """
    )

    assert out.startswith("a\t1\nfalse\t<string>:13: attempt to index")
    assert {"k": "5"} == dict(bench.registry.repository("app").get_manifest("v2").annotations)


def test_entries_are_deleted_and_copied_as_the_script_says(bench: Bench) -> None:
    images.index(bench.registry.repository("app"), "v1", platforms=("linux/amd64", "windows/amd64", "linux/arm64"))

    out = bench.run(
        f"""
        local function copied(t)
          if type(t) ~= "table" then return t end
          local n = {{}}
          for k, v in pairs(t) do n[k] = copied(v) end
          return n
        end
        local m = manifest.getList("{APP}:v1")
        for i, e in ipairs(m.manifests) do
          if e.platform.os == "windows" then m.manifests[i] = nil end
        end
        local entry = copied(m.manifests[1])
        entry.platform.os, entry.platform.architecture, entry.annotations.k = "plan9", "mips", "v"
        m.manifests[4] = entry
        m:export():put("{APP}:v2")
        for _, e in ipairs(manifest.getList("{APP}:v2").manifests) do
          print(e.platform.os, e.platform.architecture, e.annotations.k, e.digest == entry.digest)
        end
        """
    )

    assert "linux\tamd64\tnil\ttrue\nlinux\tarm64\tnil\tfalse\nplan9\tmips\tv\ttrue\n" == out


def test_errors_name_the_line_and_can_be_caught(bench: Bench) -> None:
    out = bench.run(
        """
        local ok, problem = pcall(tag.ls)
        print(ok, problem)
        print(pcall(reference.new, "A b"))
        print(select(2, pcall(error, {code = 7})).code)
        local co = coroutine.wrap(function() coroutine.yield(pcall(tag.ls, {})) end)
        print(co())
        """
    )

    lines = out.splitlines()
    assert "false\t<string>:2: bad argument #1 to 'tag.ls' (reference expected)" == lines[0]
    assert lines[1].startswith("false\t<string>:4: bad argument #1 to 'reference.new' (reference parsing failed: ")
    assert ["7", "false\t<string>:6: bad argument #1 to 'tag.ls' (reference expected)"] == lines[2:]


def test_a_failure_tells_the_lines_that_led_there(bench: Bench) -> None:
    assert "<string>:1: final\nstack traceback:\n\t[C]: in function 'error'\n\t<string>:1: in main chunk" == failure(
        bench, 'error("final")'
    )
    assert failure(bench, "x = = 1").startswith("<string>:1: unexpected symbol near '='")
    assert failure(bench, "tag.ls(5)").startswith("<string>:1: bad argument #1 to 'tag.ls' (reference expected)\nstack")
    assert failure(bench, "error({})").startswith("table: 0x")
    assert "regbot:" not in failure(bench, "local function f() tag.ls() end f()")


def test_a_script_ends_itself_and_nothing_else(bench: Bench) -> None:
    assert "before\n" == bench.run('print("before") pcall(os.exit) print("after")')
    assert "os.exit(3)" == failure(bench, "pcall(os.exit, 3)")
    assert "" == bench.run("")


def test_what_touches_files_programs_or_bytecode_needs_leave(bench: Bench) -> None:
    out = bench.run(
        r"""
        local denied = {
          io.open, io.lines, io.popen, io.read, io.input, io.output, io.tmpfile, io.close,
          os.execute, os.remove, os.rename, os.tmpname, loadfile, dofile,
        }
        local count = 0
        for _, call in pairs(denied) do
          local ok, problem = pcall(call, "/etc/passwd")
          if not ok and problem:find("run with --allow-io", 1, true) then count = count + 1 end
        end
        print(count, #denied)
        print(pcall(require, "socket"))
        print(package.loadlib, package.cpath, python, package.loaded.python, debug.getregistry, debug.getupvalue)
        print(loadstring("\27Lua"))
        print(pcall(string.dump, print))
        print(load(function() return nil end)())
        print(select(2, load((function() local n = 0 return function() n = n + 1 return n == 1 and "\27Lua" or nil end end)())))
        print(io.type(io.stdout), io.type(5), os.getenv("KEY"), os.setenv("KEY", "v"), os.getenv("KEY"))
        package.preload.mine = function(name) return {name = name} end
        print(require("mine").name, require("mine") == require("mine"), require("string") == string)
        print(#os.date("!%Y-%m-%d", 0), os.setlocale("de"), os.setlocale())
        """,
        environ={"KEY": "from outside"},
    )

    lines = out.splitlines()
    assert "14\t14" == lines[0]
    assert "files are read with --allow-io only" in out
    assert "nil\t\tnil\tnil\tnil\tnil" in lines
    assert ["nil\tbytecode is not allowed", "false\t<string>:15: string.dump is not available", ""] == lines[-7:-4]
    assert "bytecode is not allowed" == lines[-4]
    assert lines[-3:] == ["file\tnil\tfrom outside\ttrue\tv", "mine\ttrue\ttrue", "10\tnil\tC"]
    assert "bytecode is not allowed" == failure(bench, "\033Lua")


@claims("regbot once --allow-io")
def test_with_leave_a_script_uses_files_and_programs(tmp_path: Path) -> None:
    bench = Bench(allow_io=True)
    out = bench.run(
        f"""
        local path = "{tmp_path}/file"
        local f = io.open(path, "w")
        f:write("return {{value = ...}}")
        f:close()
        package.path = "{tmp_path}/?"
        print(require("file").value, dofile(path).value, loadfile(path)("x").value)
        for line in io.lines(path) do print(line) end
        io.output("{tmp_path}/out")
        io.write("kept although nobody closes it")
        print(os.execute("test -f " .. path), os.execute("exit 3"), os.rename(path, path .. "2"), os.remove(path .. "2"))
        print(pcall(dofile, "{tmp_path}/none"))
        print(pcall(require, "none"))
        """
    )

    assert out.startswith("file\tnil\tx\nreturn {value = ...}\n0\t1\ttrue\ttrue\nfalse\t")
    assert "no file" in out
    assert "kept although nobody closes it" == (tmp_path / "out").read_text()


LOOPS = {
    "caught": "while true do pcall(function() while true do end end) end",
    "coroutine": "local co = coroutine.wrap(function() while true do end end) co()",
    "pattern": 'string.find(string.rep("a", 60), string.rep("a-", 60) .. "b")',
    "garbage": "local p = newproxy(true) getmetatable(p).__gc = function() while true do end end p = nil collectgarbage()",
}


@pytest.mark.parametrize("name", LOOPS)
def test_endless_scripts_end_at_their_timeout(bench: Bench, name: str) -> None:
    assert "the script took longer than 150ms (see timeout)" == failure(bench, LOOPS[name], SHORT)


def test_a_timeout_ends_a_call_too_and_no_script_catches_it(bench: Bench) -> None:
    images.image(bench.registry.repository("app"), "v1")
    limited = f'while true do pcall(tag.ls, "{APP}") end'

    assert "the script took longer than 150ms (see timeout)" == failure(bench, limited, SHORT)
    assert not bench.client.cancel.cancelled


@pytest.mark.slow
def test_memory_is_bounded_and_running_out_is_an_error(bench: Bench) -> None:
    assert "false\tnot enough memory\n" == bench.run('print(pcall(string.rep, "x", 1e9))', SMALL)
    assert "not enough memory" in failure(bench, 'local t = {} while true do t[#t + 1] = ("y"):rep(1e5) .. #t end', SMALL)
    assert "not enough memory" in failure(bench, 'local s = "x" while true do s = s .. s end', SMALL)
    assert "stack overflow" in failure(bench, "local function f() return 1 + f() end f()")
    assert failure(bench, 'string.find(("a"):rep(1e6), ("a?"):rep(1e6))')
    assert failure(bench, "local t = {} t[1] = t tag.ls(t)").startswith("<string>:1: a table is nested too deeply")
    assert "hold too much" in failure(bench, "local t = {} for i = 1, 2e5 do t[i] = i end tag.ls(t)")
    assert "are too large" in failure(bench, 'blob.put("a", ("x"):rep(5e7))')


def test_nothing_a_script_reaches_belongs_to_python(bench: Bench) -> None:
    images.image(bench.registry.repository("app"), "v1")
    out = bench.run(
        f"""
        local seen, strange = {{}}, {{}}
        local queue = {{_G, "", reference.new "alpine", manifest.get "{APP}:v1", image.config "{APP}:v1"}}
        local function add(value)
          local kind = type(value)
          if (kind == "table" or kind == "userdata" or kind == "function" or kind == "string") and not seen[value] then
            seen[value] = true
            queue[#queue + 1] = value
          end
        end
        local count = 0
        while #queue > 0 do
          local value = table.remove(queue)
          count = count + 1
          add(getmetatable(value))
          if type(value) == "table" then
            for k, v in next, value do add(k) add(v) end
          elseif type(value) == "function" then
            add(getfenv(value))
          elseif type(value) == "userdata" then
            local name = tostring(value)
            if name:find("ython") or name:find("<") then strange[#strange + 1] = name end
          end
        end
        print(count > 100, #strange)
        """
    )

    assert "true\t0\n" == out


def test_a_cancelled_program_ends_its_scripts() -> None:
    bench = Bench()
    bench.client.cancel.cancel()

    with pytest.raises(Cancelled):
        bench.run("return 1")
