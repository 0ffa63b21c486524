"""Errors of the library as errors of a script: what the script wanted, then why it could not be had."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from regclient.errors import Cancelled, RegistryClientError
from regclient.regbot.sandbox.calls import CallFailed


@contextmanager
def failing(what: str) -> Iterator[None]:
    """Let what fails in the block fail the script's call, with these words before the reason.

    A cancelled call stays one: it ends the script and not only the call.

    Raises:
        CallFailed: in place of any other error of the library.
    """
    try:
        yield
    except (CallFailed, Cancelled):
        raise
    except RegistryClientError as error:
        raise CallFailed(f"{what}: {error}") from error
