"""``regctl config``: what regctl's own file says beyond single registries."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import PRETTY, format_flag
from regclient.kit.flags.table import Command, Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.hosts import HostSettings
    from regclient.settings.regctl import RegctlConfig

COMMANDS = (
    Command(
        "get",
        "show the settings",
        long="Show the settings file, without the secrets in it, and without what comes from Docker or --host.",
        example="""\
# everything that is set
regctl config get

# where the file is
regctl config get --format '{{ .Filename }}'""",
        flags=(format_flag(default=PRETTY),),
        run="regclient.regctl.config:get",
    ),
    Command(
        "set",
        "change a setting",
        long="Change settings that are not of one registry. What is not mentioned stays as it is.",
        example="""\
# do not use the logins of Docker and podman
regctl config set --docker-cred=false

# use them again
regctl config set --docker-cred""",
        flags=(
            Flag("blob-limit", "int64", "Largest chunk a registry may ask uploads to be cut into, in bytes (0: the default)"),
            Flag("default-cred-helper", "string", "Credential helper of registries that have no settings (empty: none)"),
            Flag("docker-cert", "bool", "Use the certificates of Docker"),
            Flag("docker-cred", "bool", "Use the logins of Docker and podman"),
        ),
        run="regclient.regctl.config:change",
    ),
)


def get(call: Call) -> None:
    """Show the settings."""
    from regclient.regctl import stored
    from regclient.settings.hidden import hide_secrets
    from regclient.settings.regctl import document_of

    def view() -> object:
        from regclient.regctl.settingsview import config_view

        return config_view(shown)

    shown = hide_secrets(stored.load(call))
    stored.show(call, document_of(shown), view)


def change(call: Call) -> None:
    """Change what the flags say, and write the file even when they say nothing."""
    from regclient.regctl import stored

    stored.change(call, lambda config: changed(call, config))


def changed(call: Call, config: RegctlConfig) -> RegctlConfig:
    """Return the settings as the flags want them; what is the default anyhow is not written down."""
    from dataclasses import replace

    flags = call.flags
    if flags.given("blob-limit"):
        config = replace(config, blob_limit=flags.number("blob-limit"))
    if flags.given("default-cred-helper"):
        config = replace(config, host_default=with_helper(config.host_default, flags.text("default-cred-helper")))
    if flags.given("docker-cert"):
        config = replace(config, inc_docker_cert=None if flags.switch("docker-cert") else False)
    if flags.given("docker-cred"):
        config = replace(config, inc_docker_cred=None if flags.switch("docker-cred") else False)
    return config


def with_helper(default: HostSettings | None, helper: str) -> HostSettings | None:
    """Return the default host with another helper; None when it then says nothing."""
    from dataclasses import replace

    from regclient.hosts import HostSettings

    made = replace(default or HostSettings(""), cred_helper=helper)
    return None if made == HostSettings("") else made
