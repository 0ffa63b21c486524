from __future__ import annotations

from regclient.model.headers import headers_of
from regclient.model.warning import unique, warnings_of
from tests.tables import table


@table(
    ("values", "expected"),
    [
        (['299 - "be careful"'], ("be careful",)),
        (['299  -   "a"', '299 - "b"', '299 - "a"'], ("a", "b")),
        (['199 - "misc"', '299 agent "x"', "299 - text", '299 - "a" "date"', '299 - ""', '299 - "a"b"'], ()),
        ([], ()),
    ],
)
def test_only_warnings_for_people_are_shown_each_once(values: list[str], expected: tuple[str, ...]) -> None:
    assert expected == warnings_of(headers_of(("warning", value) for value in values))


def test_texts_stay_in_the_order_first_seen() -> None:
    assert ("b", "a") == unique(["b", "a", "b"])
