"""Credential helper programs: Docker's protocol over standard input and output.

A helper is asked ``get`` with the server's name on its input and answers with JSON; ``list`` names the servers it keeps. What
it prints on stderr goes to ours, so that it can ask its user for a touch or a PIN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from regclient.errors import Denied, InvalidConfig
from regclient.hosts import Credential
from regclient.kit.secret import Secret
from regclient.settings.jsontext import read_json

TOKEN_USER = "<token>"  # noqa: S105 - the protocol's word, not a secret
ANSWER_LIMIT = 1 << 20
TIMEOUT = 120.0


def ask_helper(program: str, server: str, *, timeout: float = TIMEOUT) -> Credential:
    """Ask a helper for the login of ``server``.

    Raises:
        Denied: the program is missing, fails, or takes longer than ``timeout`` seconds.
        InvalidConfig: its answer is not the JSON the protocol asks for.
    """
    answer = _object(_run([program, "get"], server, timeout), program)
    user, secret = answer.get("Username", ""), answer.get("Secret", "")
    if not isinstance(user, str) or not isinstance(secret, str):
        raise InvalidConfig(program, "Username and Secret must be text")
    if user == TOKEN_USER:
        return Credential(token=Secret(secret))
    return Credential(user, Secret(secret))


def list_helper(program: str, *, timeout: float = TIMEOUT) -> Mapping[str, str]:
    """Ask a helper which servers it keeps; a helper that cannot answer keeps none (Docker is as forgiving)."""
    try:
        answer = _object(_run([program, "list"], "", timeout), program)
    except (Denied, InvalidConfig):
        return {}
    return {server: user for server, user in answer.items() if isinstance(user, str)}


def _run(command: Sequence[str], given: str, timeout: float) -> bytes:
    import subprocess  # noqa: PLC0415 - costs 10 ms to import, and few commands need a helper

    try:
        done = subprocess.run(command, input=given.encode(), stdout=subprocess.PIPE, timeout=timeout, check=False)  # noqa: S603 - the user named it
    except FileNotFoundError:
        raise Denied(given or command[0], f"credential helper {command[0]}: no such program") from None
    except subprocess.TimeoutExpired:
        raise Denied(given or command[0], f"credential helper {command[0]}: no answer within {timeout:g} seconds") from None
    except OSError as error:
        raise Denied(given or command[0], f"credential helper {command[0]}: {error.strerror}") from None
    if done.returncode:
        raise Denied(given or command[0], f"credential helper {command[0]}: exit code {done.returncode}")
    return done.stdout


def _object(answer: bytes, program: str) -> Mapping[str, object]:
    """Parse a helper's answer without ever quoting it: it holds a secret."""
    try:
        value = read_json(answer) if len(answer) <= ANSWER_LIMIT else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise InvalidConfig(program, "its answer is not a JSON object")
    return value
