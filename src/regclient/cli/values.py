"""Values with a grammar of their own that only the programs know: the registry settings of ``--host``."""

from __future__ import annotations

from regclient.cli.logs import Log
from regclient.errors import ParseError
from regclient.hosts import TLS, HostSettings
from regclient.kit.keyvalues import parse_key_values
from regclient.kit.secret import Secret


def parse_tls(text: str) -> TLS:
    """Read ``enabled``, ``insecure`` or ``disabled`` in any case; an empty text is unset.

    Raises:
        ParseError: it is another word.
    """
    if not text:
        return TLS.UNSET
    found = TLS.__members__.get(text.upper(), TLS.UNSET)
    if found is TLS.UNSET:
        raise ParseError(text, "expected enabled, insecure or disabled")
    return found


def parse_host(text: str, log: Log) -> HostSettings | None:
    """Read the settings of one registry as ``--host`` gives them; None, with a warning, when they name no registry.

    Mistakes are warned about rather than refused, as in the Go program: a wrong ``tls`` leaves it unset.
    """
    pairs: dict[str, str] = {}
    try:
        pairs = parse_key_values(text)
    except ParseError as error:
        # The text may hold a password, so it is not repeated.
        log.warning("unable to parse host string", err=error.reason)
    name = pairs.get("reg", "")
    if not name:
        log.warning("Ignoring registry config without a name", keys=",".join(pairs))
        return None
    tls = TLS.UNSET
    try:
        tls = parse_tls(pairs.get("tls", ""))
    except ParseError as error:
        log.warning("unable to parse tls setting", host=name, err=error)
    return HostSettings(name, tls=tls, user=pairs.get("user", ""), password=Secret(pairs.get("pass", "")))
