"""From a file to a configuration that can run: defaults inherited, templates expanded, and the client it describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from regclient.cli.call import Call
from regclient.cli.jobs import client_of, read_file
from regclient.cli.output import functions_of
from regclient.client import Client
from regclient.hosts import HostSettings
from regclient.jobs.configfile import JobsFile, Spot
from regclient.jobs.templates import OPENING
from regclient.regsync.form import FORM, Defaults
from regclient.remote.shared import RemoteOptions
from regclient.sync.config import SyncConfig, SyncStep, settled

_EXPANDED = (
    ("source", "source"),
    ("referrerSource", "referrer_source"),
    ("target", "target"),
    ("referrerTarget", "referrer_target"),
)
"""Keys and fields with templates, in the order in which each sees what the ones before it became."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file, ready to run."""

    version: int
    creds: tuple[HostSettings, ...]
    config: SyncConfig
    defaults: Defaults


def load(call: Call) -> Loaded:
    """Read the file of a call, with warnings in its log.

    Raises:
        Incomplete, InvalidConfig: see :func:`~regclient.cli.jobs.read_file`; and templates that fail, with line and key.
    """
    found = prepared(read_file(call, FORM), functions_of(call.environ))
    call.log.debug("Configuring parallel settings", concurrent=max(1, found.config.defaults.parallel))
    return found


def prepared(file: JobsFile[Defaults, SyncStep], functions: Mapping[str, Callable[..., object]]) -> Loaded:
    """Inherit the defaults and expand the templates of a file that was read.

    Raises:
        InvalidConfig: a template cannot be read, or fails; with line and key.
    """
    config = settled(SyncConfig(file.entries, file.defaults.sync))
    steps = tuple(_expanded(step, spot, functions) for step, spot in zip(config.steps, file.spots, strict=True))
    return Loaded(file.version, file.creds, replace(config, steps=steps), replace(file.defaults, sync=config.defaults))


def _expanded(step: SyncStep, spot: Spot, functions: Mapping[str, Callable[..., object]]) -> SyncStep:
    if not any(OPENING in getattr(step, name) for _, name in _EXPANDED):
        return step
    from regclient.sync.view import file_view  # noqa: PLC0415 - a door: most steps hold no template

    seen = step
    for key, name in _EXPANDED:
        made = spot.expand(key, getattr(step, name), file_view(seen), functions)
        step = replace(step, **{name: made})  # type: ignore[arg-type] # all four are text
        if name != "target":
            # As in Go: what comes after the target sees the template of the target, not what became of it.
            seen = replace(seen, **{name: made})  # type: ignore[arg-type] # as above
    return step


def open_client(call: Call, loaded: Loaded) -> Client:
    """Make the client the file describes."""
    defaults = loaded.defaults
    remote = RemoteOptions()
    if defaults.cache_count > 0 and defaults.cache_time > 0:
        remote = replace(remote, cache_count=defaults.cache_count, cache_timeout=defaults.cache_time)
    return client_of(call, loaded.creds, defaults.client, remote)
