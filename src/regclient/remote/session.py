"""An upload session: the address a registry gives for one blob, and the requests that can be made of it.

Addresses are taken as they are given, relative or absolute, and never quoted again: registries sign them and keep state there.
"""

from __future__ import annotations

import re
from contextlib import suppress

from regclient.errors import Cancelled, DigestMismatch, RegistryClientError, RepositoryNotFound
from regclient.hosts import HostSettings
from regclient.model.digest import DEFAULT_ALGORITHM, Digest
from regclient.model.headers import first
from regclient.model.mediatype import OCTET_STREAM
from regclient.remote.shared import Shared
from regclient.remote.wire import Wire
from regclient.transport.messages import Body, Kind, Response

STORED = (201, 204)
REFUSALS = frozenset(range(400, 500)) - {401, 403, 404, 408, 429}
"""Answers to a part that may say where the upload really is."""

_RANGE = re.compile(r"(?:bytes=)?\d{1,18}-(\d{1,18})")


class UploadSession:
    """A session at one registry; ``url`` is empty until :meth:`try_mount` or :meth:`open` got one."""

    def __init__(self, wire: Wire, shared: Shared, host: HostSettings) -> None:
        self.url = ""
        self._wire = wire
        self._shared = shared
        self._host = host

    @property
    def part_size(self) -> int:
        """How many bytes one part has, by our settings and by what the registry asked for."""
        return self._shared.chunk_size(self._host)

    def try_mount(self, digest: Digest, source: str = "") -> bool:
        """Ask for a blob the registry has already, in the repository ``source`` or anywhere; a refusal may open the session.

        Raises:
            RegistryClientError: the registry did neither.
        """
        query = (("mount", str(digest)), *([("from", source)] if source else []))
        request = self._wire.request("POST", "blobs/uploads/", Kind.BLOB, query=query, quiet=True)
        with self._wire.send(request, ok=(201, 202)) as response:
            if response.status == 202:
                self.learn(response)
            return response.status == 201

    def open(self, algorithm: str) -> None:
        """Start the upload of a blob whose digest will have this algorithm.

        Raises:
            RepositoryNotFound: the registry wants the repository created first.
            RegistryFault: there is no ``Location`` in the answer.
        """
        query = () if algorithm == DEFAULT_ALGORITHM else (("digest-algorithm", algorithm),)
        request = self._wire.request("POST", "blobs/uploads/", Kind.BLOB, query=query)
        missing = RepositoryNotFound(self._wire.reference.name)
        with self._wire.send(request, ok=(202,), missing=missing) as response:
            self.learn(response)
            if not self.url:
                raise self._wire.fault(request, response, "no Location for the upload in the answer")

    def send_part(self, offset: int, body: Body | bytes) -> Response:
        """Send a part that starts at ``offset``; the caller closes the answer, which may be one of :data:`REFUSALS`."""
        length = body.size if isinstance(body, Body) else len(body)
        headers = {"Content-Type": OCTET_STREAM, "Content-Range": f"{offset}-{offset + length - 1}"}
        request = self._wire.request("PATCH", kind=Kind.BLOB, url=self.url, headers=headers, body=body, accept=REFUSALS)
        return self._wire.send(request, ok=(202, 201))

    def store(self, digest: Digest, body: Body | bytes) -> None:
        """Close the session: what it holds, and ``body`` after it, is the blob.

        Raises:
            DigestMismatch: the registry stored something else.
        """
        separator = "&" if "?" in self.url else "?"
        url = f"{self.url}{separator}digest={digest.algorithm}%3A{digest.hex}"
        kind = Kind.BLOB if body else Kind.QUERY
        request = self._wire.request("PUT", kind=kind, url=url, headers={"Content-Type": OCTET_STREAM}, body=body)
        with self._wire.send(request, ok=STORED) as response:
            stored = first(response.headers, "Docker-Content-Digest")
            # Some registries answer with their own sha256 for any digest: only the same algorithm can be compared.
            if stored.startswith(f"{digest.algorithm}:") and stored != str(digest):
                raise DigestMismatch(digest, stored, "the blob the registry stored")

    def ask_status(self) -> int:
        """Return how many bytes the session holds.

        Raises:
            NotFound: the session is gone.
            RegistryFault: the registry does not say.
        """
        with self._wire.send(self._wire.request("GET", url=self.url), ok=(204, 200, 202)) as response:
            self.learn(response)
            return held_of(response, accepted=False) or 0

    def cancel(self) -> None:
        """Give the session up, if there is one; the registry forgets it by itself when this fails."""
        if self.url:
            with suppress(RegistryClientError):
                self._wire.send(self._wire.request("DELETE", url=self.url, quiet=True), ok=(200, 202, 204)).close()

    def learn(self, response: Response) -> None:
        """Take over the session's address and the smallest part the registry wants from an answer."""
        if location := first(response.headers, "Location"):
            self.url = self._wire.follow(response, location)
        minimum = first(response.headers, "Oci-Chunk-Min-Length")
        if minimum.isascii() and minimum.isdigit() and len(minimum) < 20:
            self._shared.raise_chunk(self._host, int(minimum))

    def fault(self, response: Response, detail: str) -> RegistryClientError:
        """Describe an answer to a part that cannot be used."""
        return self._wire.fault(self._wire.request("PATCH", kind=Kind.BLOB, url=self.url), response, detail)


def held_of(response: Response, *, accepted: bool) -> int | None:
    """Return how many bytes a registry holds according to ``Range``; None when it does not say.

    ``0-0`` is one byte by the specification, and distribution's way of saying none. It is taken for one only when a part was
    ``accepted``; :class:`~regclient.remote.upload.Upload` settles the doubt when a part is refused because of it.
    """
    match = _RANGE.fullmatch(first(response.headers, "Range").strip())
    if match is None:
        return None
    last = int(match[1])
    return last + 1 if last or accepted else 0


def mount_blob(session: UploadSession, digest: Digest, source: str) -> bool:
    """Mount a blob from a sibling repository; False when the registry declines (its upload session is cancelled then)."""
    try:
        mounted = session.try_mount(digest, source)
    except Cancelled:
        raise
    except RegistryClientError:
        return False
    if not mounted:
        session.cancel()
    return mounted
