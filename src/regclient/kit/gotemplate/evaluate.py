"""Running a template: text, printed values, branches, loops and templates that call templates.

Output goes to ``write`` piece by piece, so that what came before a failure stays written, as with Go's programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from regclient.errors import Cancelled, TemplateFailed
from regclient.kit.gotemplate import nodes
from regclient.kit.gotemplate.expression import SIZE_SHIFT, Budget, Evaluator, Place
from regclient.kit.gotemplate.printing import printable, sorted_items, sprint
from regclient.kit.gotemplate.values import NO_VALUE, Method, Named, kind_of, plain, truth_of, type_of

MAX_DEPTH = 100
_NO_JUMP = ""


class Program:
    """What all templates of one execution share."""

    __slots__ = ("budget", "functions", "place", "trees", "write")

    def __init__(
        self,
        place: Place,
        trees: Mapping[str, nodes.Block],
        functions: Mapping[str, Method],
        write: Callable[[str], object],
        budget: Budget,
    ) -> None:
        self.place = place
        self.trees = trees
        self.functions = functions
        self.write = write
        self.budget = budget

    def run(self, name: str, data: object) -> None:
        """Execute the named template.

        Raises:
            TemplateFailed: a lookup, a call or a limit failed; what was written until then stays written.
        """
        dot = NO_VALUE if data is None else data
        try:
            _Execution(self, name, dot, 0).block(dot, self.trees[name])
        except RecursionError:
            raise TemplateFailed(f"template: {self.place.name}: exceeded maximum template depth") from None


class _Execution(Evaluator):
    __slots__ = ("_depth", "_program")

    def __init__(self, program: Program, name: str, dot: object, depth: int) -> None:
        super().__init__(name, program.place, program.functions, dot, program.budget)
        self._program = program
        self._depth = depth

    def block(self, dot: object, block: nodes.Block) -> str:
        """Run nodes in order; return ``break`` or ``continue`` when one says so."""
        for node in block.nodes:
            self._spend()
            self._node = node
            if isinstance(node, nodes.Text):
                self._write(node.text)
            elif isinstance(node, nodes.Jump):
                return node.word
            elif jump := self._STEPS[type(node)](self, dot, node):
                return jump
        return _NO_JUMP

    def _action(self, dot: object, node: nodes.Action) -> str:
        value = self._pipeline(dot, node.pipeline)
        if not node.pipeline.names:
            self._node = node
            self._print(node, value)
        return _NO_JUMP

    def _print(self, node: nodes.Action, value: object) -> None:
        shown = printable(value)
        if kind_of(shown) == "func":
            raise self._failure(f"can't print {node} of type {type_of(value)}")
        text = shown if isinstance(shown, str) else self._printed(shown)
        self._write(text)

    def _write(self, text: str) -> None:
        self._spend(len(text) >> SIZE_SHIFT)
        self._program.write(text)

    def _printed(self, value: object) -> str:
        try:
            return sprint([value])
        except (Cancelled, RecursionError):
            raise
        except Exception as error:
            raise self._failure(str(error)) from error

    def _if_or_with(self, dot: object, node: nodes.Branch) -> str:
        mark = len(self._variables)
        value = self._pipeline(dot, node.pipeline)
        jump = _NO_JUMP
        if truth_of(value):
            jump = self.block(value if isinstance(node, nodes.With) else dot, node.body)
        elif node.otherwise is not None:
            jump = self.block(dot, node.otherwise)
        del self._variables[mark:]
        return jump

    def _range(self, dot: object, node: nodes.Range) -> str:
        mark = len(self._variables)
        value = self._pipeline(dot, node.pipeline)
        inner = len(self._variables)
        jump = _NO_JUMP
        empty = True
        for key, item in self._items(value, node):
            empty = False
            self._spend()
            self._bind(node.pipeline, key, item)
            if self.block(item, node.body) == "break":
                break
            del self._variables[inner:]
        if empty and node.otherwise is not None:
            jump = self.block(dot, node.otherwise)
        del self._variables[mark:]
        return jump

    def _bind(self, pipeline: nodes.Pipeline, key: object, item: object) -> None:
        names = pipeline.names
        if not names:
            return
        values = (item,) if len(names) == 1 else (key, item)
        if pipeline.assigns:
            for name, value in zip(names, values, strict=True):
                self._assign(name, value)
            return
        first = len(self._variables) - len(names)
        self._variables[first:] = zip(names, values, strict=True)

    def _items(self, value: object, node: nodes.Range) -> Iterator[tuple[object, object]]:
        kind = kind_of(value)
        under = plain(value)
        if kind in {"int", "uint"} and isinstance(under, int):
            if len(node.pipeline.names) > 1:
                raise self._failure(f"can't use {under} to iterate over more than one variable")
            name = value.type_name if isinstance(value, Named) else ""
            return ((NO_VALUE, Named(number, name) if name else number) for number in range(under))
        if isinstance(under, bytes):
            return ((place, Named(byte, "uint8")) for place, byte in enumerate(under))
        if isinstance(under, (list, tuple)):
            return iter(list(enumerate(under)))
        if kind == "map":
            return iter(sorted_items(under))
        if value is None or value is NO_VALUE or (under is None and kind != "pointer"):
            return iter(())
        raise self._failure(f"range can't iterate over {sprint([printable(value) if value is not None else value])}")

    def _include(self, dot: object, node: nodes.Include) -> str:
        tree = self._program.trees.get(node.name)
        if tree is None:
            raise self._failure(f'template "{node.name}" not defined')
        if self._depth >= MAX_DEPTH:
            raise self._failure(f"exceeded maximum template depth ({MAX_DEPTH})")
        inner = NO_VALUE if node.pipeline is None else self._pipeline(dot, node.pipeline)
        _Execution(self._program, node.name, inner, self._depth + 1).block(inner, tree)
        return _NO_JUMP

    _STEPS: ClassVar[dict[type, Callable[..., str]]] = {
        nodes.Action: _action,
        nodes.If: _if_or_with,
        nodes.With: _if_or_with,
        nodes.Range: _range,
        nodes.Include: _include,
    }
