"""Regular expressions that choose tags, in Go's syntax (RE2) and with Go's way of anchoring them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from regclient.errors import ParseError


def tag_filter(include: Sequence[str], exclude: Sequence[str]) -> Callable[[str], bool]:
    """Return a question about tags: does any of ``include`` match (none: every tag) and none of ``exclude``?

    Each expression is bound to both ends without grouping, as the Go programs do it: ``a|b`` means "starts with a, or ends with
    b".

    Raises:
        ParseError: an expression cannot be read.
    """
    wanted = [_matcher(text) for text in include]
    unwanted = [_matcher(text) for text in exclude]

    def keeps(tag: str) -> bool:
        return (not wanted or any(matches(tag) for matches in wanted)) and not any(matches(tag) for matches in unwanted)

    return keeps


def _matcher(text: str) -> Callable[[str], bool]:
    import re2  # noqa: PLC0415 - a door: few calls filter

    options = re2.Options()
    # The library would print the mistake on standard error before it raises.
    options.log_errors = False
    try:
        compiled = re2.compile(f"^{text}$", options)
    except (re2.error, UnicodeError) as error:
        reason = error.args[0] if error.args else ""
        raise ParseError(text, f"regular expression: {reason.decode() if isinstance(reason, bytes) else reason}") from None
    return lambda tag: compiled.search(tag) is not None
