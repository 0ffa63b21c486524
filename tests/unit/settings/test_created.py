from __future__ import annotations

from regclient.settings.created import creation_time
from tests.tables import table


@table("name", ["SOURCE_DATE_EPOCH", "SOURCE_DATE_EPOC"])
def test_either_spelling_sets_the_time(name: str) -> None:
    assert 1_700_000_000.0 == creation_time({name: "1700000000"})


def test_the_right_spelling_wins() -> None:
    assert 1.0 == creation_time({"SOURCE_DATE_EPOCH": "1", "SOURCE_DATE_EPOC": "2"})


@table("text", ["", "soon", "-1", "1.5", "1" * 12, "٣"])
def test_what_is_no_time_sets_none(text: str) -> None:
    assert creation_time({"SOURCE_DATE_EPOCH": text}) is None
