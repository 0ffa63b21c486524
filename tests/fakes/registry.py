"""The fake registry: the embedded one over memory, with a ledger of requests, quirks of real registries and faults by script.

As a ``Transport`` it needs no socket (:attr:`FakeRegistry.transport`); :meth:`FakeRegistry.serve` puts it on a loopback port.
"""

from __future__ import annotations

import re
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from regclient.clock import Clock
from regclient.memory import MemoryRepository
from regclient.server.exchange import Policy
from regclient.server.fault import Fault, answer_of
from regclient.server.handler import Handler
from regclient.server.message import ServerRequest, ServerResponse
from regclient.server.server import Server
from regclient.server.store import MemoryStore
from tests.fakes.clock import FakeClock
from tests.fakes.faults import FaultRule
from tests.fakes.tokens import TOKEN_PATH, Door
from tests.fakes.transport import FakeTransport


@dataclass(slots=True)
class Quirks:
    """What this registry cannot do, or does in its own way; change any of them at any time.

    ``digest_tags`` reads a tag ``sha256-<hex>`` as the digest it looks like, as GitLab does.
    """

    referrers: bool = True
    mounts: bool = True
    anonymous_mounts: bool = True
    blob_deletes: bool = True
    manifest_deletes: bool = True
    tag_deletes: bool = True
    tag_parameters: bool = True
    digest_headers: bool = True
    head_digests: bool = True
    head_requests: bool = True
    ranges: bool = True
    monolithic_posts: bool = True
    digest_tags: bool = False


class FakeRegistry:
    """One fake registry. ``host`` is its name in references and requests without sockets.

    Its answers carry the date of its clock, which stands still: two of them are equal whenever they are asked for.
    """

    def __init__(self, host: str = "registry.example", *, policy: Policy | None = None, clock: Clock | None = None) -> None:
        self.host = host
        self.clock = clock or FakeClock()
        self.store = MemoryStore(host)
        self.handler = Handler(self.store, policy, self.clock)
        self.quirks = Quirks()
        self.ledger: list[tuple[str, str]] = []
        self.requests: list[ServerRequest] = []
        self.door: Door | None = None
        self._rules: list[FaultRule] = []
        self._lock = threading.Lock()

    @property
    def transport(self) -> FakeTransport:
        """A transport that knows this registry only; ``FakeTransport(one, other)`` knows several."""
        return FakeTransport(self)

    def repository(self, name: str) -> MemoryRepository:
        """The repository itself, to fill or look at without a request; made when it is not there."""
        return self.store.create(name)

    def fault(self, rule: FaultRule) -> FaultRule:
        """Script a fault; the rule, given back, says in ``struck`` how often it did."""
        with self._lock:
            self._rules.append(rule)
        return rule

    def require(self, scheme: str = "basic", user: str = "user", password: str = "secret") -> Door:
        """From now on let in only who proves to be ``user``; the door returned has more to set."""
        self.door = Door(self.clock, scheme, user, password)
        return self.door

    def counts(self, repository: str = "") -> Counter[str]:
        """Count requests by shape: ``HEAD manifests``, ``POST uploads?mount``, ``PUT upload?digest``, ``GET tags``..."""
        return Counter(
            f"{method} {shape_of(address)}" for method, address in self.ledger if address.startswith(f"/v2/{repository}")
        )

    def forget(self) -> None:
        """Start the ledger anew."""
        with self._lock:
            self.ledger.clear()
            self.requests.clear()

    @contextmanager
    def serve(self, *, seconds: float = 20.0, tls: ssl.SSLContext | None = None) -> Iterator[str]:
        """Put the registry on a free loopback port for the time of the block; gives ``127.0.0.1:PORT``.

        ``tls`` is ``certificates.server_context(...)`` for a registry that speaks TLS.
        """
        server = Server(self.store, ("127.0.0.1", 0), handle=self.handle, seconds=seconds, tls=tls, clock=self.clock)
        try:
            with server:
                yield server.address
        finally:
            self.handler.close()

    def handle(self, request: ServerRequest) -> ServerResponse:
        """Answer one request, right or wrong.

        Raises:
            ConnectionError: the script says that the connection ends here.
        """
        address = quote(request.path, safe="/:@") + (f"?{urlencode(request.query)}" if request.query else "")
        with self._lock:
            self.ledger.append((request.method, address))
            self.requests.append(request)
            rules = [rule for rule in self._rules if rule.strikes(request.method, address)]
        for rule in rules:
            answer = rule.before(request, address)
            if answer is not None:
                return answer
            request = replace(request, body=rule.cut(request))
        answer = self._answered(request)
        for rule in rules:
            rule.after(answer)
        return answer

    def _answered(self, request: ServerRequest) -> ServerResponse:
        try:
            if self.door is not None:
                if request.path == TOKEN_PATH:
                    return self.door.answer(request)
                self.door.check(request)
            request = _limited(self.quirks, request)
        except Fault as fault:
            return answer_of(fault)
        self.handler.policy = replace(self.handler.policy, referrers=self.quirks.referrers)
        answer = self.handler.handle(request)
        _blurred(self.quirks, request, answer)
        return answer


