from __future__ import annotations

from pathlib import Path

import pytest

from tests.claims import claims
from tests.fakes.console import Console
from tests.programs.bases import write_base
from tests.programs.linked import linked

MATCHES, CHANGED = (0, "base image matches\n", ""), (1, "base image has changed\n", "")


class Built:
    """The program, and images on their bases."""

    def __init__(self, regctl: Console, folder: Path) -> None:
        self.digests = linked(write_base, folder / "base").digests
        self.at = f"ocidir://{folder}/base"
        self._regctl = regctl

    def __call__(self, image: str, *words: str) -> tuple[int, str, str]:
        named = [f"{self.at}:{word[1:]}" if word.startswith("=") else word for word in words]
        return tuple(self._regctl("image", "check-base", f"{self.at}:{image}", *named))  # type: ignore[return-value]  # three


@pytest.fixture
def check(regctl: Console, tmp_path: Path) -> Built:
    return Built(regctl, tmp_path)


@claims("regctl image check-base --base")
def test_a_base_is_compared_by_hand(check: Built) -> None:
    assert MATCHES == check("app", "--base", "=b1")
    assert CHANGED == check("app", "--base", "=b2")
    code, out, error = check("app")
    assert (1, "") == (code, out)
    assert "annotation" in error


@claims("regctl image check-base --no-config")
def test_the_history_can_be_left_out(check: Built) -> None:
    assert CHANGED == check("app", "--base", "=b3")
    assert MATCHES == check("app", "--base", "=b3", "--no-config")


@claims("regctl image check-base --digest")
def test_a_known_digest_is_all_that_is_compared(check: Built) -> None:
    assert MATCHES == check("app", "--base", "=b2", "--digest", check.digests["b2"])
    assert CHANGED == check("app", "--base", "=b1", "--digest", check.digests["b2"])
    assert 1 == check("app", "--base", "=b1", "--digest", "x")[0]


@claims("regctl image check-base --platform")
def test_one_platform_can_be_asked_for(check: Built) -> None:
    assert CHANGED == check("app", "--base", "=one")
    assert MATCHES == check("app", "--base", "=one", "-p", "linux/amd64")


@claims("regctl image check-base --quiet")
def test_the_exit_code_alone_tells_when_that_is_wanted(check: Built) -> None:
    assert (0, "", "") == check("app", "--base", "=b1", "--quiet")
    assert (1, "", "") == check("app", "--base", "=b2", "--quiet")


def test_the_reason_is_logged_for_those_who_listen(check: Built) -> None:
    assert "layer" in check("app", "--base", "=b2", "-v", "info")[2]
