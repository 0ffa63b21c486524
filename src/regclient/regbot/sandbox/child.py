"""The process a script runs in: it limits itself, then hands everything to Lua.

Run by path, with nothing of the package imported, so that it is small and starts quickly. Python only loads the interpreter: no
Python object is given to Lua, and what scripts ask for goes through two pipes that Lua itself reads and writes.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import sys
from types import ModuleType

OUT_OF_MEMORY = 81
BROKEN = 82
"""Exit codes that tell the parent why; a script that ended has said so before."""

_HEADROOM = 64 << 20
_MOST_OPEN = 32


def main(words: list[str]) -> int:
    """Run one script; ``words`` are descriptors, limits and where Lua is."""
    request, reply, life, memory, seconds, allow_io = map(int, words[:6])
    lua_room, folder = words[6:]
    sys.path.append(lua_room)
    _die_with_parent(life)
    _limit(memory, seconds, allow_io=bool(allow_io))
    return _run(folder, request, reply, memory, allow_io=bool(allow_io))


def _run(folder: str, request: int, reply: int, memory: int, *, allow_io: bool) -> int:
    lupa = _interpreter()
    try:
        lua = lupa.LuaRuntime(encoding=None, register_eval=False, register_builtins=False, max_memory=memory)
        bridge = lua.execute(_source(folder, "bridge"), request, reply, name=b"=regbot")
        _keep_from_programs()
        standard = lua.execute(b"return loadstring(..., '=regbot')", _source(folder, "standard"))
        lua.execute(_source(folder, "run"), bridge, standard, allow_io, name=b"=regbot")
    except lupa.LuaMemoryError:
        return OUT_OF_MEMORY
    except (lupa.LuaError, MemoryError, RecursionError):
        return BROKEN
    return 0


def _interpreter() -> ModuleType:
    """Return LuaJIT, which has the ``goto`` of gopher-lua; where it is not built, Lua 5.1."""
    from importlib import import_module  # noqa: PLC0415 - after sys.path is set

    try:
        return import_module("lupa.luajit21")
    except ImportError:
        return import_module("lupa.lua51")


def _source(folder: str, name: str) -> bytes:
    with open(f"{folder}/{name}.lua", "rb") as file:  # noqa: PTH123 - pathlib is slow to import
        return file.read()


def _keep_from_programs() -> None:
    """Let no program that a script starts inherit the pipes."""
    for descriptor in range(3, _MOST_OPEN):
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETFD, fcntl.FD_CLOEXEC)


def _die_with_parent(life: int) -> None:
    """Have the kernel end this process when the other end of the pipe is closed, by whatever end of the parent."""
    fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        os.read(life, 1)
        os._exit(BROKEN)  # it is gone already: nobody ever writes here


def _limit(memory: int, seconds: int, *, allow_io: bool) -> None:
    """Cap what the process may use; what a script may start with --allow-io is capped alike."""
    caps = {resource.RLIMIT_CORE: 0, resource.RLIMIT_AS: memory + _HEADROOM}
    if seconds:
        caps[resource.RLIMIT_CPU] = seconds
    if not allow_io:
        caps |= {resource.RLIMIT_FSIZE: 0, resource.RLIMIT_NPROC: 0, resource.RLIMIT_NOFILE: _MOST_OPEN}
    for kind, cap in caps.items():
        hard = resource.getrlimit(kind)[1]
        soft = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
        # One second more before the end that cannot be told from others.
        resource.setrlimit(kind, (soft, soft + 1 if kind == resource.RLIMIT_CPU and soft != hard else soft))


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))