def shape_of(address: str) -> str:
    """Return what an address asks for without its names: endpoint and the names of its parameters."""
    path, _, query = address.partition("?")
    names = "&".join(dict.fromkeys(part.partition("=")[0] for part in query.split("&") if part))
    for pattern, shape in _SHAPES:
        if pattern.fullmatch(path):
            return shape + (f"?{names}" if names else "")
    return path


_SHAPES = [
    (re.compile(r"/v2/?"), "base"),
    (re.compile(r"/v2/_catalog"), "catalog"),
    (re.compile(r"/v2/.+/tags/list"), "tags"),
    (re.compile(r"/v2/.+/manifests/[^/]+"), "manifests"),
    (re.compile(r"/v2/.+/blobs/uploads/?"), "uploads"),
    (re.compile(r"/v2/.+/blobs/uploads/[^/]+"), "upload"),
    (re.compile(r"/v2/.+/blobs/[^/]+"), "blobs"),
    (re.compile(r"/v2/.+/referrers/[^/]+"), "referrers"),
]
_DIGEST_TAG = re.compile(r"(.*/manifests/)(sha256)-([0-9a-f]{64})")


def _limited(quirks: Quirks, request: ServerRequest) -> ServerRequest:
    """Refuse, or look away from, what this registry cannot do."""
    shape = shape_of(request.path)
    if request.method == "HEAD" and not quirks.head_requests:
        raise Fault(405, "UNSUPPORTED", "no HEAD here")
    if request.method == "DELETE" and not _can_delete(quirks, shape, request.path):
        raise Fault(405, "UNSUPPORTED", "the operation is unsupported")
    dropped = set()
    if not quirks.mounts or (not quirks.anonymous_mounts and request.parameter("from") is None):
        dropped.add("mount")
    if not quirks.monolithic_posts and request.method == "POST":
        dropped.add("digest")
    if not quirks.tag_parameters:
        dropped.add("tag")
    headers = {name: values for name, values in request.headers.items() if quirks.ranges or name != "Range"}
    path = request.path
    if quirks.digest_tags and (match := _DIGEST_TAG.fullmatch(path)):
        path = f"{match[1]}{match[2]}:{match[3]}"
    query = tuple(pair for pair in request.query if pair[0] not in dropped)
    return replace(request, path=path, query=query, headers=headers)


def _can_delete(quirks: Quirks, shape: str, path: str) -> bool:
    if shape == "blobs":
        return quirks.blob_deletes
    if shape == "manifests":
        return quirks.manifest_deletes if ":" in path.rpartition("/")[2] else quirks.tag_deletes
    return True


def _blurred(quirks: Quirks, request: ServerRequest, answer: ServerResponse) -> None:
    """Leave out of an answer what this registry does not say."""
    dropped = set()
    if not quirks.digest_headers or (request.method == "HEAD" and not quirks.head_digests):
        dropped.add("Docker-Content-Digest")
    if not quirks.ranges:
        dropped.add("Accept-Ranges")
    answer.headers[:] = [pair for pair in answer.headers if pair[0] not in dropped]
