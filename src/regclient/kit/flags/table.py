"""The tables a program describes its commands with.

:class:`Command` and :class:`Flag` are values that parsing, help, completion and the reference pages all read, so that none of
them can disagree. They are plain classes: importing ``dataclasses`` costs more than parsing a command line does.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SHOWN_TYPES = {
    "string": "string",
    "bool": "",
    "int": "int",
    "int64": "int",
    "uint": "uint",
    "float64": "float",
    "stringArray": "stringArray",
}
"""Kind of a flag to the word its help line shows for the value."""


class Flag:
    """One flag.

    ``kind`` is a key of :data:`SHOWN_TYPES`; ``default`` is text, read as a value given on the line would be. ``shown``
    replaces the word of the kind in the help, ``shown_default`` the default. A ``required`` flag has to be given. ``values``
    are offered by completion; ``complete`` names a completer (``module:function``) for values that have to be looked up.
    ``parse`` checks or converts each value as it is met and raises ``ValueError`` for one it refuses.
    """

    __slots__ = (
        "complete",
        "default",
        "help",
        "hidden",
        "kind",
        "name",
        "parse",
        "required",
        "short",
        "shown",
        "shown_default",
        "values",
    )

    def __init__(  # noqa: PLR0913 - one row of a table
        self,
        name: str,
        kind: str,
        help: str,  # noqa: A002 - what every table of flags calls it
        *,
        short: str = "",
        default: str = "",
        shown: str = "",
        shown_default: str = "",
        hidden: bool = False,
        required: bool = False,
        values: tuple[str, ...] = (),
        complete: str = "",
        parse: Callable[[str], object] | None = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.help = help
        self.short = short
        self.default = default
        self.shown = shown or SHOWN_TYPES[kind]
        self.shown_default = shown_default or default
        self.hidden = hidden
        self.required = required
        self.values = values
        self.complete = complete
        self.parse = parse

    @property
    def repeats(self) -> bool:
        """Whether each use adds a value instead of replacing the last one."""
        return self.kind == "stringArray"

    @property
    def alone(self) -> bool:
        """Whether the flag means something without a value."""
        return self.kind == "bool"

    @property
    def spelled(self) -> str:
        """The flag as messages quote it: ``-p, --platform``."""
        return f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"


class Command:
    """One command, or a group of them.

    ``run`` names the function (``module:function``) that does the work, loaded when it is called; a group has none.
    ``children`` is a tuple of commands, or names one (``module:TABLE``) that is loaded when the group is entered; ``flags``,
    where there are very many, may name a tuple too. ``usage`` is what follows the name on the usage line; ``args`` the least
    and the most positional arguments (``None``: no limit). ``persistent`` flags are valid below the command as well.
    ``complete`` names a completer of positional arguments; ``files`` says that the shell may offer file names for them.
    """

    __slots__ = (
        "_children",
        "_flags",
        "aliases",
        "args",
        "complete",
        "example",
        "files",
        "hidden",
        "long",
        "name",
        "persistent",
        "run",
        "short",
        "usage",
    )

    def __init__(  # noqa: PLR0913 - one row of a table
        self,
        name: str,
        short: str,
        *,
        usage: str = "",
        long: str = "",
        example: str = "",
        aliases: tuple[str, ...] = (),
        args: tuple[int, int | None] = (0, 0),
        flags: tuple[Flag, ...] | str = (),
        persistent: tuple[Flag, ...] = (),
        hidden: bool = False,
        run: str = "",
        children: tuple[Command, ...] | str = (),
        complete: str = "",
        files: bool = False,
    ) -> None:
        self.name = name
        self.short = short
        self.usage = usage
        self.long = long
        self.example = example
        self.aliases = aliases
        self.args = args
        self.persistent = persistent
        self.hidden = hidden
        self.run = run
        self.complete = complete
        self.files = files
        self._children = children
        self._flags = flags

    @property
    def is_group(self) -> bool:
        """Whether the command has commands of its own (answered without loading them)."""
        return bool(self._children)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The flags of the command itself, loaded when first asked for."""
        if isinstance(self._flags, str):
            self._flags = load_flags(self._flags)
        return self._flags

    @property
    def children(self) -> tuple[Command, ...]:
        """The commands of a group, loaded when first asked for."""
        if isinstance(self._children, str):
            self._children = load_commands(self._children)
        return self._children

    def child(self, word: str) -> Command | None:
        """Return the child with this name or alias."""
        return next((child for child in self.children if word == child.name or word in child.aliases), None)

    def listed(self) -> list[Command]:
        """Return the children that help and completion show, by name."""
        return sorted((child for child in self.children if not child.hidden), key=lambda child: child.name)


def load(target: str) -> object:
    """Import what ``module:name`` names; the doors through which a command line reaches the code it needs, and no other."""
    module, _, name = target.partition(":")
    found: object = getattr(import_module(module), name)
    return found


def load_commands(target: str) -> tuple[Command, ...]:
    """Import a table of commands.

    Raises:
        TypeError: the name does not hold one (a mistake in a table).
    """
    found = load(target)
    if not isinstance(found, tuple):
        raise TypeError(f"{target} is not a table of commands")
    return found


def load_flags(target: str) -> tuple[Flag, ...]:
    """Import the flags of one command.

    Raises:
        TypeError: the name does not hold any (a mistake in a table).
    """
    found = load(target)
    if not isinstance(found, tuple):
        raise TypeError(f"{target} is not a table of flags")
    return found


def find_flags(chain: tuple[Command, ...]) -> list[Flag]:
    """Return the flags valid at the end of a chain of commands: its own, then those inherited."""
    own = [*chain[-1].flags, *chain[-1].persistent]
    return own + [flag for command in reversed(chain[:-1]) for flag in command.persistent]


def help_flag(command: Command) -> Flag:
    """Return the ``--help`` every command has."""
    return Flag("help", "bool", f"help for {command.name}", short="h")


def path_of(chain: tuple[Command, ...]) -> str:
    """Return the words that reach the command: ``regctl image copy``."""
    return " ".join(command.name for command in chain)
