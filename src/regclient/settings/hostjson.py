"""One host of a settings file: its JSON members and the fields of :class:`HostSettings`, each in one row.

The same members, under the same names, are read from regctl's JSON and from the YAML of regsync and regbot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import NamedTuple

from regclient.errors import InvalidConfig, ParseError
from regclient.hosts import TLS, HostSettings
from regclient.kit.duration import format_duration, parse_duration
from regclient.kit.secret import Secret

NANOSECONDS = 1_000_000_000
LARGEST = 2**63 - 1
"""The largest whole number of the Go program."""


class Member(NamedTuple):
    """One row: the member's name, the field it fills, and how its value is read and written (None is left out)."""

    name: str
    field: str
    read: Callable[[object], object]
    write: Callable[[object], object]


def read_host(name: str, value: object, where: str) -> HostSettings:
    """Read the object of one host; members we do not know are ignored, as the Go program does.

    Raises:
        InvalidConfig: a member has the wrong type or an unknown word; the message names host and member.
    """
    if not isinstance(value, dict):
        raise InvalidConfig(where, f"host {name}: expected an object")
    fields: dict[str, object] = {}
    for member in MEMBERS:
        if value.get(member.name) is not None:
            try:
                fields[member.field] = member.read(value[member.name])
            except (ValueError, ParseError) as error:
                raise InvalidConfig(where, f"host {name}: {member.name}: {error}") from None
    return HostSettings(name, **fields)  # type: ignore[arg-type]


def write_host(host: HostSettings, before: Mapping[str, object] | None = None) -> dict[str, object]:
    """Return the object of a host, secrets in clear: members in the Go program's order, what is not set left out.

    ``before`` is the object the host was read from; members we do not know stay in it.
    """
    written = {member.name: member.write(getattr(host, member.field)) for member in MEMBERS}
    known = {name: value for name, value in written.items() if value is not None}
    return known | unknown_members(before or {})


def unknown_members(value: Mapping[str, object]) -> dict[str, object]:
    """Return the members of a host's object that are none of ours: another program's, to be kept."""
    return {name: item for name, item in value.items() if name not in _NAMES}


def parse_tls(value: object) -> TLS:
    """Read the word for how a connection is protected, in any case.

    Raises:
        ValueError: it is none of ``enabled``, ``insecure``, ``disabled``.
    """
    word = _text(value).lower()
    if not word:
        return TLS.UNSET
    try:
        return TLS[word.upper()] if word != "unset" else TLS["?"]
    except KeyError:
        raise ValueError(f"{value!r} is none of enabled, insecure, disabled") from None


def _expected(what: str) -> ValueError:
    return ValueError(f"expected {what}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _expected("text")
    return value


def _secret(value: object) -> Secret:
    return Secret(_text(value))


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _expected("a whole number")
    if abs(value) > LARGEST:
        raise _expected("a smaller number")
    return value


def _unsigned(value: object) -> int:
    number = _integer(value)
    if number < 0:
        raise _expected("no negative number")
    return number


def _number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _expected("a number")
    try:
        number = float(value)
    except OverflowError:
        raise _expected("a smaller number") from None
    if not isfinite(number):
        raise _expected("a smaller number")
    return number


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise _expected("true or false")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _expected("a list")
    return tuple(_text(item) for item in value)


def _options(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise _expected("an object")
    return {name: _text(item) for name, item in value.items()}


def _seconds(value: object) -> float:
    """Read a duration: text such as ``1h30m``, or a number of nanoseconds."""
    return (parse_duration(value) if isinstance(value, str) else _integer(value)) / NANOSECONDS


def _unless_empty(value: object) -> object:
    return value or None


def _revealed(value: object) -> object:
    return value.reveal() or None if isinstance(value, Secret) else None


def _tls_word(value: object) -> object:
    return value.name.lower() if isinstance(value, TLS) and value is not TLS.UNSET else None


def _duration(value: object) -> object:
    return format_duration(round(value * NANOSECONDS)) if isinstance(value, int | float) and value else None


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() and value else value or None


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) and value else None


def _sorted(value: object) -> object:
    return dict(sorted(value.items())) if isinstance(value, Mapping) and value else None


MEMBERS = (
    Member("tls", "tls", parse_tls, _tls_word),
    Member("regcert", "reg_cert", _text, _unless_empty),
    Member("clientCert", "client_cert", _text, _unless_empty),
    Member("clientKey", "client_key", _secret, _revealed),
    Member("hostname", "hostname", _text, _unless_empty),
    Member("user", "user", _text, _unless_empty),
    Member("pass", "password", _secret, _revealed),
    Member("token", "token", _secret, _revealed),
    Member("credHelper", "cred_helper", _text, _unless_empty),
    Member("credExpire", "cred_expire", _seconds, _duration),
    Member("credHost", "cred_host", _text, _unless_empty),
    Member("pathPrefix", "path_prefix", _text, _unless_empty),
    Member("mirrors", "mirrors", _texts, _listed),
    Member("priority", "priority", _unsigned, _unless_empty),
    Member("repoAuth", "repo_auth", _boolean, _unless_empty),
    Member("api", "api", _text, _unless_empty),
    Member("apiOpts", "api_opts", _options, _sorted),
    Member("blobChunk", "blob_chunk", _integer, _unless_empty),
    Member("blobMax", "blob_max", _integer, _unless_empty),
    Member("reqPerSec", "req_per_sec", _number, _whole),
    Member("reqConcurrent", "req_concurrent", _integer, _unless_empty),
    Member("scheme", "scheme", _text, _unless_empty),
    Member("proxy", "proxy", _text, _unless_empty),
)
"""Every member, in the order the Go program writes them; ``proxy`` is ours."""
_NAMES = frozenset(member.name for member in MEMBERS)
