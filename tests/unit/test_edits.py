"""The edits that can be imported."""

from __future__ import annotations

from regclient import edits as e


def test_every_edit_can_be_imported_and_is_listed_in_order() -> None:
    names = [name for name in dir(e) if name[0].isupper()]

    assert e.__all__ == sorted(names)
    kinds = [getattr(e, name) for name in names]
    assert {e.TimeOptions} == {kind for kind in kinds if not issubclass(kind, e.Edit)}
