"""Events are plain values with the numbers Go's callback uses."""

from __future__ import annotations

from regclient.events import Event, State


def test_the_states_have_the_numbers_of_the_go_callback() -> None:
    assert [1, 2, 3, 4] == [State.SKIPPED.value, State.STARTED.value, State.ACTIVE.value, State.FINISHED.value]


def test_an_event_without_bytes_counts_none() -> None:
    event = Event("blob", "sha256:aa", State.STARTED)

    assert (0, 0) == (event.done, event.total)
