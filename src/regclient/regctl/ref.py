"""``regctl ref``: a reference taken apart."""

from __future__ import annotations

from regclient.cli.call import Call


def show(call: Call) -> None:
    """Print a reference, by default its full name."""
    call.show(call.reference(0))
