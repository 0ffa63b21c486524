"""The child process: messages, and ends of every kind."""

from __future__ import annotations

import os

import pytest

from regclient.regbot.sandbox.limits import Limits
from regclient.regbot.sandbox.process import Child, Ended
from regclient.regbot.sandbox.wire import decode, encode

ENVIRON = {"PATH": os.defpath}


def start(child: Child, script: str) -> None:
    """Take the child's first call and give it its script."""
    assert ["start"] == decode(child.receive())
    child.send(encode({"values": [{"script": script, "modules": {}}], "count": 1}))


def test_a_child_asks_for_its_script_and_says_how_it_ended() -> None:
    with Child(Limits(), ENVIRON) as child:
        start(child, "return 1")

        assert ["end", True, None] == decode(child.receive())


def test_a_child_that_is_killed_ends_whoever_waits() -> None:
    with Child(Limits(), ENVIRON) as child:
        start(child, "while true do end")
        child.kill()

        with pytest.raises(Ended, match=r"killed"):
            child.receive()
        with pytest.raises(Ended, match=r"killed"):
            child.send(b"x" * (1 << 20))
    child.kill()


def test_what_is_no_message_ends_the_conversation() -> None:
    for garbage in (b"x" * 30, b"999999999999\n", b"-1\n", b"abc\n"):
        with Child(Limits(), ENVIRON) as child:
            child._buffer += garbage

            with pytest.raises(Ended, match=r"no length"):
                child.receive()
