"""Go's Sprintf: the grammar of format strings.

Flags, widths, precisions, operands by number (``%[2]*[1]d``) and the ``%!`` forms that tell of a mistake instead of failing;
``printing.py`` writes the values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from regclient.kit.gotemplate.printing import Printer
from regclient.kit.gotemplate.values import Failure, Named, is_nil, plain, type_of
from regclient.kit.gotemplate.verbs import Spec

_MAX_NUMBER = 1_000_000
# What one call may produce: a format full of wide verbs must not eat the machine.
_MAX_OUTPUT = 64 << 20
_FLAGS = {"#": "sharp", "0": "zero", "+": "plus", "-": "minus", " ": "space"}
_DIGITS = "[0-9]+"
_INDEX = r"\[([^\]]*)\]"


def sprintf(template: str, arguments: Sequence[object]) -> str:
    """Print operands as the format says.

    Raises:
        Failure: the result would be absurdly large.
    """
    return _Format(template, arguments).run()


class _Format:
    """One walk over a format string: which operand, which flags, which verb."""

    __slots__ = ("_arguments", "_good", "_indexed", "_next", "_position", "_reordered", "_template")

    def __init__(self, template: str, arguments: Sequence[object]) -> None:
        self._template = template
        self._arguments = arguments
        self._position = 0
        self._next = 0
        self._reordered = False
        self._indexed = False
        self._good = True

    def run(self) -> str:
        parts: list[str] = []
        produced = 0
        template, end = self._template, len(self._template)
        while self._position < end:
            percent = template.find("%", self._position)
            stop = end if percent < 0 else percent
            parts.append(template[self._position : stop])
            self._position = stop + 1
            if percent >= 0:
                parts.append(self._verb())
                produced += len(parts[-1])
            if produced > _MAX_OUTPUT:
                raise Failure(f"printf writes more than {_MAX_OUTPUT} characters")
        parts.append(self._extra())
        return "".join(parts)

    def _verb(self) -> str:
        spec = self._flags()
        self._good = True
        self._indexed = False
        trouble = self._width(spec) + self._precision(spec)
        if not self._indexed:
            self._index()
        verb = self._template[self._position : self._position + 1]
        self._position += 1
        if not verb:
            return trouble + "%!(NOVERB)"
        if verb == "%":
            return trouble + "%"
        if not self._good:
            return f"{trouble}%!{verb}(BADINDEX)"
        if self._next >= len(self._arguments):
            return f"{trouble}%!{verb}(MISSING)"
        return trouble + self._write(spec, verb)

    def _write(self, spec: Spec, verb: str) -> str:
        if verb == "v":
            spec.sharp_v, spec.sharp = spec.sharp, False
            spec.plus_v, spec.plus = spec.plus, False
        value = self._arguments[self._next]
        self._next += 1
        return Printer(spec).argument(value, verb)

    def _flags(self) -> Spec:
        spec = Spec()
        while (flag := self._template[self._position : self._position + 1]) in _FLAGS and flag:
            setattr(spec, _FLAGS[flag], True)
            self._position += 1
        return spec

    def _width(self, spec: Spec) -> str:
        self._index()
        if self._at("*"):
            spec.width = self._operand_number()
            self._indexed = False
            if spec.width is not None and spec.width < 0:
                spec.width, spec.minus, spec.zero = -spec.width, True, False
            return "%!(BADWIDTH)" if spec.width is None else ""
        spec.width = self._number()
        if self._indexed and spec.width is not None:
            self._good = False
        return ""

    def _precision(self, spec: Spec) -> str:
        if not self._at("."):
            return ""
        if self._indexed:
            self._good = False
        self._index()
        if self._at("*"):
            spec.precision = self._operand_number()
            self._indexed = False
            if spec.precision is not None and spec.precision < 0:
                spec.precision = None
                return "%!(BADPREC)"
            return "%!(BADPREC)" if spec.precision is None else ""
        number = self._number()
        spec.precision = 0 if number is None else number
        return ""

    def _at(self, mark: str) -> bool:
        found = self._template.startswith(mark, self._position)
        self._position += found
        return found

    def _number(self) -> int | None:
        match = re.compile(_DIGITS).match(self._template, self._position)
        if match is None:
            return None
        digits = match[0]
        if len(digits) > 8 or int(digits[:-1] or "0") > _MAX_NUMBER:
            # Go gives up on the whole format here.
            self._position = len(self._template)
            return None
        self._position = match.end()
        return int(digits)

    def _operand_number(self) -> int | None:
        """Take an operand for a ``*``: only integers of a sane size count."""
        if self._next >= len(self._arguments):
            return None
        value = plain(self._arguments[self._next])
        self._next += 1
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _MAX_NUMBER:
            return None
        return value

    def _index(self) -> None:
        """Read an explicit operand index such as ``[2]``."""
        if not self._template.startswith("[", self._position):
            return
        self._reordered = True
        match = re.compile(_INDEX).match(self._template, self._position)
        if match is None:
            self._position += 1
            self._good = False
            return
        self._position = match.end()
        digits = match[1]
        index = int(digits) - 1 if re.fullmatch(_DIGITS, digits) and len(digits) <= 7 else -1
        if 0 <= index < len(self._arguments):
            self._next = index
            self._indexed = True
        else:
            self._good = False

    def _extra(self) -> str:
        if self._reordered or self._next >= len(self._arguments):
            return ""
        left = self._arguments[self._next :]
        printer = Printer()
        return f"%!(EXTRA {', '.join(_typed(printer, value) for value in left)})"


def _typed(printer: Printer, value: object) -> str:
    if is_nil(value) and not isinstance(value, Named):
        return "<nil>"
    return f"{type_of(value)}={printer.argument(value, 'v')}"
