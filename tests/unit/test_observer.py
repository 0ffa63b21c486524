"""The default observer takes every event and says nothing."""

from __future__ import annotations

from regclient.events import Event, Planned, State, Warned
from regclient.observer import Observer, silent


def test_the_silent_observer_takes_anything() -> None:
    listening: Observer = silent
    events = (Event("blob", "sha256:aa", State.STARTED), Planned(1, 2, 3), Warned("a word"))

    for event in events:
        listening(event)

    assert (0, 0) == (events[0].done, events[0].total)
