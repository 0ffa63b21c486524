"""A piece of text that does not show itself.

Passwords, tokens and private keys travel as :class:`Secret`, so that a log line, an error or a ``repr`` cannot print them.
"""

from __future__ import annotations


class Secret:
    """Text that prints as ``***``; :meth:`reveal` at the one place that sends or stores it. False when empty."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself: only for the wire, a helper program or the settings file."""
        return self._text

    def __bool__(self) -> bool:
        """Whether there is any text."""
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        """Equal when the texts are."""
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        """Hash of the text, so that settings holding secrets stay hashable."""
        return hash(self._text)

    def __repr__(self) -> str:
        """Say that there is a secret, or none, and nothing more."""
        return "Secret('***')" if self._text else "Secret('')"

    def __str__(self) -> str:
        """``***``, or nothing when empty."""
        return "***" if self._text else ""
