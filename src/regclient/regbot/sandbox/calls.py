"""What a script may call: the table of functions, the arguments of one call, and what a call needs from the run it is part of.

The functions themselves are in the modules named after their nouns; each says here what it is called, as what method and under
which other names, and shows an example. Documentation, completeness tests and the modules a script sees come from this table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from regclient.cli.logs import Log
from regclient.client import Client
from regclient.errors import RegistryClientError
from regclient.goshapes.located import Located
from regclient.model.reference import Reference
from regclient.regbot.sandbox import objects
from regclient.regbot.sandbox.wire import Object, Table, Value, number_text, type_name


class CallFailed(RegistryClientError):
    """A call that becomes an error of the script, at the line that made it."""


class Exited(Exception):
    """The script has called ``os.exit``; ``code`` is what it said."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"os.exit({code})")


@dataclass(frozen=True, slots=True)
class Returned:
    """What a call returns; ``update`` is what the object it was called on stands for from now on."""

    values: tuple[Value, ...] = ()
    update: Table | None = None


NOTHING = Returned()


class Throttle(Protocol):
    """Lets a bounded number of expensive calls of all scripts run at once."""

    def __call__(self) -> AbstractContextManager[None]:
        """Hold a place while the block runs; wait for one first."""


@dataclass(frozen=True, slots=True)
class Session:
    """What the calls of one script share.

    ``write`` prints to a stream by its name; ``intend`` keeps what a dry run would have done.
    """

    name: str
    client: Client
    log: Log
    throttle: Throttle
    write: Callable[[str, str], None]
    dry_run: bool = False
    allow_io: bool = False
    intended: list[str] = field(default_factory=list)

    def skips(self, intention: str) -> bool:
        """Whether this is a dry run; then what would have been done is noted."""
        if self.dry_run:
            self.intended.append(intention)
        return self.dry_run


class Arguments:
    """The arguments of one call, read one by one; what does not fit fails as Lua's own functions do.

    Places count from 1. An explicit ``nil`` counts as an argument.
    """

    def __init__(self, name: str, values: Sequence[Value]) -> None:
        self.name = name
        self._values = values

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._values)

    def value(self, place: int) -> Value:
        """Return the one at a place, None when there are fewer."""
        return self._values[place - 1] if place <= len(self._values) else None

    def wrong(self, place: int, reason: str) -> CallFailed:
        """Return the error for an argument that does not fit."""
        return CallFailed(f"bad argument #{place} to '{self.name}' ({reason})")

    def text(self, place: int) -> str:
        """Return a string; a number is one too.

        Raises:
            CallFailed: it is something else.
        """
        value = self.value(place)
        if isinstance(value, float):
            return number_text(value)
        if not isinstance(value, str):
            raise self._other(place, "string")
        return value

    def number(self, place: int) -> int:
        """Return a whole number, the fraction cut off.

        Raises:
            CallFailed: it is something else.
        """
        value = self.value(place)
        if not isinstance(value, float) or value != value or abs(value) >= 1 << 63:  # noqa: PLR0124 - only NaN differs from itself
            raise self._other(place, "number")
        return int(value)

    def table(self, place: int) -> Table:
        """Return a table; one that was left out is empty.

        Raises:
            CallFailed: it is something else.
        """
        value = self.value(place) if place <= self.count else {}
        if not isinstance(value, dict):
            raise self._other(place, "table")
        return value

    def reference(self, place: int) -> Reference:
        """Return a reference: text, or that of an object.

        Raises:
            CallFailed: it is neither.
        """
        value = self.value(place)
        try:
            if isinstance(value, str):
                return Reference.parse(value)
            if isinstance(value, Object):
                return objects.reference_of(value)
        except RegistryClientError as error:
            raise self.wrong(place, f"reference parsing failed: {error}") from error
        raise self.wrong(place, "reference expected")

    def object(self, place: int, *kinds: str) -> Object | None:
        """Return an object of one of these kinds, None when it is something else."""
        value = self.value(place)
        return value if isinstance(value, Object) and value.kind in kinds else None

    def held(self, place: int) -> Located | Reference:
        """Return the manifest in an object, or the reference by which one is to be fetched.

        Raises:
            CallFailed: it is neither.
        """
        found = self.object(place, objects.MANIFEST, objects.CONFIG)
        if found is not None:
            return objects.manifest_of(found)
        value = self.value(place)
        if not isinstance(value, str) and self.object(place, objects.REFERENCE) is None:
            raise self.wrong(place, "manifest expected")
        return self.reference(place)

    def _other(self, place: int, wanted: str) -> CallFailed:
        return self.wrong(place, f"{wanted} expected, got {type_name(self.value(place))}")


Run = Callable[[Session, Arguments], Returned]


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the API: ``name`` is ``module.word`` (or a method's, ``manifest:delete``), ``usage`` its arguments.

    ``names`` are all names that scripts call it by; those with a colon are methods.
    """

    name: str
    usage: str
    returns: str
    example: str
    run: Run
    names: tuple[str, ...]

    @property
    def about(self) -> str:
        """What it does, as its definition says."""
        return self.run.__doc__ or ""


FUNCTIONS: dict[str, Function] = {}
"""Every function by its first name; filled by the modules of the nouns, see ``library.py``."""


def function(*names: str, usage: str = "", returns: str = "", example: str) -> Callable[[Run], Run]:
    """Enter the decorated callable into the table under its names; the first is the one it is documented by."""

    def enter(run: Run) -> Run:
        FUNCTIONS[names[0]] = Function(names[0], usage, returns, example.strip("\n"), run, names)
        return run

    return enter
