"""``regctl registry set`` and ``config``: the settings of one registry, each flag a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from regclient.cli.call import Call
from regclient.cli.values import parse_tls
from regclient.hosts import HostSettings
from regclient.kit.secret import Secret
from regclient.regctl import stored
from regclient.regctl.config import get as show_all
from regclient.settings.credentials import DEFAULT_EXPIRY
from regclient.settings.hidden import hide_host_secrets
from regclient.settings.hostjson import write_host

FIELDS = {
    "blob-chunk": "blob_chunk",
    "blob-max": "blob_max",
    "cacert": "reg_cert",
    "client-cert": "client_cert",
    "cred-helper": "cred_helper",
    "hostname": "hostname",
    "path-prefix": "path_prefix",
    "priority": "priority",
    "proxy": "proxy",
    "repo-auth": "repo_auth",
    "req-concurrent": "req_concurrent",
    "req-per-sec": "req_per_sec",
}
"""Flags whose value is stored as it is given, and where."""

STILL_STORED = "Failed to ping registry, configuration still updated"
_PEM = "-----BEGIN "


def change(call: Call) -> None:
    """Store what the flags say about a registry, then try it out.

    Raises:
        ParseError: the name or ``--tls`` is wrong; nothing is stored then.
    """
    text = stored.named(call)
    stored.check_name(text)
    host = stored.change_host(call, text, lambda host: changed(call, host))
    call.log.info("Registry configuration updated/set", name=host.name)
    if not call.flags.switch("skip-check"):
        stored.try_out(call, host, warning=STILL_STORED)


def show(call: Call) -> None:
    """Show what is stored about one registry, without the secrets in it, or about all."""
    if not call.args:
        show_all(call)
        return
    host = stored.load(call).host(call.args[0])
    if host is None:
        call.log.warning("No configuration found for registry", registry=call.args[0])
        return
    if host.cred_helper:
        lasts = host.cred_expire or DEFAULT_EXPIRY
        host = replace(host, user=stored.credential_of(call, host).user, cred_expire=lasts)
    shown = hide_host_secrets(host)

    def view() -> object:
        from regclient.regctl.settingsview import host_view

        return host_view(shown)

    stored.show(call, write_host(shown), view)


def changed(call: Call, host: HostSettings) -> HostSettings:
    """Return the settings as the flags want them.

    Raises:
        ParseError: ``--tls`` is none of its words.
    """
    flags = call.flags
    fields = {field: flags.values[flag] for flag, field in FIELDS.items() if flags.given(flag)}
    if flags.given("tls"):
        fields["tls"] = parse_tls(flags.text("tls"))
    if flags.given("client-key"):
        fields["client_key"] = Secret(flags.text("client-key"))
    if flags.given("mirror"):
        fields["mirrors"] = tuple(filter(None, flags.texts("mirror")))
    if flags.given("api-opts"):
        fields["api_opts"] = with_options(host.api_opts, flags.texts("api-opts"))
    _warn(call)
    return replace(host, **fields)  # type: ignore[arg-type]


def with_options(options: Mapping[str, str], texts: tuple[str, ...]) -> dict[str, str]:
    """Return API options with ``key=value`` set and ``key`` removed, in the order given."""
    made = dict(options)
    for text in texts:
        key, _, value = text.partition("=")
        if value:
            made[key] = value
        else:
            made.pop(key, None)
    return made


def _warn(call: Call) -> None:
    for flag, instead in (("scheme", "for http set tls to disabled"), ("dns", "use hostname and mirrors instead")):
        if call.flags.given(flag):
            call.log.warning("The flag is deprecated and does nothing", flag=f"--{flag}", hint=instead)
    for flag in ("cacert", "client-cert", "client-key"):
        text = call.flags.text(flag)
        if text and _PEM not in text:
            call.log.warning("The value is no certificate or key", flag=f"--{flag}", hint='for a file give "$(cat FILE)"')
