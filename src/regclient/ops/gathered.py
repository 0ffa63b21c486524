"""Letting the names that one operation writes be written together, where a home can do that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from regclient.ops.sides import destination
from regclient.repository import Gathers, Repository


@contextmanager
def gathered(*repositories: Repository | None) -> Iterator[None]:
    """Write the names that the block puts into these repositories together; when it ends all of them are written.

    Operations within operations leave it to the outermost, for the end of each block writes everything.

    Raises:
        SideError: they cannot be written.
    """
    with ExitStack() as stack:
        for repository in {repository.reference: repository for repository in repositories if repository is not None}.values():
            if isinstance(repository, Gathers):
                stack.enter_context(_told(repository, repository.gathering()))
        yield


@contextmanager
def _told(repository: Repository, block: AbstractContextManager[None]) -> Iterator[None]:
    """Be the block, with a failure of its end told as one of the destination."""
    block.__enter__()
    try:
        yield
    except BaseException as error:
        block.__exit__(type(error), error, error.__traceback__)
        raise
    with destination(repository, "names"):
        block.__exit__(None, None, None)
