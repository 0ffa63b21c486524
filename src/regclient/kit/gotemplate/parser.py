"""Tokens to a tree.

The grammar and its messages are those of Go's text/template/parse. Nesting is bounded, because the tree is read and run by
functions that call themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import ClassVar

from regclient.errors import InvalidTemplate
from regclient.kit.gotemplate import nodes
from regclient.kit.gotemplate.lexer import Token, tokens_of
from regclient.kit.gotemplate.numbers import parse_number
from regclient.kit.gotemplate.text import quote, unquote, unquote_rune

MAX_LENGTH = 1 << 20
MAX_NESTING = 60
_OPERANDS = frozenset({"bool", "rune", "dot", "field", "word", "number", "nil", "string", "variable", "("})
_KEYWORDS = frozenset({"block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with"})
_NO_START = (nodes.Constant, nodes.Dot, nodes.Nil)
_LOOPS = frozenset({"break", "continue"})


def parse_tree(name: str, source: str, functions: Container[str]) -> dict[str, nodes.Block]:
    """Parse a template and the ones it defines, by name.

    Raises:
        InvalidTemplate: the text is not a template, is too long or too deeply nested, or names an unknown function.
    """
    if len(source) > MAX_LENGTH:
        raise InvalidTemplate(source, f"template: {name}: longer than {MAX_LENGTH} characters")
    return _Parser(name, source, functions).run()


class _Parser:
    __slots__ = ("_functions", "_index", "_name", "_nesting", "_ranges", "_source", "_tokens", "_trees", "_variables")

    def __init__(self, name: str, source: str, functions: Container[str]) -> None:
        self._name = name
        self._source = source
        self._functions = functions
        self._tokens = tokens_of(source)
        self._index = 0
        self._nesting = 0
        self._ranges = 0
        self._variables = ["$"]
        self._trees: dict[str, nodes.Block] = {}

    def run(self) -> dict[str, nodes.Block]:
        found: list[nodes.Node] = []
        while self._peek().kind != "eof":
            start = self._index
            if self._next().kind == "open" and self._next_word().kind == "define":
                self._definition()
                continue
            self._index = start
            node = self._text_or_action()
            if isinstance(node, Token):
                raise self._failure("unexpected {{" + node.kind + "}}")
            found.append(node)
        self._add(self._name, nodes.Block(0, found))
        return self._trees

    # Tokens.

    def _peek(self) -> Token:
        return self._tokens[self._index]

    def _peek_word(self) -> Token:
        while self._tokens[self._index].kind == "space":
            self._index += 1
        return self._tokens[self._index]

    def _next(self) -> Token:
        token = self._tokens[self._index]
        if token.kind not in {"eof", "error"}:
            self._index += 1
        return token

    def _next_word(self) -> Token:
        self._peek_word()
        return self._next()

    def _expect(self, context: str, *kinds: str) -> Token:
        token = self._next_word()
        if token.kind not in kinds:
            raise self._unexpected(token, context)
        return token

    def _failure(self, message: str) -> InvalidTemplate:
        last = self._tokens[max(0, self._index - 1)] if self._peek().kind not in {"eof", "error"} else self._peek()
        line = 1 + self._source.count("\n", 0, last.position)
        return InvalidTemplate(self._source, f"template: {self._name}:{line}: {message}")

    def _unexpected(self, token: Token, context: str) -> InvalidTemplate:
        if token.kind == "error":
            return self._failure(token.value)
        return self._failure(f"unexpected {_shown(token)} in {context}")

    def _nested(self, read: Callable[[], nodes.Node]) -> nodes.Node:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise self._failure(f"nested deeper than {MAX_NESTING} levels")
        node = read()
        self._nesting -= 1
        return node

    # Blocks.

    def _add(self, name: str, tree: nodes.Block) -> None:
        known = self._trees.get(name)
        if known is None or known.is_blank:
            self._trees[name] = tree
        elif not tree.is_blank:
            raise self._failure(f"template: multiple definition of template {quote(name)}")

    def _definition(self) -> None:
        name = self._string(self._expect("define clause", "string"))
        self._expect("define clause", "close")
        self._separate(name, "define clause")

    def _separate(self, name: str, context: str) -> None:
        """Read the body of a ``define`` or ``block``: it knows no variables of its surroundings."""
        variables, ranges = self._variables, self._ranges
        self._variables, self._ranges = ["$"], 0
        body, ending = self._list()
        if ending.kind != "end":
            raise self._failure("unexpected {{" + ending.kind + "}} in " + context)
        self._variables, self._ranges = variables, ranges
        self._add(name, body)

    def _list(self) -> tuple[nodes.Block, Token]:
        """Read nodes up to an ``end`` or ``else``, which is returned as well."""
        position = self._peek_word().position
        found: list[nodes.Node] = []
        while self._peek_word().kind != "eof":
            node = self._text_or_action()
            if isinstance(node, Token):
                return nodes.Block(position, found), node
            found.append(node)
        raise self._failure("unexpected EOF")

    def _text_or_action(self) -> nodes.Node | Token:
        token = self._next_word()
        if token.kind == "text":
            return nodes.Text(token.position, token.value)
        if token.kind == "open":
            return self._action()
        raise self._unexpected(token, "input")

    def _action(self) -> nodes.Node | Token:
        token = self._peek_word()
        read = self._ACTIONS.get(token.kind)
        if read is not None:
            self._next()
            return read(self, token)
        pipeline = self._pipeline("command", "close")
        return nodes.Action(token.position, pipeline)

    def _end(self, token: Token) -> Token:
        self._expect("end", "close")
        return token

    def _else(self, token: Token) -> Token:
        if self._peek_word().kind not in {"if", "with"}:
            self._expect("else", "close")
        return token

    def _jump(self, token: Token) -> nodes.Node:
        following = self._next_word()
        if following.kind != "close":
            raise self._unexpected(following, "{{" + token.kind + "}}")
        if not self._ranges:
            raise self._failure("{{" + token.kind + "}} outside {{range}}")
        return nodes.Jump(token.position, token.kind)

    def _branch(self, token: Token) -> nodes.Node:
        return self._nested(lambda: self._control(token.kind))

    def _control(self, word: str) -> nodes.Branch:
        known = len(self._variables)
        pipeline = self._pipeline(word, "close")
        self._ranges += word == "range"
        body, ending = self._list()
        self._ranges -= word == "range"
        otherwise = self._otherwise(word, ending) if ending.kind == "else" else None
        del self._variables[known:]
        return _BRANCHES[word](pipeline.position, pipeline, body, otherwise)

    def _otherwise(self, word: str, ending: Token) -> nodes.Block:
        """Read what follows an ``else``; ``else if`` and ``else with`` share the ``end`` of the first one."""
        if word != "range" and self._peek_word().kind == word:
            token = self._next()
            return nodes.Block(ending.position, [self._branch(token)])
        block, last = self._list()
        if last.kind != "end":
            raise self._failure("expected end; found {{" + last.kind + "}}")
        return block

    def _include(self, _token: Token) -> nodes.Node:
        name = self._expect("template clause", "string")
        if self._peek_word().kind == "close":
            self._next()
            return nodes.Include(name.position, self._string(name), None)
        return nodes.Include(name.position, self._string(name), self._pipeline("template clause", "close"))

    def _block(self, _token: Token) -> nodes.Node:
        token = self._expect("block clause", "string")
        name = self._string(token)
        pipeline = self._pipeline("block clause", "close")

        def read() -> nodes.Node:
            self._separate(name, "block clause")
            return nodes.Include(token.position, name, pipeline)

        return self._nested(read)

    # Expressions.

    def _pipeline(self, context: str, end: str) -> nodes.Pipeline:
        position = self._peek_word().position
        names, assigns = self._targets(context)
        commands: list[nodes.Command] = []
        while (token := self._next_word()).kind != end:
            if token.kind not in _OPERANDS:
                raise self._unexpected(token, context)
            self._index -= 1
            commands.append(self._command())
        self._check(commands, context)
        return nodes.Pipeline(position, commands, names, assigns=assigns)

    def _check(self, commands: list[nodes.Command], context: str) -> None:
        if not commands:
            raise self._failure(f"missing value for {context}")
        for stage, command in enumerate(commands[1:], 2):
            if isinstance(command.operands[0], _NO_START):
                raise self._failure(f"non executable command in pipeline stage {stage}")

    def _targets(self, context: str) -> tuple[tuple[str, ...], bool]:
        """Read ``$x :=``, ``$x =`` or, for a range, two variables."""
        names: list[str] = []
        while self._peek_word().kind == "variable":
            start = self._index
            name = self._next().value
            mark = self._peek_word().kind
            if mark not in {"=", ":=", ","}:
                self._index = start
                break
            self._next()
            names.append(name)
            self._variables.append(name)
            if mark != ",":
                return tuple(names), mark == "="
            if context != "range" or len(names) == 2:
                raise self._failure(f"too many declarations in {context}")
            if self._peek_word().kind not in {"variable", "close", ")"}:
                raise self._failure("range can only initialize variables")
        return tuple(names), False

    def _command(self) -> nodes.Command:
        position = self._peek_word().position
        operands: list[nodes.Node] = []
        while True:
            self._peek_word()
            operand = self._operand()
            if operand is not None:
                operands.append(operand)
            token = self._next()
            if token.kind == "space":
                continue
            if token.kind in {"close", ")"}:
                self._index -= 1
            elif token.kind != "|":
                raise self._unexpected(token, "operand")
            break
        if not operands:
            raise self._failure("empty command")
        return nodes.Command(position, operands)

    def _operand(self) -> nodes.Node | None:
        node = self._term()
        if node is None or self._peek().kind != "field":
            return node
        position = self._peek().position
        names: list[str] = []
        while self._peek().kind == "field":
            names.append(self._next().value[1:])
        if isinstance(node, nodes.Field):
            return nodes.Field(position, (*node.names, *names))
        if isinstance(node, nodes.Variable):
            return nodes.Variable(position, node.name, tuple(names))
        if isinstance(node, _NO_START):
            raise self._failure(f"unexpected . after term {quote(str(node))}")
        return nodes.Chain(position, node, tuple(names))

    def _term(self) -> nodes.Node | None:
        token = self._peek_word()
        read = self._TERMS.get(token.kind)
        if read is None:
            return None
        self._next()
        return read(self, token)

    def _identifier(self, token: Token) -> nodes.Node:
        if token.value not in self._functions:
            raise self._failure(f"function {quote(token.value)} not defined")
        return nodes.Identifier(token.position, token.value)

    def _variable(self, token: Token) -> nodes.Node:
        if token.value not in self._variables:
            raise self._failure(f"undefined variable {quote(token.value)}")
        return nodes.Variable(token.position, token.value)

    def _parenthesis(self, _token: Token) -> nodes.Node:
        return self._nested(lambda: self._pipeline("parenthesized pipeline", ")"))

    def _number(self, token: Token) -> nodes.Node:
        try:
            return nodes.Constant(token.position, parse_number(token.value), token.value)
        except ValueError as error:
            raise self._failure(str(error)) from None

    def _rune(self, token: Token) -> nodes.Node:
        try:
            return nodes.Constant(token.position, unquote_rune(token.value), token.value)
        except ValueError as error:
            raise self._failure(str(error)) from None

    def _text(self, token: Token) -> nodes.Node:
        return nodes.Constant(token.position, self._string(token), token.value)

    def _string(self, token: Token) -> str:
        try:
            return unquote(token.value)
        except ValueError:
            raise self._failure("invalid syntax") from None

    _ACTIONS: ClassVar[dict[str, Callable[[_Parser, Token], nodes.Node | Token]]] = {
        "block": _block,
        "break": _jump,
        "continue": _jump,
        "else": _else,
        "end": _end,
        "if": _branch,
        "range": _branch,
        "template": _include,
        "with": _branch,
    }
    _TERMS: ClassVar[dict[str, Callable[[_Parser, Token], nodes.Node]]] = {
        "word": _identifier,
        "dot": lambda _parser, token: nodes.Dot(token.position),
        "nil": lambda _parser, token: nodes.Nil(token.position),
        "variable": _variable,
        "field": lambda _parser, token: nodes.Field(token.position, (token.value[1:],)),
        "bool": lambda _parser, token: nodes.Constant(token.position, token.value == "true", token.value),
        "number": _number,
        "rune": _rune,
        "(": _parenthesis,
        "string": _text,
    }


def _shown(token: Token) -> str:
    if token.kind == "eof":
        return "EOF"
    if token.kind in _KEYWORDS or token.kind == "dot":
        return f"<{token.value}>"
    return quote(token.value[:10]) + "..." if len(token.value) > 10 else quote(token.value)


_BRANCHES: dict[str, type[nodes.Branch]] = {"if": nodes.If, "with": nodes.With, "range": nodes.Range}
