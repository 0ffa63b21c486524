"""A bench for scripts: a fake registry without sockets, a client, and the calls a script makes, with or without its process."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from regclient.cli.logs import INFO, Log
from regclient.client import Client
from regclient.regbot.sandbox.calls import Arguments, Returned, Session
from regclient.regbot.sandbox.library import find
from regclient.regbot.sandbox.limits import Limits
from regclient.regbot.sandbox.script import Sandbox, run_script
from regclient.regbot.sandbox.wire import Made, Object, Record, Value, decode, encode
from tests.fakes.registry import FakeRegistry

APP = "registry.example/app"


@dataclass
class Bench:
    """One registry, one client, and what scripts printed and logged."""

    registry: FakeRegistry = field(default_factory=FakeRegistry)
    level: int = INFO
    dry_run: bool = False
    allow_io: bool = False
    printed: list[tuple[str, str]] = field(default_factory=list)
    logged: io.BytesIO = field(default_factory=io.BytesIO)
    held: int = 0

    def __post_init__(self) -> None:
        self.client = Client(transport=self.registry.transport)
        self.session = Session(
            "test",
            self.client,
            Log(self.logged, level=self.level),
            self._throttle,
            lambda stream, text: self.printed.append((stream, text)),
            dry_run=self.dry_run,
            allow_io=self.allow_io,
        )

    def call(self, name: str, *values: Value) -> tuple[Value, ...]:
        """Call a function as a script does, without its process."""
        return self.returned(name, *values).values

    def one(self, name: str, *values: Value) -> Value:
        """Call a function that returns one value."""
        (value,) = self.call(name, *values)
        return value

    def returned(self, name: str, *values: Value) -> Returned:
        """Call a function and return all that it says."""
        found = find(name)
        assert found is not None
        return found.run(self.session, Arguments(name, [handed_back(value) for value in values]))

    def run(self, script: str, limits: Limits | None = None, environ: Mapping[str, str] | None = None) -> str:
        """Run a script in its process and return what it printed to standard output."""
        before = len(self.printed)
        run_script(script, self.session, Sandbox(limits or Limits(), environ or {"PATH": os.defpath}))
        return "".join(text for stream, text in self.printed[before:] if stream == "stdout")

    @property
    def log(self) -> str:
        """What was logged."""
        return self.logged.getvalue().decode()

    @contextmanager
    def _throttle(self) -> Iterator[None]:
        self.held += 1
        yield


def handed_back(value: Value) -> Value:
    """Return a value as it arrives from Lua: numbers are floats, lists tables, objects their states."""
    if isinstance(value, Made):
        state = decode(encode(value.state))
        assert isinstance(state, dict)
        return Object(value.kind, state)
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, Mapping):
        return {key: handed_back(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return {float(place): handed_back(item) for place, item in enumerate(value, 1)}
    return value


def seen(value: Value) -> Value:
    """Return what a script sees of an object or a struct: fields under both names; what it sends back are the JSON names."""
    if isinstance(value, Made):
        return seen(value.data)
    if isinstance(value, Record):
        names = ((go, json, seen(item)) for go, json, item in value.fields)
        return {name: item for go, json, item in names for name in (go, json) if name}
    if isinstance(value, Mapping):
        return {key: seen(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [seen(item) for item in value]
    return value


def sent_back(value: Value) -> dict[Value, Value]:
    """Return the table of an object as the script sends it for ``export``: only the names that count."""
    table = _sent_back(value.data if isinstance(value, Made) else value)
    assert isinstance(table, dict)
    return table


def _sent_back(value: Value) -> Value:
    if isinstance(value, Record):
        return {json or go: _sent_back(item) for go, json, item in value.fields if item is not None}
    if isinstance(value, Mapping):
        return {key: _sent_back(item) for key, item in value.items()}
    if isinstance(value, list | tuple | bytes):
        return {float(place): _sent_back(item) for place, item in enumerate(value, 1)}
    return handed_back(value)
