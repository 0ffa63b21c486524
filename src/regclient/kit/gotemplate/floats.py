"""Floating-point numbers as Go's strconv writes them.

Python finds the same shortest digits; what differs is when an exponent is used and how the binary and hexadecimal forms look.
"""

from __future__ import annotations

import math


def append_float(value: float, verb: str, precision: int) -> str:
    """Write the number under one of ``e E f g G b x X``; precision -1 asks for the shortest text that reads back the same."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    number = _unsigned(abs(value), verb.lower() if verb in "EGX" else verb, precision)
    return sign + (number.upper() if verb in "EGX" else number)


def _unsigned(value: float, verb: str, precision: int) -> str:
    if verb == "b":
        return _binary(value)
    if verb == "x":
        return _hexadecimal(value, precision)
    if verb == "g":
        return _general(value, precision)
    if precision < 0:
        digits, point = _shortest(value)
        return _scientific(digits, point) if verb == "e" else _fixed(digits, point)
    return f"{value:.{precision}{verb}}"


def _general(value: float, precision: int) -> str:
    if precision < 0:
        digits, point = _shortest(value)
        limit = 6
    else:
        digits, point = _rounded(value, precision or 1)
        limit = precision or 1
        if limit > len(digits) >= point:
            limit = len(digits)
    exponent = point - 1
    if exponent < -4 or exponent >= limit:
        return _scientific(digits, point)
    return _fixed(digits, point)


def _shortest(value: float) -> tuple[str, int]:
    """Return the fewest digits that read back the same, and how many of them stand before the point."""
    return _split(f"{value!r}" if "e" in repr(value) else _as_scientific(repr(value)))


def _rounded(value: float, count: int) -> tuple[str, int]:
    return _split(f"{value:.{count - 1}e}")


def _as_scientific(text: str) -> str:
    whole, _, fraction = text.partition(".")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return "0e+00"
    lead = len(whole + fraction) - len(digits)
    return f"{digits[0]}.{digits[1:]}e{len(whole) - lead - 1:+d}"


def _split(scientific: str) -> tuple[str, int]:
    mantissa, _, exponent = scientific.partition("e")
    digits = mantissa.replace(".", "").rstrip("0")
    return (digits, int(exponent) + 1) if digits else ("0", 1)


def _scientific(digits: str, point: int) -> str:
    fraction = "." + digits[1:] if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+03d}"


def _fixed(digits: str, point: int) -> str:
    if point <= 0:
        return "0" if digits == "0" else "0." + "0" * -point + digits
    whole, fraction = digits[:point].ljust(point, "0"), digits[point:]
    return whole + ("." + fraction if fraction else "")


def _binary(value: float) -> str:
    """Write the 53-bit mantissa and the power of two, both in decimal."""
    if value == 0:
        return "0p-1074"
    mantissa, exponent = math.frexp(value)
    power = max(exponent - 53, -1074)
    return f"{int(math.ldexp(mantissa, exponent - power))}p{power:+d}"


def _hexadecimal(value: float, precision: int) -> str:
    if value == 0:
        return "0x0" + ("." + "0" * precision if precision > 0 else "") + "p+00"
    mantissa, exponent = math.frexp(value)
    bits, power = int(mantissa * (1 << 53)), exponent - 1
    if 0 <= precision < 13:
        dropped = 52 - 4 * precision
        half, rest = 1 << (dropped - 1), bits & ((1 << dropped) - 1)
        bits >>= dropped
        bits += rest > half or (rest == half and bits & 1)
        bits <<= dropped
        if bits >> 53:
            bits, power = bits >> 1, power + 1
    fraction = f"{bits & ((1 << 52) - 1):013x}"
    fraction = fraction.rstrip("0") if precision < 0 else fraction[:precision].ljust(precision, "0")
    return "0x1" + ("." + fraction if fraction else "") + f"p{power:+03d}"
