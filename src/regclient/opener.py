"""What a client knows, and the repositories it opens: the part of the front door below the verbs.

It is hermetic: it knows what it is given and reads nothing, unless made by :meth:`Opener.from_environment`. Homes are imported
when first used, so that a command pays for what it needs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from regclient.cancel import Cancel
from regclient.clock import Clock, SystemClock
from regclient.errors import InvalidReference, Unsupported
from regclient.hosts import CredentialSource, HostBook, HostSettings, login_of
from regclient.model.reference import OCIDIR, Reference
from regclient.observer import Observer, silent
from regclient.repository import Collects, Name, Pings, Repository

if TYPE_CHECKING:
    from os import PathLike

    from regclient.answers import Ping
    from regclient.layout.repository import LayoutSettings
    from regclient.remote.shared import RemoteOptions, Shared
    from regclient.repository import Registry
    from regclient.settings.regctl import RegctlConfig
    from regclient.transport.messages import Transport
    from regclient.transport.options import WireOptions
    from regclient.transport.sender import Sender


class Opener:
    """Opens repositories and registries; safe from many threads. Close it, or use it as a context manager.

    Closing drops idle connections and lets every layout that was changed drop what nothing reaches. :attr:`cancel` ends all
    work early, from any thread or signal handler.
    """

    def __init__(  # noqa: PLR0913 - one argument for each layer below, all optional
        self,
        hosts: HostBook | Iterable[HostSettings] = (),
        *,
        credentials: CredentialSource = login_of,
        wire: WireOptions | None = None,
        remote: RemoteOptions | None = None,
        layout: LayoutSettings | None = None,
        transport: Transport | None = None,
        workers: int = 4,
        cancel: Cancel | None = None,
        clock: Clock | None = None,
        observer: Observer = silent,
    ) -> None:
        """Make a client that knows only what it is given.

        ``hosts`` says how to talk to which registry, ``credentials`` where logins come from (by default from ``hosts``).
        ``wire``, ``remote`` and ``layout`` are the choices for requests, registries and layouts. ``transport`` stands in for
        the network. ``workers`` is how many blobs or manifests of one copy are worked on at once. ``observer`` hears warnings.
        """
        self.hosts = hosts if isinstance(hosts, HostBook) else HostBook(hosts)
        self.cancel = cancel or Cancel()
        self._credentials = credentials
        self._wire = wire
        self._remote = remote
        self._layout = layout
        self._transport = transport
        self.workers = workers
        self._clock = clock or SystemClock()
        self._observer = observer
        self._lock = threading.RLock()
        self._opened: dict[tuple[str, str, str, str], Repository] = {}
        self._sender: Sender | None = None
        self._shared: Shared | None = None

    @classmethod
    def from_environment(  # noqa: PLR0913 - what a program lays over what the machine says
        cls,
        environment: Mapping[str, str] | None = None,
        home: str | PathLike[str] | None = None,
        *,
        config: RegctlConfig | None = None,
        hosts: Iterable[HostSettings] = (),
        wire: WireOptions | None = None,
        remote: RemoteOptions | None = None,
        layout: LayoutSettings | None = None,
        cancel: Cancel | None = None,
        observer: Observer = silent,
    ) -> Self:
        """Make a client that knows what this machine knows.

        That is Docker's and podman's logins, helpers and certificates, regctl's file, proxies, and the time for new entries of
        layouts (``SOURCE_DATE_EPOCH``).

        ``hosts`` are laid over what is found. ``config`` stands for regctl's file, which is then not read.
        Without ``environment`` and ``home`` those of the process are used. What could not be read is told to the ``observer``
        as a warning and left out.

        Raises:
            InvalidConfig, Unsupported: a proxy variable is no address of a proxy we can use.
        """
        from regclient.environment import layers_of_machine  # noqa: PLC0415 - a door: a hermetic client reads nothing

        found = layers_of_machine(
            environment, home, config=config, hosts=hosts, wire=wire, remote=remote, layout=layout, observer=observer
        )
        return cls(
            found.hosts,
            credentials=found.credentials,
            wire=found.wire,
            remote=found.remote,
            layout=found.layout,
            cancel=cancel,
            observer=observer,
        )

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def close(self, reference: Reference | str | None = None) -> None:
        """End the work on one repository, or on all of them and with the network; it may begin again afterwards.

        A layout that was changed through this client drops what nothing reaches.
        """
        if reference is None:
            with self._lock:
                ending, sender = list(self._opened.values()), self._sender
        else:
            ending, sender = [self.repository(reference)], None
        for repository in ending:
            if isinstance(repository, Collects):
                repository.close()
        if sender is not None:
            sender.close()

    def repository(self, reference: Reference | str) -> Repository:
        """Open the repository of a reference; its tag and digest do not count, and the same one gives the same object.

        Raises:
            InvalidReference: the text is no reference, or names no repository that can be opened.
        """
        parsed = parsed_of(reference)
        if not parsed.is_set_repository:
            raise InvalidReference(parsed.original or str(parsed), "not a repository")
        place = parsed.scheme, parsed.registry, parsed.repository, parsed.path
        with self._lock:
            found = self._opened.get(place)
            if found is None:
                found = self._opened[place] = self._open(parsed.repository_only())
            return found

    def registry(self, host: str) -> Registry:
        """Open a registry by its name.

        Raises:
            InvalidReference: it is more than the name of a registry, or none.
        """
        from regclient.remote.registry import RemoteRegistry  # noqa: PLC0415 - a door: layouts need no wire

        return RemoteRegistry(host, self._network())

    def ping(self, reference: Reference | str) -> Ping:
        """Prove that the registry or the layout of a reference answers, as cheaply as can be.

        Raises:
            Denied: the login is missing or wrong.
            Unsupported: this kind of home has nothing to ask.
        """
        repository = self.repository(reference)
        if not isinstance(repository, Pings):
            raise Unsupported(f"{repository.reference} cannot be pinged")
        return repository.ping()

    def named(self, reference: Reference | str) -> tuple[Repository, Name]:
        """Open the repository of a reference; return it with the tag or digest, ``latest`` for a layout without.

        Raises:
            InvalidReference: neither tag nor digest.
        """
        parsed = parsed_of(reference)
        target = parsed.target
        if target is None:
            raise InvalidReference(parsed.original or str(parsed), "a tag or a digest is missing")
        return self.repository(parsed), target

    def _open(self, reference: Reference) -> Repository:
        if reference.scheme == OCIDIR:
            from regclient.layout.repository import LayoutRepository  # noqa: PLC0415 - a door: registries need no layouts

            return LayoutRepository(reference, self._layout, clock=self._clock, observer=self._observer)
        from regclient.remote.repository import RemoteRepository  # noqa: PLC0415 - a door: layouts need no wire
        from regclient.remote.shared import Shared  # noqa: PLC0415

        self._shared = self._shared or Shared(self._remote, self._clock, self.cancel)
        host = self.hosts.resolve(reference.registry)
        return RemoteRepository(reference, self._network(), host=host, shared=self._shared)

    def _network(self) -> Transport:
        with self._lock:
            if self._transport is None:
                from regclient.transport.sender import Sender  # noqa: PLC0415 - a door: layouts need no wire

                self._transport = self._sender = Sender(
                    self.hosts,
                    self._wire,
                    credentials=self._credentials,
                    cancel=self.cancel,
                    clock=self._clock,
                    observer=self._observer,
                )
            return self._transport


def parsed_of(reference: Reference | str) -> Reference:
    """Return a reference that may have come as text.

    Raises:
        InvalidReference: the text is none.
    """
    return Reference.parse(reference) if isinstance(reference, str) else reference
