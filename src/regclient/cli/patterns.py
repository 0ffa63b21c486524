"""Regular expressions that choose tags, in Go's syntax (RE2) and with Go's way of anchoring them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from regclient.kit.patterns import compile_pattern


def tag_filter(include: Sequence[str], exclude: Sequence[str]) -> Callable[[str], bool]:
    """Return a question about tags: does any of ``include`` match (none: every tag) and none of ``exclude``?

    Each expression is bound to both ends without grouping, as the Go programs do it: ``a|b`` means "starts with a, or ends with
    b".

    Raises:
        ParseError: an expression cannot be read.
    """
    wanted = [compile_pattern(f"^{text}$") for text in include]
    unwanted = [compile_pattern(f"^{text}$") for text in exclude]

    def keeps(tag: str) -> bool:
        return (not wanted or any(each.matches(tag) for each in wanted)) and not any(each.matches(tag) for each in unwanted)

    return keeps
