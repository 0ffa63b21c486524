from __future__ import annotations

from regclient.kit.units import align, human_size
from tests.tables import table


@table(
    ("size", "text"),
    [(0, "0.000B"), (999, "999.000B"), (1024, "1.024kB"), (2_345_000, "2.345MB"), (10**24, "1.000YB"), (10**28, "10000.000YB")],
)
def test_sizes_are_written_for_people(size: int, text: str) -> None:
    assert text == human_size(size)


# The text below is what Go's text/tabwriter makes of the same input (minwidth 0, padding 1, spaces).
def test_columns_are_aligned_as_go_s_tabwriter_does() -> None:
    given = "Name:\tx\nAnnotations:\t\n  a:\tb\n\t\nplain\nL:\tv\nlonger:\tq\na\tb\tc\naa\tbbb\tc\nx\t\t\ty"
    expected = """\
Name:........x
Annotations:.
..a:.........b
.............
plain
L:......v
longer:.q
a.......b...c
aa......bbb.c
x............y"""
    assert expected == align(given).replace(" ", ".")


def test_text_without_tabs_stays_as_it_is() -> None:
    assert align("a\n\nb\n") == "a\n\nb\n"


def test_the_padding_can_be_wider() -> None:
    assert align("a\tb\nccc\td", padding=2) == "a    b\nccc  d"


def test_many_columns_are_no_crash() -> None:
    assert " " * 5000 == align("\t" * 5000)
