from __future__ import annotations

from regclient import edits


def test_every_edit_can_be_imported_and_is_listed_in_order() -> None:
    names = [name for name in dir(edits) if name[0].isupper()]

    assert edits.__all__ == sorted(names)
    kinds = [getattr(edits, name) for name in names]
    assert {edits.TimeOptions} == {kind for kind in kinds if not issubclass(kind, edits.Edit)}
