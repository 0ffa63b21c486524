"""Sizes for people, and tables aligned the way Go's text/tabwriter does for regctl's pretty output."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")


def human_size(size: float) -> str:
    """Write a number of bytes with three decimals and a decimal unit: ``0.000B``, ``2.345MB``."""
    value = float(size)
    for unit in _UNITS[:-1]:
        if value < 1000:
            return f"{value:5.3f}{unit}"
        value /= 1000
    return f"{value:5.3f}{_UNITS[-1]}"


def align(text: str, *, padding: int = 1) -> str:
    """Turn tabs into columns: each cell that ends in a tab is as wide as the widest of the lines next to it, plus padding.

    A line without that cell, such as the second line of a value with a line end in it, ends the column; the lines after it are
    aligned on their own. Empty cells are padded too, so a line of only a tab becomes a line of spaces.
    """
    lines = [line.split("\t") for line in text.split("\n")]
    widths = _widths(lines, padding)
    return "\n".join(
        "".join(cell.ljust(width) for cell, width in zip(line, known, strict=False)) + line[-1]
        for line, known in zip(lines, widths, strict=True)
    )


def _widths(lines: list[list[str]], padding: int) -> list[list[int]]:
    """Find the widths of each line's cells, column by column within the runs of lines that have the column."""
    widths: list[list[int]] = [[] for _ in lines]
    open_runs = [(0, len(lines), 0)]
    while open_runs:
        start, end, column = open_runs.pop()
        for first, last in _runs(lines, start, end, column):
            width = max(len(line[column]) for line in lines[first:last]) + padding
            for known in widths[first:last]:
                known.append(width)
            open_runs.append((first, last, column + 1))
    return widths


def _runs(lines: list[list[str]], start: int, end: int, column: int) -> list[tuple[int, int]]:
    """Find the runs of lines, between two of them, that have a cell in the column with a tab behind it."""
    runs: list[tuple[int, int]] = []
    first = -1
    for row in range(start, end + 1):
        inside = row < end and len(lines[row]) > column + 1
        if inside and first < 0:
            first = row
        elif not inside and first >= 0:
            runs.append((first, row))
            first = -1
    return runs
