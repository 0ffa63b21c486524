"""The value of a pipeline: fields, variables, functions, methods and their arguments.

The order in which things are looked up and checked, and the messages, are those of Go's text/template/exec. ``evaluate.py``
adds what writes: text, ``if``, ``range``, ``with`` and ``template``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from regclient.errors import Cancelled, TemplateFailed
from regclient.kit.gotemplate import nodes
from regclient.kit.gotemplate.text import utf8
from regclient.kit.gotemplate.values import (
    NO_VALUE,
    Function,
    Method,
    Named,
    Struct,
    checked,
    function_of,
    is_nil,
    key_type,
    kind_of,
    plain,
    truth_of,
    type_of,
)

# A result costs a step for every sixteen characters or elements, so that no loop of prints and joins fills the memory.
SIZE_SHIFT = 4
_INT_LIMIT = 1 << 63


class _Absent:
    """The type of :data:`ABSENT`."""

    __slots__ = ()


# What a command gets when no earlier stage of the pipeline hands it a value.
ABSENT = _Absent()


class Place:
    """Where a template came from: turns a position into the words of an error."""

    __slots__ = ("name", "source")

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.source = source

    def describe(self, node: nodes.Node) -> str:
        """Return ``name:line:byte`` of a node."""
        before = self.source[: node.position]
        line = before.count("\n") + 1
        return f"{self.name}:{line}:{len(utf8(before[before.rfind(chr(10)) + 1 :]))}"


class Budget:
    """How many steps an execution may still take, shared by all templates it calls."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> bool:
        """Take steps; say whether any are left."""
        self.left -= steps
        return self.left >= 0


