"""The loop of one logical request: host → slot → login → exchange → decision."""

from __future__ import annotations

from regclient.clock import Clock
from regclient.concurrency import Cancel
from regclient.errors import Unreachable
from regclient.events import Observer, silent
from regclient.hosts import CredentialSource, HostBook, login_of
from regclient.transport.messages import Request, Response
from regclient.transport.options import WireOptions


class Sender:
    """Answers requests over the network: the :class:`~regclient.transport.messages.Transport` of every real client.

    Close it when the client is done, which drops the idle connections.
    """

    def __init__(
        self,
        hosts: HostBook,
        options: WireOptions | None = None,
        *,
        credentials: CredentialSource = login_of,
        cancel: Cancel | None = None,
        clock: Clock | None = None,
        observer: Observer = silent,
    ) -> None:
        self.hosts = hosts

    def send(self, request: Request) -> Response:
        """Answer the request; see :class:`~regclient.transport.messages.Transport`."""
        raise Unreachable(request.host, "not built yet")

    def close(self) -> None:
        """Drop the idle connections."""
