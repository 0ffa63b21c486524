"""Which side of a copy failed, and at which step.

Every call to a repository of a copy happens inside :func:`source` or :func:`destination`, so that the error a user sees names
the repository to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from regclient.errors import Cancelled, RegistryClientError, SideError
from regclient.repository import Repository


def side_error(side: str, repository: Repository, step: str, cause: RegistryClientError) -> SideError:
    """Return ``cause`` with its side, repository and step; an error that already knows its side stays as it is."""
    return cause if isinstance(cause, SideError) else SideError(side, f"{repository.reference} ({step})", cause)


@contextmanager
def source(repository: Repository, step: str) -> Iterator[None]:
    """Name the source and the step in what the block raises.

    Raises:
        SideError: around any error of the library, a cancel aside.
    """
    with _side("source", repository, step):
        yield


@contextmanager
def destination(repository: Repository, step: str) -> Iterator[None]:
    """Name the destination and the step in what the block raises.

    Raises:
        SideError: around any error of the library, a cancel aside.
    """
    with _side("destination", repository, step):
        yield


@contextmanager
def _side(side: str, repository: Repository, step: str) -> Iterator[None]:
    try:
        yield
    except Cancelled:
        raise
    except RegistryClientError as error:
        if isinstance(error, SideError):
            raise
        raise side_error(side, repository, step, error) from error
