"""``--format``: the words for raw bodies and headers, and Go templates for everything else.

The layouts most commands print by default are reached without the template engine, which would take longer to import than
the rest of a small command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from regclient.cli.call import Call
from regclient.cli.options import BODY, HEADERS, PRETTY, RAW
from regclient.model.headers import Headers


class Exchange(Protocol):
    """What a thing was received as: header fields, and its bytes where it has any."""

    @property
    def headers(self) -> Headers:
        """The header fields of the answer."""


def show(call: Call, value: object, template: str, *, exchange: Exchange | None = None) -> None:
    """Print a value as a template says.

    With an ``exchange`` the words for raw bodies and headers are known; otherwise they are templates that print themselves.

    Raises:
        InvalidTemplate, TemplateFailed: the template cannot be read, or fails on this value.
    """
    if exchange is not None and template in words_of(exchange):
        call.write(raw_form(exchange, template))
    elif template in _USUAL:
        call.write(_USUAL[template](value))
    elif template:
        _render(call, value, template)


def words_of(exchange: Exchange) -> frozenset[str]:
    """Return the words that make sense for an answer; one without a body (to a HEAD) has headers only."""
    return HEADERS | BODY | RAW if hasattr(exchange, "raw") else HEADERS


def raw_form(exchange: Exchange, word: str) -> bytes:
    """Return what was received: the headers, the bytes, or both with an empty line between."""
    body = b"" if word in HEADERS else getattr(exchange, "raw", b"")
    head = b"" if word in BODY else header_lines(exchange.headers).encode("utf-8", "surrogateescape")
    return head + (b"\n" if word in RAW else b"") + body


def header_lines(headers: Headers) -> str:
    """Return one line for each value of each field, by name."""
    return "".join(f"{name}: {value}\n" for name in sorted(headers) for value in headers[name])


def functions_of(environ: Mapping[str, str]) -> dict[str, Callable[..., object]]:
    """Return the functions regctl adds to those of Go's templates, in this environment."""
    from regclient import goview  # noqa: PLC0415 - a door, as the rest: only templates need it
    from regclient.kit.gotemplate.extras import PURE  # noqa: PLC0415
    from regclient.kit.gotemplate.values import Function  # noqa: PLC0415

    found: dict[str, Callable[..., object]] = {
        "env": Function(lambda name: environ.get(name, ""), ("string",)),
        "file": Function(read_file, ("string",)),
        "time": _time,
    }
    return {**PURE, **goview.functions(), **found}


def _time() -> object:
    from time import time_ns  # noqa: PLC0415 - a door, as the rest: few templates ask for the time

    from regclient.kit.gotemplate.timeview import time_functions  # noqa: PLC0415

    return time_functions(time_ns)["time"]()


def read_file(path: str) -> str:
    """Return the text of a file without the blank space around it; nothing when it cannot be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            return file.read().decode("utf-8", "surrogateescape").strip()
    except (OSError, ValueError):
        return ""


def _render(call: Call, value: object, template: str) -> None:
    from regclient.goview import view  # noqa: PLC0415 - a door: the usual templates need no engine
    from regclient.kit.gotemplate.template import parse  # noqa: PLC0415

    functions = functions_of(call.environ)
    parse(template, name="out", functions=functions).execute(call.write, view(value), functions=functions)


def _pretty(value: object) -> str:
    from regclient.goview import pretty  # noqa: PLC0415 - a door: each noun brings its layout

    return pretty(value)


def _common_name(value: object) -> str:
    return str(getattr(value, "name", value))


# The defaults of the commands, answered without the engine; a test holds them to what the engine says.
_USUAL: dict[str, Callable[[object], str]] = {
    PRETTY: _pretty,
    "{{.CommonName}}": _common_name,
    "{{.String}}": str,
}
