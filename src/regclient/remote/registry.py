"""A registry as a whole: whether it answers, and what repositories it has."""

from __future__ import annotations

from regclient.answers import Ping, RepositoryList
from regclient.errors import InvalidReference, RepositoryNotFound
from regclient.model import document
from regclient.model.reference import REG, Reference, parse_host
from regclient.remote.pages import LIST_TYPES, page_query, read_page
from regclient.remote.wire import Wire
from regclient.transport.messages import Transport

_SHAPE = document.Shape("repositories")


class RemoteRegistry:
    """A registry reached over HTTP, by the name it has in the settings."""

    def __init__(self, host: str, transport: Transport) -> None:
        """Name the registry.

        Raises:
            InvalidReference: ``host`` is more, or something else, than the name of a registry.
        """
        parsed = parse_host(host)
        if parsed.scheme != REG:
            raise InvalidReference(host, "not the name of a registry")
        self._wire = Wire(transport, Reference(registry=parsed.registry))

    def ping(self) -> Ping:
        """Ask for ``/v2/``: the cheapest request that needs the login.

        Raises:
            Denied: the login is missing or wrong.
            RepositoryNotFound: there is no registry at this host.
        """
        missing = RepositoryNotFound("/v2/", self._wire.reference.registry)
        with self._wire.send(self._wire.request("GET"), missing=missing) as response:
            return Ping(response.headers)

    def repositories(self, *, limit: int | None = None, last: str | None = None) -> RepositoryList:
        """List one page of the catalog, as long as the registry makes it; ``last`` is the name to start after.

        Raises:
            RepositoryNotFound: the registry has no catalog (ghcr.io, gitlab.com).
            InvalidManifest, UnsupportedMediaType: the answer is no list.
        """
        request = self._wire.request("GET", "_catalog", query=page_query(limit, last), headers={"Accept": "application/json"})
        missing = RepositoryNotFound("_catalog", self._wire.reference.registry)
        with self._wire.send(request, missing=missing) as response:
            page = read_page(response, LIST_TYPES)
        where = "the catalog"
        members, _ = _SHAPE.read(document.load(page.raw, _SHAPE, where), where)
        return RepositoryList(document.texts_of(members, "repositories", where), page.raw, page.headers)
