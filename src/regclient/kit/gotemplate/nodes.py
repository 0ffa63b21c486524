"""The tree a template parses into: plain slotted classes, because a dataclass costs more to define than a template to parse.

``position`` is the offset in the source, for messages; ``str()`` of an expression is its text as Go's messages show it.
"""

from __future__ import annotations

from collections.abc import Sequence

from regclient.kit.gotemplate.text import quote


class Node:
    """The base of everything in the tree."""

    __slots__ = ("position",)

    def __init__(self, position: int) -> None:
        self.position = position


class Text(Node):
    """Text outside braces, written as it is."""

    __slots__ = ("text",)

    def __init__(self, position: int, text: str) -> None:
        super().__init__(position)
        self.text = text

    def __str__(self) -> str:
        return self.text


class Dot(Node):
    """The cursor ``.``."""

    __slots__ = ()

    def __str__(self) -> str:
        return "."


class Nil(Node):
    """The constant ``nil``."""

    __slots__ = ()

    def __str__(self) -> str:
        return "nil"


class Constant(Node):
    """A string, number, character or truth value; ``source`` is how it was written."""

    __slots__ = ("source", "value")

    def __init__(self, position: int, value: object, source: str) -> None:
        super().__init__(position)
        self.value = value
        self.source = source

    def __str__(self) -> str:
        return self.source


class Identifier(Node):
    """The name of a function."""

    __slots__ = ("name",)

    def __init__(self, position: int, name: str) -> None:
        super().__init__(position)
        self.name = name

    def __str__(self) -> str:
        return self.name


class Field(Node):
    """Fields looked up in the cursor: ``.A.B``."""

    __slots__ = ("names",)

    def __init__(self, position: int, names: tuple[str, ...]) -> None:
        super().__init__(position)
        self.names = names

    def __str__(self) -> str:
        return "".join("." + name for name in self.names)


class Variable(Node):
    """A variable and fields looked up in it: ``$x.A``."""

    __slots__ = ("name", "names")

    def __init__(self, position: int, name: str, names: tuple[str, ...] = ()) -> None:
        super().__init__(position)
        self.name = name
        self.names = names

    def __str__(self) -> str:
        return ".".join((self.name, *self.names))


class Chain(Node):
    """Fields looked up in the result of a parenthesis: ``(f .X).A``."""

    __slots__ = ("names", "operand")

    def __init__(self, position: int, operand: Node, names: tuple[str, ...]) -> None:
        super().__init__(position)
        self.operand = operand
        self.names = names

    def __str__(self) -> str:
        shown = f"({self.operand})" if isinstance(self.operand, Pipeline) else str(self.operand)
        return shown + "".join("." + name for name in self.names)


class Command(Node):
    """One stage of a pipeline: an operand, or a function or method with its arguments."""

    __slots__ = ("operands",)

    def __init__(self, position: int, operands: Sequence[Node]) -> None:
        super().__init__(position)
        self.operands = operands

    def __str__(self) -> str:
        return " ".join(f"({operand})" if isinstance(operand, Pipeline) else str(operand) for operand in self.operands)


class Pipeline(Node):
    """Commands that hand their result on, and the variables the last result goes to."""

    __slots__ = ("assigns", "commands", "names")

    def __init__(self, position: int, commands: Sequence[Command], names: tuple[str, ...], *, assigns: bool) -> None:
        super().__init__(position)
        self.commands = commands
        self.names = names
        self.assigns = assigns

    def __str__(self) -> str:
        target = ", ".join(self.names) + (" = " if self.assigns else " := ") if self.names else ""
        return target + " | ".join(str(command) for command in self.commands)


class Action(Node):
    """A pipeline between braces: its result is printed unless it goes to a variable."""

    __slots__ = ("pipeline",)

    def __init__(self, position: int, pipeline: Pipeline) -> None:
        super().__init__(position)
        self.pipeline = pipeline

    def __str__(self) -> str:
        return "{{" + str(self.pipeline) + "}}"


class Block(Node):
    """Nodes one after the other."""

    __slots__ = ("nodes",)

    def __init__(self, position: int, nodes: Sequence[Node]) -> None:
        super().__init__(position)
        self.nodes = nodes

    @property
    def is_blank(self) -> bool:
        """Whether the block writes nothing but white space, so that a later definition may take its name."""
        return all(isinstance(node, Text) and not node.text.strip() for node in self.nodes)


class Branch(Node):
    """``if``, ``with`` or ``range`` with what follows its ``else``."""

    __slots__ = ("body", "otherwise", "pipeline")
    word = ""

    def __init__(self, position: int, pipeline: Pipeline, body: Block, otherwise: Block | None) -> None:
        super().__init__(position)
        self.pipeline = pipeline
        self.body = body
        self.otherwise = otherwise

    def __str__(self) -> str:
        return "{{" + f"{self.word} {self.pipeline}" + "}}"


class If(Branch):
    """``{{if}}``."""

    __slots__ = ()
    word = "if"


class With(Branch):
    """``{{with}}``."""

    __slots__ = ()
    word = "with"


class Range(Branch):
    """``{{range}}``."""

    __slots__ = ()
    word = "range"


class Jump(Node):
    """``{{break}}`` or ``{{continue}}``."""

    __slots__ = ("word",)

    def __init__(self, position: int, word: str) -> None:
        super().__init__(position)
        self.word = word

    def __str__(self) -> str:
        return "{{" + self.word + "}}"


class Include(Node):
    """``{{template "name" pipeline}}``."""

    __slots__ = ("name", "pipeline")

    def __init__(self, position: int, name: str, pipeline: Pipeline | None) -> None:
        super().__init__(position)
        self.name = name
        self.pipeline = pipeline

    def __str__(self) -> str:
        return "{{template " + quote(self.name) + (f" {self.pipeline}" if self.pipeline else "") + "}}"