class Evaluator:
    """Evaluates the expressions of one template."""

    __slots__ = ("_budget", "_functions", "_name", "_node", "_place", "_variables")

    def __init__(self, name: str, place: Place, functions: Mapping[str, Method], dot: object, budget: Budget) -> None:
        self._name = name
        self._place = place
        self._functions = functions
        self._budget = budget
        self._variables: list[tuple[str, object]] = [("$", dot)]
        self._node: nodes.Node = nodes.Dot(0)

    def _failure(self, message: str) -> TemplateFailed:
        where = self._place.describe(self._node)
        return TemplateFailed(f'template: {where}: executing "{self._name}" at <{self._node}>: {message}')

    def _spend(self, steps: int = 1) -> None:
        if not self._budget.spend(steps):
            raise self._failure("the template takes too many steps")

    # Variables.

    def _variable(self, name: str) -> object:
        for known, value in reversed(self._variables):
            if known == name:
                return value
        raise self._failure(f"undefined variable: {name}")

    def _assign(self, name: str, value: object) -> None:
        for place in range(len(self._variables) - 1, -1, -1):
            if self._variables[place][0] == name:
                self._variables[place] = (name, value)
                return
        raise self._failure(f"undefined variable: {name}")

    # Pipelines and commands.

    def _pipeline(self, dot: object, pipeline: nodes.Pipeline) -> object:
        self._node = pipeline
        value: object = ABSENT
        for command in pipeline.commands:
            value = self._command(dot, command, command.operands, value)
            if value is None:
                value = NO_VALUE
        for name in pipeline.names:
            if pipeline.assigns:
                self._assign(name, value)
            else:
                self._variables.append((name, value))
        return value

    def _command(self, dot: object, node: nodes.Node, operands: Sequence[nodes.Node], final: object) -> object:
        """Evaluate operands of which the first may take the others as arguments; ``node`` is what messages show."""
        self._spend()
        first = operands[0]
        if isinstance(first, nodes.Field):
            return self._field_node(dot, first, operands, final)
        if isinstance(first, nodes.Chain):
            return self._chain_node(dot, first, operands, final)
        if isinstance(first, nodes.Identifier):
            self._node = first
            return self._function(dot, first.name, node, operands, final)
        if isinstance(first, nodes.Variable):
            return self._variable_node(dot, first, operands, final)
        if isinstance(first, nodes.Pipeline):
            self._no_function(operands, final)
            return self._pipeline(dot, first)
        self._node = first
        self._no_function(operands, final)
        if isinstance(first, nodes.Nil):
            raise self._failure("nil is not a command")
        return dot if isinstance(first, nodes.Dot) else self._constant(first)

    def _no_function(self, operands: Sequence[nodes.Node], final: object) -> None:
        if len(operands) > 1 or final is not ABSENT:
            raise self._failure(f"can't give argument to non-function {operands[0]}")

    def _constant(self, node: nodes.Node) -> object:
        if not isinstance(node, nodes.Constant):
            raise self._failure(f"unexpected {node}")
        value = node.value
        if isinstance(value, int) and value >= _INT_LIMIT:
            raise self._failure(f"{node.source} overflows int")
        return value

    # Fields and methods.

    def _field_node(self, dot: object, node: nodes.Field, operands: Sequence[nodes.Node], final: object) -> object:
        self._node = node
        return self._fields(dot, dot, node, node.names, (operands, final))

    def _chain_node(self, dot: object, node: nodes.Chain, operands: Sequence[nodes.Node], final: object) -> object:
        self._node = node
        receiver = self._operand(dot, node.operand)
        return self._fields(dot, receiver, node, node.names, (operands, final))

    def _variable_node(self, dot: object, node: nodes.Variable, operands: Sequence[nodes.Node], final: object) -> object:
        self._node = node
        value = self._variable(node.name)
        if not node.names:
            self._no_function(operands, final)
            return value
        return self._fields(dot, value, node, node.names, (operands, final))

    def _fields(
        self,
        dot: object,
        receiver: object,
        node: nodes.Node,
        names: Sequence[str],
        call: tuple[Sequence[nodes.Node], object],
    ) -> object:
        """Look up a chain of names; arguments go to the last one."""
        for name in names[:-1]:
            receiver = self._field(dot, receiver, node, name, ((), ABSENT))
        return self._field(dot, receiver, node, names[-1], call)

    def _field(
        self, dot: object, receiver: object, node: nodes.Node, name: str, call: tuple[Sequence[nodes.Node], object]
    ) -> object:
        if receiver is NO_VALUE:
            return NO_VALUE
        if receiver is None:
            raise self._failure(f"nil pointer evaluating interface {{}}.{name}")
        if isinstance(receiver, (Named, Struct)) and name in receiver.methods:
            return self._call(dot, function_of(receiver.methods[name]), node, name, *call)
        has_arguments = len(call[0]) > 1 or call[1] is not ABSENT
        if isinstance(receiver, Struct) and name in receiver.fields:
            if has_arguments:
                raise self._failure(f"{name} has arguments but cannot be invoked as function")
            return receiver.fields[name]
        kind = kind_of(receiver)
        if kind == "map" and key_type(receiver) in {"string", "interface {}"}:
            if has_arguments:
                raise self._failure(f"{name} is not a method but has arguments")
            mapping = plain(receiver)
            return mapping.get(name, NO_VALUE) if isinstance(mapping, Mapping) else NO_VALUE
        if kind == "pointer" and is_nil(receiver):
            raise self._failure(f"nil pointer evaluating {type_of(receiver)}.{name}")
        raise self._failure(f"can't evaluate field {name} in type {type_of(receiver)}")

    # Functions.

    def _function(self, dot: object, name: str, node: nodes.Node, operands: Sequence[nodes.Node], final: object) -> object:
        call = self._functions.get(name)
        if call is None:
            raise self._failure(f'"{name}" is not a defined function')
        if name in {"and", "or"}:
            return self._and_or(dot, name, operands, final)
        return self._call(dot, function_of(call), node, name, operands, final)

    def _and_or(self, dot: object, name: str, operands: Sequence[nodes.Node], final: object) -> object:
        """Evaluate no more arguments than needed, the way Go's programs do."""
        count = len(operands) - 1 + (final is not ABSENT)
        if count < 1:
            raise self._failure(f"wrong number of args for {name}: want at least 1 got 0")
        value: object = NO_VALUE
        for operand in operands[1:]:
            value = self._argument(dot, operand, "any")
            if truth_of(value) == (name == "or"):
                return value
        return value if final is ABSENT else final

    def _call(
        self,
        dot: object,
        function: Function,
        node: nodes.Node,
        name: str,
        operands: Sequence[nodes.Node],
        final: object,
    ) -> object:
        given = operands[1:]
        self._check_count(function, name, len(given), final)
        arguments = [self._argument(dot, operand, function.type_at(place)) for place, operand in enumerate(given)]
        if final is not ABSENT:
            arguments.append(self._validated(final, function.type_at(len(given))))
        if name == "call" and not isinstance(node, _METHOD_PLACES):
            arguments.insert(0, str(given[0]) if given else "value")
        try:
            value = function.call(*arguments)
        except (Cancelled, RecursionError):
            raise
        except Exception as error:
            self._node = node
            raise self._failure(f"error calling {name}: {error}") from error
        under = plain(value)
        if isinstance(under, (str, bytes, list, tuple)):
            self._spend(len(under) >> SIZE_SHIFT)
        return value

    def _check_count(self, function: Function, name: str, given: int, final: object) -> None:
        count = given + (final is not ABSENT)
        if function.variadic:
            least = function.required
            if count < least:
                raise self._failure(f"wrong number of args for {name}: want at least {least} got {given}")
        elif not function.required <= count <= len(function.parameters):
            raise self._failure(f"wrong number of args for {name}: want {len(function.parameters)} got {count}")

    def _argument(self, dot: object, node: nodes.Node, wanted: str) -> object:
        self._node = node
        if isinstance(node, nodes.Nil):
            if checked(None, wanted):
                raise self._failure(f"cannot assign nil to {wanted}")
            return None
        if isinstance(node, nodes.Constant):
            return self._constant_argument(node, wanted)
        return self._validated(self._operand(dot, node), wanted)

    def _operand(self, dot: object, node: nodes.Node) -> object:
        """Evaluate something that is not at the start of a command: an argument, or what a chain hangs on."""
        return self._command(dot, node, (node,), ABSENT)

    def _constant_argument(self, node: nodes.Constant, wanted: str) -> object:
        value = self._constant(node)
        if wanted == "any":
            return value
        word = _WORDS.get(wanted, "")
        if not word:
            raise self._failure(f"can't handle {node} for arg of type {wanted}")
        if word == "integer" and isinstance(value, float) and value.is_integer():
            return int(value)
        if word == "float" and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if type_of(value) != _CONSTANTS.get(word, word):
            raise self._failure(f"expected {word}; found {node}")
        return value

    def _validated(self, value: object, wanted: str) -> object:
        given = None if value is NO_VALUE else value
        problem = checked(given, wanted)
        if problem:
            raise self._failure(f"invalid value; expected {wanted}" if value is NO_VALUE else problem)
        return given


_METHOD_PLACES = (nodes.Field, nodes.Variable, nodes.Chain)
# What Go calls the constant that a parameter of this type takes, and the type such a constant has.
_WORDS = {
    "int": "integer",
    "int64": "integer",
    "time.Duration": "integer",
    "float64": "float",
    "bool": "bool",
    "string": "string",
}
_CONSTANTS = {"integer": "int", "float": "float64"}
