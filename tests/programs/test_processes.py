"""regctl as a process: what only shows with real streams, signals and exit codes."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.programs.places import world
from tests.programs.world import write_layout

REGCTL = [sys.executable, "-c", "from regclient.regctl.app import main; main()"]
SOURCES = str(Path(__file__).parents[2] / "src")


def environment(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "PATH": os.defpath, "PYTHONPATH": SOURCES}


def regctl(home: Path, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*REGCTL, *words], input=stdin, capture_output=True, env=environment(home), check=False)


def test_output_errors_and_exit_codes_are_apart(tmp_path: Path) -> None:
    fine = regctl(tmp_path, "ref", "nginx")
    wrong = regctl(tmp_path, "ref", "no*reference")
    group = regctl(tmp_path, "image", "bogus")

    assert (0, b"docker.io/library/nginx:latest", b"") == (fine.returncode, fine.stdout, fine.stderr)
    assert (1, b"", 1) == (wrong.returncode, wrong.stdout, wrong.stderr.count(b"\n"))
    assert (0, b'unknown command "bogus" for "regctl image"\n') == (group.returncode, group.stderr)
    assert group.stdout.startswith(b"work with images\n")


def test_bytes_pass_through_as_they_are(tmp_path: Path) -> None:
    layout = f"ocidir://{tmp_path}/new"
    data = bytes(range(256)) * 5000

    digest = regctl(tmp_path, "blob", "put", layout, stdin=data).stdout.decode().strip()

    assert data == regctl(tmp_path, "blob", "get", layout, digest).stdout


def test_words_that_are_no_text_are_refused_and_not_fatal(tmp_path: Path) -> None:
    done = subprocess.run([*REGCTL, "ref", b"\xff\xfe"], capture_output=True, env=environment(tmp_path), check=False)

    assert (1, b"", 1) == (done.returncode, done.stdout, done.stderr.count(b"\n"))


def test_a_reader_that_goes_away_ends_the_program_quietly(tmp_path: Path) -> None:
    layout = f"ocidir://{tmp_path}/new"
    digest = regctl(tmp_path, "blob", "put", layout, stdin=os.urandom(4 << 20)).stdout.decode().strip()
    with subprocess.Popen(
        [*REGCTL, "blob", "get", layout, digest], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(tmp_path)
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        said = process.stderr.read()

    assert (141, b"") == (process.returncode, said)


def test_a_closed_output_does_not_end_the_work(tmp_path: Path) -> None:
    command = " ".join(["exec", "'" + "' '".join([*REGCTL, "blob", "put", f"ocidir://{tmp_path}/new"]) + "'", ">&-", "2>&-"])

    done = subprocess.run(["/bin/sh", "-c", command], input=b"x", env=environment(tmp_path), check=False)

    assert 0 == done.returncode
    assert 1 == len(list((tmp_path / "new" / "blobs" / "sha256").iterdir()))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_ends_when_told_to(tmp_path: Path, number: signal.Signals) -> None:
    words = ["registry", "serve", str(tmp_path / "tree"), "--listen", "127.0.0.1:0"]
    with subprocess.Popen([*REGCTL, *words], stdout=subprocess.PIPE, env=environment(tmp_path)) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(number)
        rest = process.stdout.read()

    assert (0, b"") == (process.returncode, rest)
    assert first.startswith(b"listening on 127.0.0.1:")


def test_an_interrupted_upload_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    layout = tmp_path / "new"
    command = [*REGCTL, "blob", "put", f"ocidir://{layout}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(tmp_path)) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b"x" * (3 << 20))
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        process.stdin.close()

    assert 1 == process.returncode
    assert 1 == said.count(b"\n")
    assert [] == [path for path in layout.rglob("*") if path.is_file() and len(path.name) == 64]


def drawn_on(terminal: int) -> bytes:
    """Read what a terminal shows until nobody has its other side, and close it."""
    seen = b""
    with suppress(OSError):  # that is how a terminal says so
        while data := os.read(terminal, 1 << 16):
            seen += data
    os.close(terminal)
    return seen


def test_progress_is_drawn_on_a_terminal_and_only_there(tmp_path: Path) -> None:
    layout = f"ocidir://{tmp_path}/src:v1"
    write_layout(tmp_path / "src")
    with world() as (_, address):
        copy = ["image", "copy", "--host", f"reg={address},tls=disabled", layout]
        piped = regctl(tmp_path, *copy, f"{address}/one:v1")
        mine, theirs = pty.openpty()
        words = [*REGCTL, *copy, f"{address}/two:v1"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=theirs, env=environment(tmp_path)) as drawing:
            os.close(theirs)
            seen = drawn_on(mine)
            told, _ = drawing.communicate()

    assert (0, b"") == (piped.returncode, piped.stderr)
    assert (0, f"{address}/two:v1\n".encode()) == (drawing.returncode, told)
    assert b"Manifests: 4/4 | Blobs: " in seen
    assert b"\x1b[" in seen
