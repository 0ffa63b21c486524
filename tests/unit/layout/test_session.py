"""One repository object's work in a layout, from its first call until it is closed."""

from __future__ import annotations

from pathlib import Path

from regclient.layout.session import Session


def begun(root: Path) -> Session:
    session = Session(root)
    with session.work():
        pass
    return session


def test_a_session_that_works_alone_can_collect(tmp_path: Path) -> None:
    with begun(tmp_path).alone() as alone:
        assert alone


def test_a_session_that_has_not_begun_can_collect(tmp_path: Path) -> None:
    with Session(tmp_path).alone() as alone:
        assert alone


def test_another_session_keeps_collectors_off_until_it_ends(tmp_path: Path) -> None:
    collector, other = begun(tmp_path), begun(tmp_path)
    with collector.alone() as alone:
        assert not alone
    other.end()

    with collector.alone() as alone:
        assert alone


def test_a_session_outlasts_its_calls(tmp_path: Path) -> None:
    other = begun(tmp_path)

    with Session(tmp_path).alone() as alone:
        assert not alone
    other.end()


def test_a_call_that_still_runs_keeps_the_session(tmp_path: Path) -> None:
    session = begun(tmp_path)
    with session.work():
        with session.alone() as alone:
            assert not alone
        session.end()
        with Session(tmp_path).alone() as alone:
            assert not alone

    with Session(tmp_path).alone() as alone:
        assert alone


def test_only_modified_layouts_want_collecting(tmp_path: Path) -> None:
    session = begun(tmp_path)
    wanted = [session.wants_collecting]
    session.modify()
    wanted.append(session.wants_collecting)

    with session.alone():
        pass

    assert [False, True, False] == [*wanted, session.wants_collecting]


def test_garbage_is_left_to_the_last_one_out(tmp_path: Path) -> None:
    writer, reader = begun(tmp_path), begun(tmp_path)
    writer.modify()
    with writer.alone() as alone:
        assert not alone

    assert reader.wants_collecting
    with reader.alone() as alone:
        assert alone
    assert not reader.wants_collecting


def test_a_layout_that_is_not_there_cannot_be_collected(tmp_path: Path) -> None:
    session = begun(tmp_path / "missing")

    with session.alone() as alone:
        assert not alone


def test_a_session_begins_again_after_its_end(tmp_path: Path) -> None:
    session = begun(tmp_path)
    session.end()
    with session.work():
        pass

    with Session(tmp_path).alone() as alone:
        assert not alone
    session.end()
