"""Credential helpers are real programs here: small scripts made by the test."""

from __future__ import annotations

from pathlib import Path

import pytest

from regclient.errors import Denied, InvalidConfig
from regclient.hosts import Credential
from regclient.kit.secret import Secret
from regclient.settings.helpers import ask_helper, list_helper


def program(folder: Path, body: str) -> str:
    path = folder / "docker-credential-test"
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(0o755)
    return str(path)


ANSWERS = """
case "$1" in
list) echo '{"https://a.example": "ann", "b.example": 7}' ;;
get) server=$(cat); printf '{"ServerURL": "%s", "Username": "user of %s", "Secret": "s3cret"}' "$server" "$server" ;;
esac
"""


def test_a_helper_is_given_the_server_and_answers_with_a_login(tmp_path: Path) -> None:
    assert Credential("user of a.example", Secret("s3cret")) == ask_helper(program(tmp_path, ANSWERS), "a.example")


def test_the_user_token_means_that_the_secret_is_an_identity_token(tmp_path: Path) -> None:
    helper = program(tmp_path, """cat > /dev/null; echo '{"Username": "<token>", "Secret": "t0ken"}'""")

    assert Credential(token=Secret("t0ken")) == ask_helper(helper, "a.example")


def test_a_helper_lists_its_servers_and_what_is_not_text_is_left_out(tmp_path: Path) -> None:
    assert {"https://a.example": "ann"} == list_helper(program(tmp_path, ANSWERS))


def test_a_missing_helper_is_a_refusal_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(Denied, match="docker-credential-none: no such program"):
        ask_helper(str(tmp_path / "docker-credential-none"), "a.example")


def test_a_failing_helper_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Denied, match="exit code 3"):
        ask_helper(program(tmp_path, "exit 3"), "a.example")


def test_a_file_that_is_no_program_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")

    with pytest.raises(Denied, match="Permission denied"):
        ask_helper(str(tmp_path / "plain"), "a.example")


@pytest.mark.parametrize("answer", ["hunter2", "[]", '{"Username": 1, "Secret": "hunter2"}', ""])
def test_an_answer_that_is_not_the_protocol_is_an_error_that_does_not_quote_it(tmp_path: Path, answer: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        ask_helper(program(tmp_path, f"cat > /dev/null; printf '%s' '{answer}'"), "a.example")

    assert "hunter2" not in str(caught.value)


def test_a_helper_that_hangs_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(Denied, match="no answer within"):
        ask_helper(program(tmp_path, "exec sleep 60"), "a.example", timeout=0.02)


def test_a_helper_that_cannot_list_keeps_nothing(tmp_path: Path) -> None:
    assert {} == list_helper(program(tmp_path, "exit 1"))
    assert {} == list_helper(program(tmp_path, "echo text"))
