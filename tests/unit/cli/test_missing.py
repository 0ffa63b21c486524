from __future__ import annotations

import pytest

from regclient.cli.missing import missing_forgiven
from regclient.errors import ManifestNotFound, RegistryFault
from regclient.memory import MemoryRepository
from tests.fakes import images


def test_a_failure_is_forgiven_when_the_thing_is_not_there() -> None:
    with missing_forgiven(MemoryRepository(), "v1", forgive=True):
        raise ManifestNotFound("v1")


def test_it_is_not_forgiven_when_nobody_asked() -> None:
    with pytest.raises(ManifestNotFound), missing_forgiven(MemoryRepository(), "v1", forgive=False):
        raise ManifestNotFound("v1")


def test_it_is_not_forgiven_when_the_thing_is_there() -> None:
    repository = MemoryRepository()
    images.image(repository, "v1")

    with pytest.raises(RegistryFault), missing_forgiven(repository, "v1", forgive=True):
        raise RegistryFault("h", 405, "DELETE")
