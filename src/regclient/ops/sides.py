"""Which side of a copy failed, and at which step.

Every call to a repository of a copy happens inside :func:`source` or :func:`destination`, so that the error a user sees names
the repository to look at.
"""

from __future__ import annotations

from types import TracebackType

from regclient.errors import Cancelled, RegistryClientError, SideError
from regclient.repository import Repository


def side_error(side: str, repository: Repository, step: str, cause: RegistryClientError) -> SideError:
    """Return ``cause`` with its side, repository and step; an error that already knows its side stays as it is."""
    return cause if isinstance(cause, SideError) else SideError(side, f"{repository.reference} ({step})", cause)


def source(repository: Repository, step: str) -> _Side:
    """Name the source and the step in what the block raises.

    Raises:
        SideError: around any error of the library, a cancel aside.
    """
    return _Side("source", repository, step)


def destination(repository: Repository, step: str) -> _Side:
    """Name the destination and the step in what the block raises.

    Raises:
        SideError: around any error of the library, a cancel aside.
    """
    return _Side("destination", repository, step)


class _Side:
    """The block of both: a class, for each blob enters several, and a generator takes thrice as long."""

    __slots__ = ("_repository", "_side", "_step")

    def __init__(self, side: str, repository: Repository, step: str) -> None:
        self._side = side
        self._repository = repository
        self._step = step

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, RegistryClientError) and not isinstance(error, Cancelled | SideError):
            raise side_error(self._side, self._repository, self._step, error) from error
