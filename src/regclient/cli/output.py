"""``--format``: the words for raw bodies and headers, and Go templates for everything else.

The layouts most commands print by default are reached without the template engine, which would take longer to import than
the rest of a small command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from regclient.cli.call import Call
from regclient.cli.options import BODY, HEADERS, PRETTY, RAW
from regclient.goview import pretty, view
from regclient.model.headers import Headers


class Exchange(Protocol):
    """What a thing was received as: header fields, and its bytes where it has any."""

    @property
    def headers(self) -> Headers:
        """The header fields of the answer."""


def show(call: Call, value: object, template: str, *, exchange: Exchange | None = None) -> None:
    """Print a value as a template says.

    With an ``exchange`` the words for raw bodies and headers are known; without, they are templates that print themselves.

    Raises:
        InvalidTemplate, TemplateFailed: the template cannot be read, or fails on this value.
    """
    if exchange is not None and template in RAW | BODY | HEADERS:
        call.write(raw_form(exchange, template))
    elif template == PRETTY:
        call.write(pretty(value))
    elif template:
        _render(call, value, template)


def raw_form(exchange: Exchange, word: str) -> bytes:
    """Return what was received: the headers, the bytes, or both with an empty line between."""
    body = b"" if word in HEADERS else getattr(exchange, "raw", b"")
    head = b"" if word in BODY else header_lines(exchange.headers).encode("utf-8", "surrogateescape")
    return head + (b"\n" if word in RAW else b"") + body


def header_lines(headers: Headers) -> str:
    """Return one line for each value of each field, by name."""
    return "".join(f"{name}: {value}\n" for name in sorted(headers) for value in headers[name])


def functions_of(environ: Mapping[str, str]) -> dict[str, Callable[..., object]]:
    """Return the functions regctl adds to those of Go's templates."""
    from regclient.kit.gotemplate.extras import PURE  # noqa: PLC0415 - a door: only templates need it

    return {**PURE, "env": lambda name: environ.get(name, ""), "file": read_file, "printPretty": pretty}


FUNCTIONS = ("env", "file", "printPretty")


def read_file(path: str) -> str:
    """Return the text of a file without the blank space around it; nothing when it cannot be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            return file.read().decode("utf-8", "surrogateescape").strip()
    except (OSError, ValueError):
        return ""


def _render(call: Call, value: object, template: str) -> None:
    from regclient.kit.gotemplate.template import parse  # noqa: PLC0415 - a door: defaults need no engine

    functions = functions_of(call.environ)
    parse(template, name="out", functions=functions).execute(call.write, view(value), functions=functions)
