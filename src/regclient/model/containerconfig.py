"""The ``config`` inside an image config: what a container starts with.

Docker's names, kept by OCI. Docker writes more members than are named here; they are kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict, Unpack

from regclient.model import columns, document
from regclient.model.columns import Column
from regclient.model.descriptor import NO_ANNOTATIONS

_HEALTH = (
    Column("Test", "test", columns.TEXTS),
    Column("Interval", "interval", columns.NUMBER),
    Column("Timeout", "timeout", columns.NUMBER),
    Column("StartPeriod", "start_period", columns.NUMBER),
    Column("Retries", "retries", columns.NUMBER),
)
_HEALTH_SHAPE = document.Shape(*(column.name for column in _HEALTH))


@dataclass(frozen=True, slots=True)
class Healthcheck:
    """How to ask a container whether it is well; times are nanoseconds, 0 means the default."""

    test: tuple[str, ...] = ()
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    retries: int = 0
    extras: document.Extras = field(default=(), compare=False, repr=False)

    @classmethod
    def from_json(cls, value: object, where: str = "Healthcheck") -> Healthcheck:
        """Read the object.

        Raises:
            InvalidManifest: a member has the wrong type.
        """
        known, extras = _HEALTH_SHAPE.read(value, where)
        return cls(**columns.read_columns(_HEALTH, known, where), extras=extras)  # type: ignore[arg-type]  # the table's types

    def to_json(self) -> str:
        """Return the JSON object as Go writes it."""
        return _HEALTH_SHAPE.write(columns.write_columns(_HEALTH, self), self.extras)


def _read_health(members: Mapping[str, object], name: str, where: str) -> Healthcheck:
    return Healthcheck.from_json(members[name], f"{where}: {name}")


def _write_health(value: object) -> str:
    assert isinstance(value, Healthcheck)
    return value.to_json()


_COLUMNS = (
    Column("User", "user", columns.TEXT),
    Column("ExposedPorts", "exposed_ports", columns.NAMES),
    Column("Env", "env", columns.TEXTS),
    Column("Entrypoint", "entrypoint", columns.TEXTS),
    Column("Cmd", "cmd", columns.TEXTS),
    Column("Volumes", "volumes", columns.NAMES),
    Column("WorkingDir", "working_dir", columns.TEXT),
    Column("Labels", "labels", columns.LABELS),
    Column("StopSignal", "stop_signal", columns.TEXT),
    Column("StopTimeout", "stop_timeout", columns.OPTIONAL_NUMBER),
    Column("ArgsEscaped", "args_escaped", columns.FLAG),
    Column("Healthcheck", "healthcheck", columns.Codec(_read_health, _write_health, lambda value: value is None)),
    Column("OnBuild", "on_build", columns.TEXTS),
    Column("Shell", "shell", columns.TEXTS),
)
SHAPE = document.Shape(*(column.name for column in _COLUMNS), children={"Healthcheck": _HEALTH_SHAPE})


class Changes(TypedDict, total=False):
    """What :meth:`ContainerConfig.replace` takes."""

    user: str
    exposed_ports: tuple[str, ...]
    env: tuple[str, ...]
    entrypoint: tuple[str, ...]
    cmd: tuple[str, ...]
    volumes: tuple[str, ...]
    working_dir: str
    labels: Mapping[str, str]
    stop_signal: str
    stop_timeout: int | None
    args_escaped: bool
    healthcheck: Healthcheck | None
    on_build: tuple[str, ...]
    shell: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContainerConfig:
    """What a container starts with; ``exposed_ports`` and ``volumes`` are sets, kept sorted.

    ``hollow`` says that there was a list or a map, perhaps an empty one: Go then writes the object even with nothing in it.
    """

    user: str = ""
    exposed_ports: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    working_dir: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: NO_ANNOTATIONS)
    stop_signal: str = ""
    stop_timeout: int | None = None
    args_escaped: bool = False
    healthcheck: Healthcheck | None = None
    on_build: tuple[str, ...] = ()
    shell: tuple[str, ...] = ()
    hollow: bool = field(default=False, compare=False, repr=False)
    extras: document.Extras = field(default=(), compare=False, repr=False)

    __hash__ = None  # type: ignore[assignment]  # labels cannot be hashed

    @classmethod
    def from_json(cls, value: object, where: str = "config") -> ContainerConfig:
        """Read the object; none is an empty one.

        Raises:
            InvalidManifest: a member has the wrong type.
        """
        known, extras = SHAPE.read(value, where)
        hollow = any(isinstance(item, (list, dict)) for item in known.values())
        values = columns.read_columns(_COLUMNS, known, where)
        return cls(**values, hollow=hollow, extras=extras)  # type: ignore[arg-type]  # the table's types

    def to_json(self) -> str:
        """Return the JSON object as Go writes it."""
        return SHAPE.write(columns.write_columns(_COLUMNS, self), self.extras)

    def replace(self, **fields: Unpack[Changes]) -> ContainerConfig:
        """Return a copy with some fields changed; give ports and volumes in any order."""
        values: dict[str, object] = {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
        for name in ("exposed_ports", "volumes"):
            if name in fields:
                values[name] = tuple(sorted(set(fields[name])))
        hollow = self.hollow or any(isinstance(value, (tuple, Mapping)) and value for value in values.values())
        return dataclasses.replace(self, **values, hollow=hollow)  # type: ignore[arg-type]  # the keys of Changes

    @property
    def is_zero(self) -> bool:
        """Whether Go leaves the whole object out."""
        return not self.hollow and not self.extras and self == ContainerConfig()
