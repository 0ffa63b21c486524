"""regctl's own settings file as its commands meet it: read strictly, changed, and tried out once it is saved."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from regclient.cli.call import Call
from regclient.cli.options import PRETTY
from regclient.errors import InvalidConfig, ParseError, RegistryClientError
from regclient.hosts import DOCKER_HUB, Credential, HostSettings, host_of, is_host_key, new_host
from regclient.settings.places import config_path, home_in
from regclient.settings.regctl import RegctlConfig, alone_with, load_config, save_config

_AS_JSON = ("{{jsonPretty .}}", PRETTY)


def path_of(call: Call) -> str:
    """Return the file this run uses."""
    return config_path(call.environ, home_in(call.environ))


def load(call: Call) -> RegctlConfig:
    """Read the file this run uses.

    Raises:
        InvalidConfig: it is damaged, or a newer program wrote it: saving it would lose what we do not understand.
    """
    config = load_config(path_of(call))
    if config.is_too_new:
        raise InvalidConfig(config.filename, f"version {config.version} was written by a newer program")
    return config


def change(call: Call, edit: Callable[[RegctlConfig], RegctlConfig]) -> None:
    """Read the file, edit it and save it, with no other process of ours in between.

    Raises:
        InvalidConfig: it cannot be read or written.
    """
    with alone_with(path_of(call)):
        save_config(edit(load(call)))


def change_host(
    call: Call, text: str, edit: Callable[[HostSettings], HostSettings], *, new: Callable[[str], HostSettings] = new_host
) -> HostSettings:
    """Change the entry of a registry, made by ``new`` when there is none, and return it.

    Raises:
        InvalidConfig: the file cannot be read or written.
    """
    with alone_with(path_of(call)):
        config = load(call)
        host = edit(config.host(text) or new(text))
        save_config(config.with_host(host))
    return host


def named(call: Call) -> str:
    """Return the registry the line names, or Docker Hub."""
    return call.args[0] if call.args else DOCKER_HUB


def check_name(text: str) -> None:
    """Refuse what is no name of a registry.

    Raises:
        ParseError: there is a path, or a scheme that is not that of the web.
    """
    if not is_host_key(text):
        raise ParseError(text, "expected the name of a registry, without a path")


def credential_of(call: Call, host: HostSettings) -> Credential:
    """Return the login of an entry, asking its helper program if it has one.

    A helper that fails is a warning, and what is stored is taken in its place.
    """
    if not host.cred_helper:
        return Credential(host.user, host.password, host.token)
    from regclient.clock import SystemClock
    from regclient.events import Event, Planned, Warned
    from regclient.settings.credentials import Credentials
    from regclient.settings.helpers import ask_helper

    def warn(event: Event | Planned | Warned) -> None:
        if isinstance(event, Warned):
            call.log.warning(event.text)

    return Credentials(ask_helper, SystemClock(), warn)(host)


def show(call: Call, document: Mapping[str, object], view: Callable[[], object]) -> None:
    """Print settings: their ``document`` as JSON unless a template asks for more, which then sees what ``view`` makes.

    Raises:
        InvalidTemplate, TemplateFailed: the template cannot be read, or fails.
    """
    if call.flags.text("format") not in _AS_JSON:
        call.show(view())
        return
    # Without the engine of templates, which takes longer to import than all the rest.
    text = json.dumps(document, indent=2, ensure_ascii=False)
    call.write(text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") + "\n")


def try_out(call: Call, host: HostSettings, *, warning: str) -> None:
    """Ask the registry whether the settings that were just saved work; the ``warning`` says that they stay.

    Raises:
        RegistryClientError: they do not work.
    """
    try:
        call.client.registry(host_of(host.name)).ping()
    except RegistryClientError as error:
        call.log.warning(warning, registry=host.name, err=error)
        raise
