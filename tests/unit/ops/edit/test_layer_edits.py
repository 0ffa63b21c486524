from regclient.ops.edit.layer_edits import EntryTimes, NestedTimes, StripFile
from regclient.ops.edit.times import TimeRule


def test_edits_of_entries_are_values() -> None:
    rule = TimeRule.of("2024-02-03T04:05:06Z")

    assert len({StripFile("a"), StripFile("a"), EntryTimes(rule), EntryTimes(rule), NestedTimes("a", rule)}) == 3
