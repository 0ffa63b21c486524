"""The front of the engine: parse a template once, render it with data as often as wanted.

>>> parse("{{range .}}{{.}};{{end}}").render(["a", "b"])
'a;b;'
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from regclient.kit.gotemplate.builtins import BUILTINS
from regclient.kit.gotemplate.evaluate import Program
from regclient.kit.gotemplate.expression import Budget, Place
from regclient.kit.gotemplate.nodes import Block
from regclient.kit.gotemplate.parser import parse_tree
from regclient.kit.gotemplate.values import NOTHING, Method

MAX_STEPS = 5_000_000


class Template:
    """A parsed template; immutable, so one may be rendered by many threads."""

    __slots__ = ("_place", "_trees", "name")

    def __init__(self, name: str, source: str, trees: Mapping[str, Block]) -> None:
        self.name = name
        self._place = Place(name, source)
        self._trees = trees

    def execute(
        self,
        write: Callable[[str], object],
        data: object,
        *,
        functions: Mapping[str, Method] = NOTHING,
        max_steps: int = MAX_STEPS,
    ) -> None:
        """Run the template over the data, writing as it goes.

        ``functions`` hold at least those named when parsing; they come before the built-in ones. ``max_steps`` bounds the work
        a template can cause, so that ``range`` over a huge number ends.

        Raises:
            TemplateFailed: with the place in the template; what was written until then stays written.
        """
        known = {**BUILTINS, **functions} if functions else BUILTINS
        Program(self._place, self._trees, known, write, Budget(max_steps)).run(self.name, data)

    def render(self, data: object, *, functions: Mapping[str, Method] = NOTHING, max_steps: int = MAX_STEPS) -> str:
        """Run the template over the data and return the text; see :meth:`execute`.

        Raises:
            TemplateFailed: with the place in the template.
        """
        parts: list[str] = []
        self.execute(parts.append, data, functions=functions, max_steps=max_steps)
        return "".join(parts)


def parse(text: str, *, name: str = "out", functions: Collection[str] = ()) -> Template:
    """Parse a Go template that may use the named functions besides the built-in ones.

    Raises:
        InvalidTemplate: with the line and what is wrong, in Go's words.
    """
    return Template(name, text, parse_tree(name, text, {*BUILTINS, *functions}))
