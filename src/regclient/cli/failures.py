"""Errors to words: what is printed on standard error, what to try, and the exit code.

The library's errors already say what happened to which thing; this table adds what to try where there is something to try.
"""

from __future__ import annotations

from collections.abc import Callable

from regclient.errors import Denied, NotAnImage, RateLimited, RegistryClientError, Unreachable, root_cause

PLAIN_ANSWERS = ("wrong version number", "http request", "record layer failure", "unexpected eof")
"""What TLS says, in the reason of :class:`~regclient.errors.Unreachable`, about a server that does not speak it."""

NO_CERTIFICATE = ("alert bad certificate", "certificate required")
"""What a server says that wants a certificate of its clients and got none, or one it does not take."""
UNTRUSTED = ("self-signed certificate", "unable to get local issuer certificate", "unable to verify the first certificate")
"""What TLS says about a server whose authority we do not know."""


class Silent(RegistryClientError):
    """A failure that says nothing more: everything was already printed, only the exit code tells."""

    def __init__(self) -> None:
        super().__init__("")


def words_for(error: Exception) -> str:
    """Return what to print for an error: a line that says what happened, and a hint where there is one.

    The text is empty for a failure that was told already. An exception that is not one of the library's is a mistake of ours,
    and is named as one.
    """
    if isinstance(error, OSError):
        return printable(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
    if not isinstance(error, RegistryClientError):
        return printable(f"internal error: {type(error).__name__}: {error} (please report this; -v debug shows where)")
    text = printable(str(error))
    cause = root_cause(error)
    hint = next((found for kind, hint in _HINTS if isinstance(cause, kind) and (found := hint(cause))), "")
    return "\n".join(line for line in (text, hint) if line)


def printable(text: str) -> str:
    """Keep text that came from elsewhere from drawing on the terminal: control characters are shown, not sent."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode() for char in text)


def _connection(error: RegistryClientError) -> str:
    assert isinstance(error, Unreachable)
    host, reason = error.host, error.reason
    if any(words in reason for words in NO_CERTIFICATE):
        given = '--client-cert "$(cat client.crt)" --client-key "$(cat client.key)"'
        return f"hint: if {host} wants a certificate of yours, give it one: regctl registry set {given} {host}"
    if any(words in reason for words in UNTRUSTED):
        return f'hint: if you trust {host}, say so: regctl registry set --cacert "$(cat ca.crt)" {host}'
    if "TLS" in reason and any(words in reason for words in PLAIN_ANSWERS):
        once = f"--host reg={host},tls=disabled"
        return f"hint: if {host} does not use TLS, try {once} or: regctl registry set --tls disabled {host}"
    return ""


def _denied(error: RegistryClientError) -> str:
    assert isinstance(error, Denied)
    return f"hint: log in with: regctl registry login {error.host.partition('/')[0]}" if error.status == 401 else ""


_HINTS: tuple[tuple[type[RegistryClientError], Callable[[RegistryClientError], str]], ...] = (
    (Unreachable, _connection),
    (Denied, _denied),
    (NotAnImage, lambda _: "hint: the config of an artifact is shown by: regctl artifact get --config"),
    (RateLimited, lambda _: "hint: wait, or log in: registries allow more requests to those they know"),
)
