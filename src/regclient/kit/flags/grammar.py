"""Words to a command with its flags and arguments: the grammar of pflag and cobra.

Scripts written for the Go programs lean on its corners: flags anywhere on the line, ``-p=v`` and ``-pv``, ``--fast=false``, the
last of a repeated flag wins, no abbreviations, and the order in which mistakes are found.
"""

from __future__ import annotations

from regclient.kit.flags.table import find_flags, help_flag, path_of
from regclient.kit.flags.values import default_of, go_quoted, value_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from regclient.kit.flags.table import Command, Flag


class UsageError(Exception):
    """A command line that does not follow the grammar; the text is for the user and needs no prefix."""


class Parsed:
    """A command line that was understood.

    ``chain`` leads from the program to the command, ``args`` are its positional arguments, ``occurrences`` every flag given
    with its value, in order (for commands where the order means something).
    """

    __slots__ = ("args", "chain", "occurrences", "values")

    def __init__(self, chain: tuple[Command, ...], flags: Sequence[Flag]) -> None:
        self.chain = chain
        self.args: list[str] = []
        self.occurrences: list[tuple[Flag, object]] = []
        self.values: dict[str, object] = {flag.name: default_of(flag) for flag in flags}

    @property
    def command(self) -> Command:
        """The command at the end of the chain."""
        return self.chain[-1]

    def given(self, name: str) -> bool:
        """Whether the flag was on the line, whatever its value."""
        return any(flag.name == name for flag, _ in self.occurrences)

    def text(self, name: str) -> str:
        """Return the value of a string flag."""
        value = self.values[name]
        assert isinstance(value, str)
        return value

    def switch(self, name: str) -> bool:
        """Return the value of a boolean flag."""
        value = self.values[name]
        assert isinstance(value, bool)
        return value

    def number(self, name: str) -> int:
        """Return the value of an integer flag."""
        value = self.values[name]
        assert isinstance(value, int)
        return value

    def decimal(self, name: str) -> float:
        """Return the value of a floating point flag."""
        value = self.values[name]
        assert isinstance(value, float)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the values of a repeatable flag, in order."""
        value = self.values[name]
        assert isinstance(value, tuple)
        return value


def parse(root: Command, words: Sequence[str]) -> Parsed:
    """Find the command and read its flags; positional arguments are counted by :func:`check_args`, after help was offered.

    Raises:
        UsageError: a flag is unknown, lacks its value or refuses it.
    """
    chain, rest = find(root, words)
    if len(chain) == 1 and root.is_group:
        word = next(iter(_positionals(rest, find_flags(chain))), "")
        if word:
            raise UsageError(unknown_command(chain, word))
    return read_flags(chain, rest)


def find(root: Command, words: Sequence[str]) -> tuple[tuple[Command, ...], list[str]]:
    """Follow the words that name commands; return the chain and the words left, flags included and in order."""
    chain: tuple[Command, ...] = (root,)
    rest = list(words)
    while True:
        flags = find_flags(chain)
        word = next(iter(_positionals(rest, flags)), "")
        child = chain[-1].child(word) if word else None
        if child is None:
            return chain, rest
        rest = _without_first(rest, word, flags)
        chain = (*chain, child)


def read_flags(chain: tuple[Command, ...], words: Sequence[str]) -> Parsed:
    """Read flags and arguments of a command that was found.

    Raises:
        UsageError: a flag is unknown, lacks its value or refuses it.
    """
    flags = [*find_flags(chain), help_flag(chain[-1])]
    reader = _Reader(flags, Parsed(chain, flags), words)
    reader.run()
    return reader.parsed


def check_args(parsed: Parsed) -> None:
    """Count the positional arguments.

    Raises:
        UsageError: there are too few or too many.
    """
    least, most = parsed.command.args
    count = len(parsed.args)
    if count >= least and (most is None or count <= most):
        return
    if most is None:
        raise UsageError(f"requires at least {least} arg(s), only received {count}")
    if least == most:
        raise UsageError(f"accepts {least} arg(s), received {count}")
    raise UsageError(f"accepts between {least} and {most} arg(s), received {count}")


def check_required(parsed: Parsed) -> None:
    """Look for flags that have to be given.

    Raises:
        UsageError: some are not.
    """
    missing = [flag.name for flag in find_flags(parsed.chain) if flag.required and not parsed.given(flag.name)]
    if missing:
        raise UsageError("required flag(s) " + ", ".join(go_quoted(name) for name in missing) + " not set")


def unknown_command(chain: tuple[Command, ...], word: str) -> str:
    """Say that a word names no command, with those it may have meant."""
    text = f"unknown command {go_quoted(word)} for {go_quoted(path_of(chain))}"
    return text + _meant(word, [child.name for child in chain[-1].listed()])


def _meant(word: str, known: Sequence[str]) -> str:
    """Return the names a word may have been meant for, as lines to add to a complaint; nothing when none is near."""
    near = [name for name in known if _is_near(word.lower(), name.lower())]
    return "".join(["\n\nDid you mean this?\n", *(f"\t{name}\n" for name in near)] if near else [])


def _is_near(word: str, name: str) -> bool:
    return name.startswith(word) or _distance(word[:100], name) <= 2


def _distance(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def _takes_next(word: str, flags: Sequence[Flag]) -> bool:
    """Whether the search for commands takes the next word as this flag's value; a flag nobody knows counts as one that does."""
    if word.startswith("--"):
        return "=" not in word and not any(flag.alone for flag in flags if flag.name == word[2:])
    return len(word) == 2 and word[0] == "-" and not any(flag.alone for flag in flags if flag.short == word[1])


