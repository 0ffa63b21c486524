"""Whatever differs: the edits and the hunks turn the old text into the new one, and no script is shorter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from regclient.kit.linediff import Edit, diff, edits

TEXTS = st.lists(st.sampled_from("abcdef"), max_size=40)


def patched(old: list[str], new: list[str], changes: list[Edit]) -> list[str]:
    result: list[str] = []
    at = 0
    for change in changes:
        result += old[at : change.at]
        assert len(result) == change.to
        result += new[change.to : change.to + change.new]
        at = change.at + change.old
    return result + old[at:]


def common(old: list[str], new: list[str]) -> int:
    """Return the length of the longest common subsequence, by the book."""
    row = [0] * (len(new) + 1)
    for line in old:
        above = row
        row = [0]
        for index, other in enumerate(new):
            row.append(above[index] + 1 if line == other else max(above[index + 1], row[index]))
    return row[-1]


@given(TEXTS, TEXTS)
def test_the_edits_make_the_new_text_and_are_as_few_as_can_be(old: list[str], new: list[str]) -> None:
    changes = edits(old, new)

    assert new == patched(old, new, changes)
    assert len(old) + len(new) - 2 * common(old, new) == sum(change.old + change.new for change in changes)


@given(TEXTS, TEXTS, st.integers(1, 6))
def test_edits_found_in_stretches_make_the_new_text_too(old: list[str], new: list[str], limit: int) -> None:
    assert new == patched(old, new, edits(old, new, limit))


@given(TEXTS, TEXTS, st.integers(-1, 5) | st.none())
def test_each_hunk_is_what_both_texts_hold_there(old: list[str], new: list[str], context: int | None) -> None:
    removed: list[int] = []
    for hunk in diff(old, new, context):
        before = [line for mark, line in hunk.lines if mark in "- "]
        after = [line for mark, line in hunk.lines if mark in "+ "]
        removed += [hunk.at + n for n, (mark, _) in enumerate(pair for pair in hunk.lines if pair[0] in "- ") if mark == "-"]

        assert before == old[hunk.at : hunk.at + len(before)]
        assert after == new[hunk.to : hunk.to + len(after)]
    assert removed == [change.at + n for change in edits(old, new) for n in range(change.old)]
