"""Template text to tokens.

What does not lex ends the list with an ``error`` token, which the parser reports only when it gets there, so that the first
mistake in the text is the one told.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from regclient.kit.gotemplate.text import quote

_SPACES = " \t\r\n"
_TRIMS = tuple("-" + space for space in _SPACES)
_KEYWORDS = frozenset({"block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with"})
_CLOSE = re.compile(r"(?:[ \t\r\n]+(-))?\}\}")
# Not compiled here: few templates have comments or numbers, and the re module keeps what it compiled.
_COMMENT = r"(?s)/\*.*?\*/(?P<close>(?:[ \t\r\n]-)?\}\})?"
_NUMBER = (
    r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*(?:\.[0-9_]*)?)"
    r"(?:[eE][+-]?[0-9_]*)?(?:[pP][+-]?[0-9_]*)?"
    r"(?P<second>[+-][0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9]+)?)?i?"
)
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<rune>'[^'\\\n]*(?:\\[^\n][^'\\\n]*)*')
      | (?P<string>"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"|`[^`]*`)
      | (?P<number>[+-]|\.?[0-9])
      | (?P<field>\.\w+)
      | (?P<variable>\$\w*)
      | (?P<word>\w+)
      | (?P<dot>\.)
      | (?P<mark>:=|[!-~])""",
    re.VERBOSE,
)
_ENDS_NAME = frozenset(" \t\r\n.,|:)(")
_NAMES = frozenset({"field", "variable", "word", "dot"})
_UNFINISHED = {
    "'": "unterminated character constant",
    '"': "unterminated quoted string",
    "`": "unterminated raw quoted string",
    ":": "expected :=",
}


class Token(NamedTuple):
    """A piece of a template.

    ``kind`` is ``text open close number rune string field variable word bool dot nil eof error``, a keyword, or the mark
    itself.
    """

    kind: str
    value: str
    position: int


def tokens_of(source: str) -> list[Token]:
    """Cut a template into tokens; the last one is ``eof`` or ``error``."""
    return _Lexer(source).run()


class _Lexer:
    __slots__ = ("_position", "_source", "_tokens", "_trim")

    def __init__(self, source: str) -> None:
        self._source = source
        self._position = 0
        self._trim = False
        self._tokens: list[Token] = []

    def run(self) -> list[Token]:
        going_on = True
        while going_on:
            opening = self._source.find("{{", self._position)
            if opening < 0:
                self._text(len(self._source), trim=False)
                self._emit("eof", "", len(self._source))
                break
            trim = self._source.startswith(_TRIMS, opening + 2)
            self._text(opening, trim=trim)
            going_on = self._braces(opening, opening + 2 + trim)
        return self._tokens

    def _emit(self, kind: str, value: str, position: int) -> None:
        self._tokens.append(Token(kind, value, position))

    def _fail(self, message: str, position: int) -> bool:
        self._emit("error", message, position)
        return False

    def _text(self, end: int, *, trim: bool) -> None:
        start = self._position
        text = self._source[start:end]
        if self._trim:
            length = len(text)
            text = text.lstrip(_SPACES)
            start += length - len(text)
        if trim:
            text = text.rstrip(_SPACES)
        if text:
            self._emit("text", text, start)

    def _braces(self, opening: int, inside: int) -> bool:
        start = inside + (inside > opening + 2)
        if self._source.startswith("/*", start):
            return self._comment(start)
        self._emit("open", "{{", opening)
        return self._action(inside)

    def _comment(self, start: int) -> bool:
        comment = re.compile(_COMMENT).match(self._source, start)
        if comment is None:
            return self._fail("unclosed comment", start)
        if comment["close"] is None:
            return self._fail("comment ends before closing delimiter", start)
        self._resume(comment.end(), trim="-" in comment["close"])
        return True

    def _resume(self, position: int, *, trim: bool) -> None:
        self._position, self._trim = position, trim

    def _action(self, position: int) -> bool:
        """Read the tokens of one action, up to and with the closing braces."""
        source, depth = self._source, 0
        while True:
            closing = _CLOSE.match(source, position)
            if closing is not None:
                if depth:
                    return self._fail("unclosed left paren", position)
                self._emit("close", "}}", position)
                self._resume(closing.end(), trim=closing[1] is not None)
                return True
            match = _TOKEN.match(source, position)
            if match is None:
                return self._unknown(position)
            depth += (match[0] == "(") - (match[0] == ")")
            if depth < 0:
                return self._fail("unexpected right paren", position)
            if match.lastgroup == "number":
                match = re.compile(_NUMBER).match(source, position) or match
                problem = self._number(match)
            else:
                problem = self._token(match.lastgroup or "", match)
            if problem:
                return self._fail(problem, position)
            position = match.end()

    def _token(self, kind: str, match: re.Match[str]) -> str:
        """Emit one token; return what is wrong with it, if anything."""
        value = match[0]
        following = self._source[match.end() : match.end() + 1]
        if kind in _NAMES and not self._ends_name(following, match.end()):
            return f"bad character {_shown(following)}"
        if kind == "word":
            kind = value if value in _KEYWORDS else "bool" if value in {"true", "false"} else "word"
        elif kind == "mark":
            if value in _UNFINISHED:
                return _UNFINISHED[value]
            kind = value
        self._emit(kind, value, match.start())
        return ""

    def _number(self, match: re.Match[str]) -> str:
        value = match[0]
        following = self._source[match.end() : match.end() + 1]
        if following.isalnum() or following == "_":
            return f"bad number syntax: {quote(value + following)}"
        if match["second"] and not value.endswith("i"):
            return f"bad number syntax: {quote(value)}"
        self._emit("number", value, match.start())
        return ""

    def _ends_name(self, following: str, position: int) -> bool:
        return not following or following in _ENDS_NAME or self._source.startswith("}}", position)

    def _unknown(self, position: int) -> bool:
        if position >= len(self._source):
            return self._fail("unclosed action", position)
        return self._fail(f"unrecognized character in action: {_shown(self._source[position])}", position)


def _shown(character: str) -> str:
    visible = f" '{character}'" if character.isprintable() else ""
    return f"U+{ord(character):04X}{visible}"
