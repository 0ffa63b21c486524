from __future__ import annotations

from regclient.kit.linediff import Edit, diff, edits
from tests.tables import table


def text_of(old: str, new: str, context: int | None = 3) -> list[str]:
    return [line for hunk in diff(old, new, context) for line in hunk]


def test_a_change_is_a_deletion_and_then_an_insertion_between_unchanged_lines() -> None:
    assert ["@@ -2,3 +2,3 @@", "  b", "- c", "+ f", "  d"] == text_of("abcde", "abfde", 1)


@table("context", [0, 3, None])
def test_equal_texts_have_no_hunks(context: int | None) -> None:
    assert [] == diff("abc", "abc", context) == diff("", "", context)


def test_what_is_all_gone_or_all_new_counts_from_one() -> None:
    assert ["@@ -1,3 +1,0 @@", "- a", "- b", "- c"] == text_of("abc", "")
    assert ["@@ -1,0 +1,3 @@", "+ a", "+ b", "+ c"] == text_of("", "abc")


@table("context", [0, -3])
def test_without_context_only_changes_are_shown(context: int) -> None:
    assert ["@@ -1,0 +1,1 @@", "+ x", "@@ -3,0 +4,2 @@", "+ y", "+ y"] == text_of("abc", "xabyyc", context)


def test_changes_share_a_hunk_while_the_gap_is_no_wider_than_the_context() -> None:
    assert 1 == len(diff("abcdefgh", "aXcdeYgh", 3))
    assert 2 == len(diff("abcdefgh", "aXcdefYh", 3))


def test_the_context_of_neighbouring_hunks_may_be_shown_twice() -> None:
    first, second = diff("abcdefgh", "aXcdefYh", 3)

    assert (" ", "d") in first.lines
    assert (" ", "d") in second.lines
    assert ["@@ -1,5 +1,5 @@", "@@ -4,5 +4,5 @@"] == [first.header, second.header]


def test_full_context_is_one_hunk_of_everything() -> None:
    assert ["@@ -1,5 +1,6 @@", "+ X", "  a", "  b", "  c", "  d", "- e", "+ Y"] == text_of("abcde", "XabcdY", None)


def test_the_script_is_a_shortest_one() -> None:
    changes = edits("abcabba", "cbabac")

    assert 5 == sum(change.old + change.new for change in changes)
    assert Edit(0, 2, 0, 0) == changes[0]


def test_texts_without_a_common_line_stay_cheap() -> None:
    old, new = [f"old {n}" for n in range(300)], [f"new {n}" for n in range(300)]

    changes = edits(old, new, limit=10)

    assert 300 == sum(change.old for change in changes) == sum(change.new for change in changes)


def test_common_lines_are_found_behind_a_stretch_that_was_given_up() -> None:
    old = [*(f"old {n}" for n in range(5)), *"abcdefghij"]
    new = [*(f"new {n}" for n in range(5)), *"abcdefghij"]

    assert [Edit(0, 5, 0, 5)] == edits(old, new, limit=100)
    assert "j" not in {old[change.at + n] for change in edits(old, new, limit=12) for n in range(change.old)}
