"""``--ignore-missing``: a delete that fails because nothing is there did what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from regclient.errors import NotFound, RegistryClientError
from regclient.repository import Name, Repository


@contextmanager
def missing_forgiven(repository: Repository, name: Name, *, forgive: bool) -> Iterator[None]:
    """Swallow the failure of a block when a HEAD says that ``name`` is not there; any other failure passes."""
    try:
        yield
    except RegistryClientError:
        if not (forgive and _is_missing(repository, name)):
            raise


def _is_missing(repository: Repository, name: Name) -> bool:
    try:
        repository.head_manifest(name)
    except NotFound:
        return True
    except RegistryClientError:
        return False
    return False
