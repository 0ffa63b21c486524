"""A copy that is killed: run as a program, it copies again and again and dies at the first, second, third... write.

Each copy is a forked process that ends itself, without any clean-up, just before its k-th write: a change to the disk of a
layout, a request that changes a registry, or a piece of such a request's body. Prints how many writes there were.
"""

from __future__ import annotations

import io
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from regclient import Client
from regclient.hosts import TLS, HostBook, HostSettings
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutSettings
from regclient.ops.copyplan import CopyOptions
from regclient.transport.messages import Body, Request, Response
from regclient.transport.sender import Sender

if TYPE_CHECKING:
    from typing_extensions import Buffer

KILLED = 9


class Death:
    """Counts writes and ends the process just before number ``last``."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.seen = 0

    def step(self, kind: str = "", path: Path | None = None) -> None:
        """Count one write; the last one does not happen."""
        self.seen += 1
        if self.seen == self.last:
            os._exit(KILLED)


class Piecewise(io.RawIOBase):
    """A body whose every piece is a write: it is handed out in a few parts, and the process may end before any of them."""

    def __init__(self, body: Body, death: Death) -> None:
        self.body = body
        self.death = death
        self.part = max(1, body.size // 3)

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """As far as the real body is."""
        return self.body.stream.seekable()

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place of the real body."""
        return self.body.stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the place in the real body."""
        return self.body.stream.tell()

    def readinto(self, buffer: Buffer, /) -> int:
        """Hand out the next part."""
        self.death.step()
        view = memoryview(buffer).cast("B")[: self.part]
        data = self.body.stream.read(len(view))
        view[: len(data)] = data
        return len(data)


class MortalTransport:
    """The network, with every request that changes a registry counted as a write."""

    def __init__(self, inner: Sender, death: Death) -> None:
        self.inner = inner
        self.death = death

    def send(self, request: Request) -> Response:
        """Count and send."""
        if request.method not in {"GET", "HEAD"}:
            self.death.step()
        if isinstance(request.body, Body):
            stream = cast("BinaryIO", Piecewise(request.body, self.death))
            request = replace(request, body=Body(stream, request.body.size))
        return self.inner.send(request)

    def close(self) -> None:
        """Drop the idle connections."""
        self.inner.close()


def copy(source: str, target: str, registry: str, last: int) -> None:
    """Copy with referrers and digest tags, and die at the write number ``last``."""
    death = Death(last)
    hosts = HostBook([HostSettings(registry, tls=TLS.DISABLED)])
    layout = LayoutSettings(writing=Writing(sync=False, step=death.step), created=0.0)
    sender = Sender(hosts)
    with Client(hosts, layout=layout, transport=MortalTransport(sender, death), workers=1) as client:
        client.copy(source, target, CopyOptions(referrers=True, digest_tags=True))
    sender.close()


def main(source: str, target: str, registry: str) -> int:
    """Kill copies to ``target`` (with ``{}`` for the number of the write) until one is not reached by its death."""
    for last in range(1, 10_000):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                copy(source, target.format(last), registry, last)
                code = 0
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code != KILLED:
            sys.stdout.write(str(last))
            return code
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
