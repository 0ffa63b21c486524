"""``regctl digest``: the digest of standard input."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.model.digest import Digest, new_hasher

_CHUNK = 1 << 20


def show(call: Call) -> None:
    """Hash standard input and print its digest."""
    algorithm = call.flags.text("algorithm")
    hasher = new_hasher(algorithm)
    while chunk := call.streams.stdin.read(_CHUNK):
        hasher.update(chunk)
    call.show(Digest(algorithm, hasher.hexdigest()))