def _positionals(words: Sequence[str], flags: Sequence[Flag]) -> list[str]:
    found: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            break
        if _takes_next(word, flags):
            next(rest, None)
        elif word and not word.startswith("-"):
            found.append(word)
    return found


def _without_first(words: list[str], name: str, flags: Sequence[Flag]) -> list[str]:
    position = 0
    while position < len(words) and words[position] != "--":
        if _takes_next(words[position], flags):
            position += 1
        elif words[position] == name:
            return words[:position] + words[position + 1 :]
        position += 1
    return words


class _Reader:
    """One pass over the words of a command."""

    def __init__(self, flags: Sequence[Flag], parsed: Parsed, words: Sequence[str]) -> None:
        self.parsed = parsed
        self.words = list(words)
        self.long = {flag.name: flag for flag in reversed(flags)}
        self.short = {flag.short: flag for flag in reversed(flags) if flag.short}

    def run(self) -> None:
        while self.words:
            word = self.words.pop(0)
            if word == "--":
                self.parsed.args += self.words
                return
            if word.startswith("--"):
                self._long(word)
            elif word.startswith("-") and word != "-":
                self._shorts(word[1:])
            else:
                self.parsed.args.append(word)

    def _long(self, word: str) -> None:
        name, equals, value = word[2:].partition("=")
        if not name or name.startswith("-"):
            raise UsageError(f"bad flag syntax: {word}")
        flag = self.long.get(name)
        if flag is None:
            known = [f"--{known.name}" for known in self.long.values() if not known.hidden]
            raise UsageError(f"unknown flag: --{name}" + _meant(f"--{name}", known))
        self._set(flag, value if equals else self._value(flag, word))

    def _shorts(self, letters: str) -> None:
        while letters:
            # Go reads bytes here, so a letter outside ASCII shows as its first byte.
            letter = chr(letters.encode(errors="surrogateescape")[0])
            flag = self.short.get(letter)
            if flag is None:
                raise UsageError(f"unknown shorthand flag: {_in_letters(letter, letters)}")
            if letters[1:2] == "=" and len(letters) > 2:
                self._set(flag, letters[2:])
                return
            if flag.alone:
                self._set(flag, "true")
                letters = letters[1:]
                continue
            self._set(flag, letters[1:] or self._value(flag, letters, letter))
            return

    def _value(self, flag: Flag, word: str, letter: str = "") -> str:
        if flag.alone:
            return "true"
        if not self.words:
            raise UsageError(f"flag needs an argument: {_in_letters(letter, word) if letter else word}")
        return self.words.pop(0)

    def _set(self, flag: Flag, text: str) -> None:
        try:
            value = value_of(flag, text)
        except ValueError as error:
            raise UsageError(f"invalid argument {go_quoted(text)} for {go_quoted(flag.spelled)} flag: {error}") from None
        earlier = self.parsed.values[flag.name]
        if flag.repeats and isinstance(earlier, tuple):
            self.parsed.values[flag.name] = (*earlier, value)
        else:
            self.parsed.values[flag.name] = value
        self.parsed.occurrences.append((flag, value))


def _in_letters(letter: str, letters: str) -> str:
    """Say which of several short flags is meant, as in ``'p' in -np``."""
    quoted = go_quoted(letter, mark="'")
    return f"{quoted} in -{letters}"
