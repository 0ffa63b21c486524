"""One request on its way through the registry, with everything an endpoint needs to answer it, and what the registry allows."""

from __future__ import annotations

from dataclasses import dataclass

from regclient.errors import InvalidDigest, Unsupported
from regclient.model.digest import Digest
from regclient.repository import Repository
from regclient.server.fault import Fault
from regclient.server.message import ServerRequest
from regclient.server.route import Route
from regclient.server.sessions import Sessions
from regclient.server.store import Store


@dataclass(frozen=True, slots=True)
class Policy:
    """What one registry allows.

    ``manifest_limit`` is in bytes (the spec wants at least 4 MB). ``page`` caps the entries of one page of any list, 0 for no
    cap. ``chunk_minimum`` is announced to clients and not enforced. ``uploads`` bounds the sessions open at once, each of which
    ends after ``upload_seconds`` without a request. ``tags_limit`` bounds the ``tag`` parameters of one manifest push.
    ``referrers`` offers the referrers API; without it clients keep their lists in tags. ``anonymous_mounts`` lets a mount
    without ``from`` look through all repositories. ``warnings`` go out with every answer.
    """

    read_only: bool = False
    manifest_limit: int = 8 << 20
    page: int = 0
    chunk_minimum: int = 0
    uploads: int = 256
    upload_seconds: float = 3600.0
    tags_limit: int = 100
    referrers: bool = True
    anonymous_mounts: bool = True
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, where it goes, and the registry it goes to."""

    request: ServerRequest
    route: Route
    store: Store
    sessions: Sessions
    policy: Policy

    def repository(self) -> Repository:
        """Return the repository the path names.

        Raises:
            Fault: 404 NAME_UNKNOWN when it is not there.
        """
        found = self.store.open(self.route.name)
        if found is None:
            raise Fault(404, "NAME_UNKNOWN", f"there is no repository {self.route.name}")
        return found


def digest_of(text: str) -> Digest:
    """Read a digest the client sent.

    Raises:
        Fault: 400 DIGEST_INVALID when it is not one, or not of an algorithm we can compute.
    """
    try:
        return Digest.parse(text)
    except (InvalidDigest, Unsupported) as error:
        raise Fault(400, "DIGEST_INVALID", str(error)) from error
