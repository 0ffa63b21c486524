"""What edits do to one entry."""

from __future__ import annotations

from dataclasses import replace

from regclient.kit.tarentry import TarEntry
from regclient.ops.edit.entries import EntryEditor
from regclient.ops.edit.layer_edits import ClearNames, EntryTimes, NestedTimes, StripFile
from regclient.ops.edit.times import TimeRule

ENTRY = TarEntry(b"", name=b"a", user=b"root", group=b"wheel", mtime=(5, 0), atime=(6, 0))
EARLY, LATE = TimeRule((1, 0)), TimeRule((9, 5), after=(5, 0))


def test_a_file_is_stripped_with_everything_below() -> None:
    editor = EntryEditor([StripFile("/d/f/"), StripFile("caf\udce9")])
    stripped = [b"d/f", b"/d/f", b"d/f/", b"d/f/g", b"/d/f/g/h", b"caf\xe9"]

    assert stripped == [name for name in (*stripped, b"d", b"d/foo", b"./d/f", b"x/d/f", b"") if editor.strips(name)]


def test_times_change_where_they_are() -> None:
    edited = EntryEditor([EntryTimes(LATE)]).edited(ENTRY)

    assert ((5, 0), (9, 5), None) == (edited.mtime, edited.atime, edited.ctime)
    assert (b"root", b"wheel") == (edited.user, edited.group)


def test_edits_see_what_the_ones_before_made() -> None:
    assert (1, 0) == EntryEditor([EntryTimes(LATE), EntryTimes(EARLY)]).edited(ENTRY).mtime
    assert ((1, 0), (1, 0)) == (
        EntryEditor([EntryTimes(EARLY), EntryTimes(LATE)]).edited(ENTRY).mtime,
        EntryEditor([EntryTimes(EARLY), EntryTimes(LATE)]).edited(ENTRY).atime,
    )


def test_names_are_cleared() -> None:
    assert replace(ENTRY, user=b"", group=b"") == EntryEditor([ClearNames()]).edited(ENTRY)


def test_an_entry_that_does_not_change_is_itself() -> None:
    editor = EntryEditor([EntryTimes(TimeRule((9, 0), after=(6, 0))), StripFile("x"), NestedTimes("a", EARLY)])

    assert ENTRY is editor.edited(ENTRY)
    shared = TarEntry(b"", kind=ord("g"))
    assert shared is EntryEditor([EntryTimes(EARLY)]).edited(shared)


def test_files_to_look_into_are_known_by_their_name() -> None:
    editor = EntryEditor([NestedTimes("/a", EARLY), NestedTimes("a", LATE), NestedTimes("b", LATE)])

    assert [EntryTimes(EARLY), EntryTimes(LATE)] == editor.nested(b"a")
    assert [] == editor.nested(b"/a") == editor.nested(b"./a")


def test_plain_is_what_neither_goes_nor_is_looked_into() -> None:
    editor = EntryEditor([NestedTimes("a", EARLY), StripFile("b")])

    assert [False, False, True] == [editor.is_plain(name) for name in (b"a", b"b/c", b"c")]
    assert EntryEditor([]).is_plain(b"")
