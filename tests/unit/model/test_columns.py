from __future__ import annotations

from dataclasses import dataclass

import pytest

from regclient.errors import InvalidManifest
from regclient.model import columns
from regclient.model.columns import Column


@dataclass
class Holder:
    text: str = ""
    number: int | None = None
    moment: str = ""


COLUMNS = (
    Column("Text", "text", columns.TEXT),
    Column("Number", "number", columns.OPTIONAL_NUMBER),
    Column("Moment", "moment", columns.TIME),
)


def test_only_members_that_are_there_are_read() -> None:
    assert {"text": "a"} == columns.read_columns(COLUMNS, {"Text": "a", "Other": 1}, "here")


def test_only_values_that_say_something_are_written() -> None:
    assert {} == columns.write_columns(COLUMNS, Holder())
    assert {"Text": '"a"', "Number": "0"} == columns.write_columns(COLUMNS, Holder("a", 0))


def test_times_are_written_tersely() -> None:
    assert {"Moment": '"2024-01-01T00:00:00.1Z"'} == columns.write_columns(
        COLUMNS, Holder(moment="2024-01-01T00:00:00.100+00:00")
    )


def test_a_broken_time_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidManifest, match="here: Moment"):
        columns.read_columns(COLUMNS, {"Moment": "yesterday"}, "here")
