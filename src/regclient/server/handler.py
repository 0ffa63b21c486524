"""The registry itself: a request in, an answer out, over any store.

The table of endpoints is here; what each does is in the module of its noun. No socket, no thread: that is ``http.py``.
"""

from __future__ import annotations

from collections.abc import Callable

from regclient.clock import Clock, SystemClock
from regclient.errors import RegistryClientError
from regclient.server import blobs, listings, manifests, uploads
from regclient.server.exchange import Exchange, Policy
from regclient.server.fault import Fault, answer_of, fault_of
from regclient.server.message import ServerRequest, ServerResponse
from regclient.server.route import Endpoint, Route, parse_route
from regclient.server.sessions import Sessions
from regclient.server.store import Store

_READS = frozenset({"GET", "HEAD"})
_WARNINGS_LIMIT = 4096

_METHODS: dict[Endpoint, dict[str, Callable[[Exchange], ServerResponse]]] = {
    Endpoint.BASE: {"GET": listings.get_base, "HEAD": listings.get_base},
    Endpoint.CATALOG: {"GET": listings.get_catalog, "HEAD": listings.get_catalog},
    Endpoint.TAGS: {"GET": listings.get_tags, "HEAD": listings.get_tags},
    Endpoint.REFERRERS: {"GET": listings.get_referrers, "HEAD": listings.get_referrers},
    Endpoint.MANIFEST: {
        "GET": manifests.get_manifest,
        "HEAD": manifests.get_manifest,
        "PUT": manifests.put_manifest,
        "DELETE": manifests.delete_manifest,
    },
    Endpoint.BLOB: {"GET": blobs.get_blob, "HEAD": blobs.get_blob, "DELETE": blobs.delete_blob},
    Endpoint.UPLOADS: {"POST": uploads.start_upload},
    Endpoint.UPLOAD: {
        "GET": uploads.get_upload,
        "PATCH": uploads.append_upload,
        "PUT": uploads.finish_upload,
        "DELETE": uploads.cancel_upload,
    },
}


class Handler:
    """The distribution API over one store; safe from many threads.

    https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints
    """

    def __init__(self, store: Store, policy: Policy | None = None, clock: Clock | None = None) -> None:
        self.store = store
        self.policy = policy or Policy()
        limits = self.policy.uploads, self.policy.upload_seconds
        self.sessions = Sessions(clock or SystemClock(), store.spool, limit=limits[0], seconds=limits[1])
        self._warnings = tuple(_warnings(self.policy.warnings))

    def handle(self, request: ServerRequest) -> ServerResponse:
        """Answer one request; the caller sends the answer and closes it."""
        try:
            answer = self._answer(request)
        except Fault as fault:
            answer = answer_of(fault)
        except RegistryClientError as error:
            answer = answer_of(fault_of(error, reading=request.method in _READS))
        answer.headers.extend(self._warnings)
        return answer

    def close(self) -> None:
        """Drop every upload that was not finished."""
        self.sessions.close()

    def _answer(self, request: ServerRequest) -> ServerResponse:
        route = parse_route(request.path)
        methods = self._methods(route)
        endpoint = methods.get(request.method)
        if endpoint is None:
            code = "DENIED" if self.policy.read_only and request.method in _METHODS[route.endpoint] else "UNSUPPORTED"
            message = "this registry is read-only" if code == "DENIED" else f"{request.method} is not possible here"
            raise Fault(405, code, message, headers=(("Allow", ", ".join(methods) or "GET"),))
        return endpoint(Exchange(request, route, self.store, self.sessions, self.policy))

    def _methods(self, route: Route) -> dict[str, Callable[[Exchange], ServerResponse]]:
        methods = _METHODS[route.endpoint]
        if not self.policy.read_only:
            return methods
        if route.endpoint is Endpoint.UPLOAD:
            return {}
        return {method: endpoint for method, endpoint in methods.items() if method in _READS}


def _warnings(texts: tuple[str, ...]) -> list[tuple[str, str]]:
    """Write warnings as the spec wants them: code 299, agent ``-``, no date, 4096 bytes in all."""
    headers: list[tuple[str, str]] = []
    left = _WARNINGS_LIMIT
    for text in texts:
        plain = "".join(character if character.isprintable() and character not in '"\\' else " " for character in text)
        value = f'299 - "{plain}"'
        left -= len(value.encode())
        if left < 0:
            break
        headers.append(("Warning", value))
    return headers
