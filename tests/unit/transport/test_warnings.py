from __future__ import annotations

from regclient.events import Event, Planned, Warned
from regclient.transport.warnings import Warnings


def test_each_text_is_passed_on_once() -> None:
    heard: list[Event | Planned | Warned] = []
    warnings = Warnings(heard.append)

    warnings.collect({"Warning": ('299 - "old tag"', '199 - "ignored"', '299 - "old tag", 299  -  "and more"')})
    warnings.collect({"Warning": ('299 - "old tag"', "299 - unquoted")})
    warnings.collect({})
    warnings.warn("own words")

    assert [Warned("old tag"), Warned("and more"), Warned("own words")] == heard


def test_a_flood_is_cut_off() -> None:
    heard: list[Event | Planned | Warned] = []
    warnings = Warnings(heard.append)

    for number in range(1500):
        warnings.warn(str(number))

    assert 1000 == len(heard)
