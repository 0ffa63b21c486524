"""Locks between threads and processes that leave no file behind."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from regclient.layout.locks import Hold, turn

HOLDER = """
import sys
from pathlib import Path
from regclient.layout.locks import Hold
hold = Hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_sole_holder_can_have_the_directory_for_itself(tmp_path: Path) -> None:
    hold = Hold(tmp_path)

    assert hold.make_exclusive()

    hold.release()


def test_two_holders_share_and_neither_can_be_alone(tmp_path: Path) -> None:
    first, second = Hold(tmp_path), Hold(tmp_path)

    assert not first.make_exclusive()

    first.release()
    second.release()


def test_the_last_holder_can_be_alone(tmp_path: Path) -> None:
    first, second = Hold(tmp_path), Hold(tmp_path)
    first.release()

    assert second.make_exclusive()

    second.release()


def test_a_forgotten_holder_lets_go(tmp_path: Path) -> None:
    forgotten = Hold(tmp_path)
    assert forgotten.effective
    del forgotten
    hold = Hold(tmp_path)

    assert hold.make_exclusive()

    hold.release()
    hold.release()


def test_a_holder_in_another_process_counts_until_it_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"PYTHONPATH": ":".join(sys.path)}
    ) as process:
        assert process.stdout is not None
        assert b"held\n" == process.stdout.readline()
        hold = Hold(tmp_path)
        assert not hold.make_exclusive()
        process.kill()
        process.wait()

        assert hold.make_exclusive()
        hold.release()


def test_locking_leaves_no_file_behind(tmp_path: Path) -> None:
    Hold(tmp_path).release()
    with turn(tmp_path):
        pass

    assert [] == list(tmp_path.iterdir())


def test_a_missing_directory_cannot_be_held(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Hold(tmp_path / "missing")


def test_turns_do_not_overlap(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(20):
            with turn(tmp_path):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [1] * 80 == most


def test_a_turn_ends_when_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), turn(tmp_path):
        raise ZeroDivisionError

    with turn(tmp_path):
        pass
