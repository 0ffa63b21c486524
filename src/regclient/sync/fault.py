"""Why one image or step failed, on its way to the observer. It never leaves the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from regclient.errors import Cancelled, RegistryClientError, root_cause
from regclient.sync.events import Stage


class Fault(Exception):
    """An error with the stage at which it came; ``detail`` is what was worked on."""

    def __init__(self, stage: Stage, cause: RegistryClientError, detail: str = "") -> None:
        super().__init__(stage, cause, detail)
        self.stage = stage
        self.cause = cause
        self.detail = detail


@contextmanager
def at(stage: Stage, detail: str = "") -> Iterator[None]:
    """Name the stage in what the block raises.

    Raises:
        Cancelled: as it is, for that is nobody's fault.
        Fault: around any other error of the library.
    """
    try:
        yield
    except RegistryClientError as error:
        if isinstance(root_cause(error), Cancelled):
            raise Cancelled from error
        raise Fault(stage, error, detail) from error
