"""Completion of values that have to be looked up: tags of the repository being typed, and registries that were set up.

The look-up uses the settings of the line so far and gives up quietly: a person pressing TAB wants candidates or nothing.
"""

from __future__ import annotations

import io
import os

from regclient.cli.call import Call, Streams
from regclient.cli.logs import ERROR, Log
from regclient.errors import RegistryClientError
from regclient.kit.flags.grammar import Parsed

_QUIET = ERROR + 100


def references(parsed: Parsed, typed: str) -> list[str]:
    """Return the references that continue the one being typed, once it names a repository."""
    repository, colon, tag = typed.rpartition(":")
    # Without a slash the colon may be that of a port, and a short name would ask Docker Hub.
    if not colon or "/" in tag or "/" not in repository or "@" in typed or len(parsed.args) >= (parsed.command.args[1] or 1):
        return []
    # The word being typed decides, like the others, whether settings are needed.
    parsed.args = [*parsed.args, typed]
    call = Call(parsed, Streams(io.BytesIO(), io.BytesIO(), io.BytesIO()), os.environ, Log(io.BytesIO(), level=_QUIET))
    try:
        found = call.client.repository(repository).tags()
    except RegistryClientError:
        return []
    finally:
        call.close()
    return [f"{repository}:{name}" for name in sorted(found.tags) if name.startswith(tag)]


def registries(parsed: Parsed, typed: str) -> list[str]:
    """Return the registries of regctl's own file that continue the name being typed."""
    from regclient.settings.places import config_path, home_in  # noqa: PLC0415 - a door: tags need it not
    from regclient.settings.regctl import load_config  # noqa: PLC0415

    if len(parsed.args) >= (parsed.command.args[1] or 1):
        return []
    try:
        config = load_config(config_path(os.environ, home_in(os.environ)))
    except RegistryClientError:
        return []
    return sorted(name for name in config.hosts if name.startswith(typed))
