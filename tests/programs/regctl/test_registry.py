from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest

from regclient.cli.app import run
from regclient.cli.call import Streams
from regclient.concurrency import Cancel
from regclient.errors import ParseError
from regclient.regctl.app import ROOT
from regclient.regctl.registry import parse_address
from tests.claims import claims
from tests.fakes.console import Console
from tests.programs.regctl.conftest import Disk
from tests.tables import table


class Telling(io.BytesIO):
    """Output that says when the first line is there."""

    def __init__(self) -> None:
        super().__init__()
        self.told = threading.Event()

    def flush(self) -> None:
        if self.getvalue():
            self.told.set()


class Running:
    """``registry serve`` in a thread, until the block ends."""

    def __init__(self, *words: str) -> None:
        self._words = ["registry", "serve", *words]
        self._out = Telling()
        self._cancel: list[Cancel] = []
        self.code = -1
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        streams = Streams(io.BytesIO(), self._out, io.BytesIO())
        self.code = run(ROOT, self._words, streams, {}, on_cancel=self._cancel.append)

    def __enter__(self) -> str:
        self._thread.start()
        assert self._out.told.wait(30)
        return self._out.getvalue().decode().split()[-1]

    def __exit__(self, *_: object) -> None:
        self._cancel[0].cancel()
        self._thread.join()


def served(regctl: Console, address: str, *words: str) -> tuple[int, str]:
    ended = regctl("--host", f"reg={address},tls=disabled", *words)
    return ended.code, ended.out


@claims("regctl registry serve --listen", "regctl registry serve --read-only")
def test_a_registry_is_served_from_a_directory(regctl: Console, disk: Disk, tmp_path: Path) -> None:
    folder = str(tmp_path / "tree")
    with Running(folder, "--listen", "127.0.0.1:0") as address:
        assert address != "127.0.0.1:5000"
        copied = served(regctl, address, "image", "copy", f"{disk.source}:v1", f"{address}/app:v1")
        assert (0, f"{address}/app:v1\n") == copied
    with Running(folder, "--listen", "127.0.0.1:0", "--read-only") as address:
        assert (0, f"{disk.digests['multi']}\n") == served(regctl, address, "image", "digest", f"{address}/app:v1")
        assert 1 == served(regctl, address, "image", "copy", f"{disk.source}:single", f"{address}/app:v2")[0]


def test_without_a_directory_everything_is_in_memory(regctl: Console, disk: Disk) -> None:
    running = Running("--listen", "127.0.0.1:0")
    with running as address:
        assert 0 == served(regctl, address, "image", "copy", f"{disk.source}:single", f"{address}/app:v1")[0]
    assert 0 == running.code


def test_an_address_is_a_host_and_a_port() -> None:
    assert ("127.0.0.1", 5000) == parse_address("127.0.0.1:5000")
    assert ("::1", 0) == parse_address("[::1]:0")
    assert ("", 80) == parse_address(":80")


@table("text", ["", "host", "host:", "host:x", "host:70000", "host:-1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ParseError, match="HOST:PORT"):
        parse_address(text)


def test_an_address_that_is_taken_is_named(regctl: Console) -> None:
    with Running("--listen", "127.0.0.1:0") as address:
        ended = regctl("registry", "serve", "--listen", address)

    assert (1, "") == (ended.code, ended.out)
    assert address in ended.err
