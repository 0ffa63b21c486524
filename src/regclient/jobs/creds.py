"""``creds:`` of a configuration file: hosts with the keys of regctl's settings file, and ``registry`` for the name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from regclient.hosts import HostSettings
from regclient.jobs.kinds import (
    NUMBER,
    SECRET,
    SWITCH,
    TEXT,
    TEXT_MAP,
    TEXTS,
    UNSIGNED,
    WHOLE,
    Key,
    Kind,
    Record,
    Word,
    whole_number,
)
from regclient.jobs.yamltext import Scalar
from regclient.kit.duration import SECOND, parse_duration
from regclient.kit.secret import Secret
from regclient.settings.hostjson import MEMBERS, parse_tls

NO_NAME = ""
"""The name of an entry without ``registry``, which is ignored with a warning."""


def _protection(node: Scalar) -> object:
    return parse_tls(node.text)


def _seconds(node: Scalar) -> float:
    """Read a duration, or a number of nanoseconds: Go's regsync takes only the number."""
    try:
        return whole_number(node.text, plain=node.plain) / SECOND
    except ValueError:
        return parse_duration(node.text) / SECOND


_WORDS = {"type": ["string", "null"], "enum": ["enabled", "insecure", "disabled", "", None]}
_KINDS: dict[str, tuple[Kind, str]] = {
    "tls": (Word(_protection, _WORDS), "https and a verified certificate, https with any, or http"),
    "regcert": (TEXT, "certificates of authorities to trust, in PEM (template)"),
    "clientCert": (TEXT, "certificate to show to the registry, in PEM (template)"),
    "clientKey": (SECRET, "key of that certificate, in PEM (template)"),
    "hostname": (TEXT, "host[:port] to connect to, when it is not the name"),
    "user": (TEXT, "login name (template)"),
    "pass": (SECRET, "login password (template)"),
    "token": (SECRET, "identity token, in place of a password"),
    "credHelper": (TEXT, "credential helper program to ask for the login"),
    "credExpire": (
        Word(_seconds, {"type": ["string", "integer", "null"], "examples": ["1h"]}),
        "how long what the helper says is good",
    ),
    "credHost": (TEXT, "name to ask the helper for, when it is not the hostname"),
    "pathPrefix": (TEXT, "path before the repository in every request"),
    "mirrors": (TEXTS, "registries to read from before this one"),
    "priority": (UNSIGNED, "place among mirrors: lower numbers first"),
    "repoAuth": (SWITCH, "log in for each repository apart"),
    "api": (TEXT, "no longer used"),
    "apiOpts": (TEXT_MAP, "options of the API; disableHead and blobRanges are known"),
    "blobChunk": (WHOLE, "bytes in one part of a chunked upload"),
    "blobMax": (WHOLE, "largest blob sent in one piece; -1 for any"),
    "reqPerSec": (NUMBER, "most requests in a second"),
    "reqConcurrent": (WHOLE, "most requests at once"),
    "scheme": (TEXT, "no longer used: set tls to disabled for http"),
    "proxy": (TEXT, "proxy for this registry"),
}
REGISTRY = Key("registry", "name", TEXT, "name of the registry in references (template in regsync)")
KEYS = (REGISTRY, *(Key(member.name, member.field, *_KINDS[member.name]) for member in MEMBERS))
"""Every key of an entry, in the order the Go programs print them."""


def _host(name: str = NO_NAME, **fields: object) -> HostSettings:
    return HostSettings(name, **fields)  # type: ignore[arg-type] # each kind reads what its field holds


HOST = Record(_host, KEYS)

TEMPLATED = ("user", "pass", "regcert", "clientCert", "clientKey")
"""Keys that both programs expand; regsync also expands ``registry``."""


def expanded(host: HostSettings, key: Key, expand: Callable[[str], str]) -> HostSettings:
    """Return the host with the template of one key expanded; a secret stays one."""
    value = getattr(host, key.field)
    if isinstance(value, Secret):
        return replace(host, **{key.field: Secret(expand(value.reveal()))})  # type: ignore[arg-type]
    return replace(host, **{key.field: expand(value)})  # type: ignore[arg-type] # templated keys are text
