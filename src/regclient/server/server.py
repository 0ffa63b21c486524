"""The embedded registry as a whole: a store, a handler and a socket.

``with Server(store) as server: ...`` in tests and scripts; :func:`serve` for a program that does nothing else.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from regclient.cancel import Cancel
from regclient.clock import Clock
from regclient.errors import Unreachable
from regclient.server.exchange import Policy
from regclient.server.handler import Handler
from regclient.server.http import HttpServer
from regclient.server.message import ServerRequest, ServerResponse
from regclient.server.store import Store

if TYPE_CHECKING:
    import ssl

DEFAULT_LISTEN = ("127.0.0.1", 5000)
_LAST_PORT = 65_535
_WAIT = 3600.0


class Server:
    """A registry on a socket: :meth:`start`, :meth:`stop`, or a ``with`` block. Port 0 is any free port.

    ``handle`` replaces the handler made from ``store`` and ``policy``, for those who want to stand between. ``connections`` are
    served at once, more wait; a peer that says nothing for ``seconds`` is let go. ``clock`` dates answers and uploads.
    """

    def __init__(  # noqa: PLR0913 - the facts of one server, all but the first with a default
        self,
        store: Store,
        listen: tuple[str, int] = DEFAULT_LISTEN,
        *,
        policy: Policy | None = None,
        handle: Callable[[ServerRequest], ServerResponse] | None = None,
        tls: ssl.SSLContext | None = None,
        connections: int = 128,
        seconds: float = 60.0,
        clock: Clock | None = None,
    ) -> None:
        self.handler = Handler(store, policy, clock)
        self._clock = clock
        self._handle = handle or self.handler.handle
        self._listen = listen
        self._tls = tls
        self._connections = connections
        self._seconds = seconds
        self._listener: socket.socket | None = None
        self._http: HttpServer | None = None

    @property
    def address(self) -> str:
        """``host:port`` as clients write it; the real port once started."""
        host, port = self._listen if self._listener is None else self._listener.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def start(self) -> None:
        """Listen and serve in the background.

        Raises:
            Unreachable: the address cannot be listened on.
        """
        host, port = self._listen
        if not 0 <= port <= _LAST_PORT:
            raise Unreachable(f"{host}:{port}", f"cannot listen: there is no port {port}")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._listener = socket.create_server(self._listen, family=family, backlog=128)
        except OSError as error:
            raise Unreachable(f"{host}:{port}", f"cannot listen: {error.strerror or error}") from error
        self._http = HttpServer(
            self._handle,
            self._listener,
            connections=self._connections,
            seconds=self._seconds,
            tls=self._tls,
            clock=self._clock,
        )

    def stop(self, grace: float = 5.0) -> None:
        """Let running requests end within ``grace`` seconds, then close everything; stopping twice does no harm."""
        if self._http is not None:
            self._http.stop(grace)
            self._http = None
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self.handler.close()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop; a block that failed does not wait for requests still running."""
        self.stop(0.0 if kind is not None else 5.0)


def serve(server: Server, cancel: Cancel, *, ready: Callable[[Server], None] = lambda _server: None) -> None:
    """Serve until the cancel comes, then stop cleanly; ``ready`` is called once requests can come in.

    Raises:
        Unreachable: the address cannot be listened on.
    """
    with server:
        ready(server)
        while not cancel.wait(_WAIT):
            pass
