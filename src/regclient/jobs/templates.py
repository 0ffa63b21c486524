"""Go templates in configuration files; most texts hold none and never meet the engine."""

from __future__ import annotations

from collections.abc import Mapping

from regclient.kit.gotemplate.values import NOTHING, Method

MAX_LENGTH = 1 << 20
OPENING = "{{"
"""What a template begins with."""


def expand(text: str, data: object = None, functions: Mapping[str, Method] = NOTHING) -> str:
    """Return the text with its template run over the data.

    Raises:
        InvalidTemplate, TemplateFailed: it cannot be read, or fails on this data.
    """
    if OPENING not in text:
        return text
    from regclient.kit.gotemplate.template import parse  # noqa: PLC0415 - a door: most texts are no templates

    return parse(text, functions=functions).render(data, functions=functions)
