"""Every failure of a copy says on which side and at which step."""

from __future__ import annotations

import pytest

from regclient.errors import BlobNotFound, Cancelled, SideError, root_cause
from regclient.memory import MemoryRepository
from regclient.ops.sides import destination, source

HERE = MemoryRepository("a.example/app")


def test_an_error_gets_its_side_its_repository_and_its_step_once() -> None:
    cause = BlobNotFound("sha256:0")
    with pytest.raises(SideError) as caught, destination(HERE, "tags"), source(HERE, "blob sha256:0"):
        raise cause
    assert str(caught.value) == "source a.example/app (blob sha256:0): blob sha256:0 not found"
    assert caught.value.cause is cause
    assert root_cause(caught.value) is cause


def test_a_cancel_has_no_side_and_neither_have_errors_that_are_not_ours() -> None:
    with pytest.raises(Cancelled), destination(HERE, "tags"):
        raise Cancelled
    with pytest.raises(KeyError), source(HERE, "tags"):
        raise KeyError
