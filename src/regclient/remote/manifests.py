"""Manifests: asking for them, pushing them, deleting them.

What a manifest means for referrers lists and tags is not decided here: see ``referrers.py`` and ``tags.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regclient.errors import (
    DigestMismatch,
    InvalidDigest,
    ManifestNotFound,
    NotFound,
    RegistryFault,
    RepositoryNotFound,
    SizeLimitExceeded,
    Unsupported,
    UnsupportedMediaType,
)
from regclient.model.digest import DEFAULT_ALGORITHM, Digest
from regclient.model.headers import Headers, first
from regclient.model.mediatype import MANIFEST_ACCEPT, OCTET_STREAM, base, is_manifest
from regclient.remote.shared import Shared
from regclient.remote.wire import Wire, content_length, path_of, read_limited, refuses_head
from regclient.repository import ManifestHead, Name
from regclient.transport.messages import Kind, Request, Response

if TYPE_CHECKING:
    from regclient.model.descriptor import Descriptor
    from regclient.model.manifest import Manifest

ACCEPT = ", ".join(MANIFEST_ACCEPT)
NAME_UNKNOWN = frozenset({"NAME_UNKNOWN", "NAME_INVALID"})

SAYS_NOTHING = frozenset({"application/json", "text/plain", OCTET_STREAM})
"""Content types of servers that do not know what they serve; the document's own ``mediaType`` decides then."""


class Manifests:
    """The manifests of one repository."""

    def __init__(self, wire: Wire, shared: Shared) -> None:
        self._wire = wire
        self._shared = shared
        self._where = wire.reference.name

    def head(self, name: Name) -> ManifestHead:
        """Ask for the facts of a manifest: one HEAD, or none when the manifest is cached.

        Raises:
            ManifestNotFound: there is no such tag or digest.
            UnsupportedMediaType: it is not a manifest of a kind we know.
            DigestMismatch: the registry names another digest than the one asked for.
            Unsupported: HEAD is turned off for the host.
        """
        if cached := self._cached(name):
            return ManifestHead(cached.media_type, cached.digest, cached.descriptor.size, cached.headers)
        request = self._asking("HEAD", name, Kind.HEAD)
        with self._wire.send(request, missing=ManifestNotFound(name, self._where)) as response:
            headers = response.headers
            media_type = base(first(headers, "Content-Type"))
            if not is_manifest(media_type):
                raise UnsupportedMediaType(media_type, f"manifest {name} in {self._where}")
            return ManifestHead(media_type, _digest_of(headers, name), content_length(response) or 0, headers)

    def resolve(self, name: Name, *, mirrors: bool = True) -> Descriptor:
        """Return the descriptor behind a name, by HEAD; by GET when HEAD is turned off or leaves something out.

        Raises:
            ManifestNotFound: there is no such tag or digest.
        """
        try:
            head = self.head(name)
        except (Unsupported, RegistryFault) as error:
            if not refuses_head(error):
                raise
        else:
            if head.digest is not None and head.size:
                from regclient.model.descriptor import Descriptor  # noqa: PLC0415 - a door: a digest alone needs none

                return Descriptor(head.media_type, head.digest, head.size)
        return self.get(name, mirrors=mirrors).descriptor

    def get(self, name: Name, *, mirrors: bool = True) -> Manifest:
        """Fetch a manifest and check it; ``mirrors`` False asks the registry itself, for what is about to be changed.

        Raises:
            ManifestNotFound: there is no such tag or digest.
            DigestMismatch, SizeLimitExceeded, InvalidManifest, UnsupportedMediaType: it is not a manifest we trust.
        """
        if cached := self._cached(name):
            return cached
        request = self._asking("GET", name, Kind.MANIFEST, mirrors=mirrors)
        with self._wire.send(request, missing=ManifestNotFound(name, self._where)) as response:
            raw = read_limited(response, self._shared.options.manifest_pull, f"manifest {name}")
            headers = response.headers
        from regclient.model.manifest import parse_manifest  # noqa: PLC0415 - a door: for a digest no manifest is read

        expect = name if isinstance(name, Digest) else None
        manifest = parse_manifest(raw, media_type=_media_type_of(raw, headers), expect=expect, headers=headers)
        self._keep(manifest)
        return manifest

    def put(self, manifest: Manifest, name: Name | None) -> tuple[Manifest, Headers]:
        """Push a manifest under a tag, a digest, or its own digest; return it as stored, with the registry's headers.

        Raises:
            DigestMismatch: ``name`` is not the digest of the bytes, or the registry stored something else.
            SizeLimitExceeded: it is larger than registries take.
        """
        limit = self._shared.options.manifest_push
        if 0 < limit < len(manifest.raw):
            raise SizeLimitExceeded(limit, f"manifest {manifest.digest}")
        if isinstance(name, Digest) and name != manifest.digest:
            from regclient.model.manifest import parse_manifest  # noqa: PLC0415 - a door, as above

            manifest = parse_manifest(manifest.raw, media_type=manifest.media_type, expect=name)
        if isinstance(name, str) and manifest.digest.algorithm != DEFAULT_ALGORITHM:
            headers = self._put_tag_of(manifest, name)
        else:
            headers = self._put(manifest, path_of(manifest.digest if name is None else name))
        self._keep(manifest)
        return manifest, headers

    def _put_tag_of(self, manifest: Manifest, tag: str) -> Headers:
        """Tag a manifest whose digest the registry would compute otherwise: by its digest with ``tag=``, or the reverse."""
        headers = self._put(manifest, str(manifest.digest), ("tag", tag))
        tags = {part.strip() for value in headers.get("Oci-Tag", ()) for part in value.split(",")}
        return headers if tag in tags else self._put(manifest, path_of(tag), ("digest", str(manifest.digest)))

    def _put(self, manifest: Manifest, name: str, *query: tuple[str, str]) -> Headers:
        headers = {"Content-Type": manifest.media_type}
        request = self._wire.request("PUT", f"manifests/{name}", Kind.MANIFEST, query=query, headers=headers, body=manifest.raw)
        with self._send_manifest(request) as response:
            stored = first(response.headers, "Docker-Content-Digest")
            if stored and stored != str(manifest.digest):
                raise DigestMismatch(manifest.digest, stored, f"the manifest {self._wire.reference.registry} stored")
            return response.headers

    def _send_manifest(self, request: Request) -> Response:
        try:
            return self._wire.send(request, ok=(201,))
        except NotFound as error:
            # A 404 is about the repository, or about what the manifest names: the codes tell, and copies act on them.
            if NAME_UNKNOWN.issuperset(error.codes):
                raise RepositoryNotFound(self._where, codes=error.codes) from error
            line = f"{request.method} {self._where}/{request.path}"
            raise RegistryFault(request.host, 404, line, codes=error.codes) from error

    def delete(self, digest: Digest) -> None:
        """Delete a manifest and every tag on it.

        Raises:
            ManifestNotFound: there is no such manifest.
        """
        self._shared.manifests.drop((self._where, digest))
        request = self._wire.request("DELETE", f"manifests/{digest}")
        self._wire.send(request, ok=(202, 200, 204), missing=ManifestNotFound(digest, self._where)).close()

    def _asking(self, method: str, name: Name, kind: Kind, *, mirrors: bool = True) -> Request:
        return self._wire.request(method, f"manifests/{path_of(name)}", kind, headers={"Accept": ACCEPT}, mirrors=mirrors)

    def _cached(self, name: Name) -> Manifest | None:
        return self._shared.manifests.get((self._where, name)) if isinstance(name, Digest) else None

    def _keep(self, manifest: Manifest) -> None:
        self._shared.manifests.put((self._where, manifest.digest), manifest)


def _digest_of(headers: Headers, name: Name) -> Digest | None:
    """Return the digest behind a name by an answer's headers, None when they do not say.

    A digest in another algorithm than the one asked for cannot be compared without the bytes.
    """
    try:
        told = Digest.parse(first(headers, "Docker-Content-Digest"))
    except (InvalidDigest, Unsupported):
        told = None
    if not isinstance(name, Digest):
        return told
    if told is not None and told.algorithm == name.algorithm and told != name:
        raise DigestMismatch(name, told, "the manifest")
    return name


def _media_type_of(raw: bytes, headers: Headers) -> str:
    """Return the type to read a manifest as, "" to leave it to the document.

    A content type that says nothing is only overruled by the document's own ``mediaType``, never by a guess: the same bytes
    must not be one thing here and another thing elsewhere (CVE-2021-41190).
    """
    media_type = base(first(headers, "Content-Type"))
    if media_type in SAYS_NOTHING:
        from regclient.model import document  # noqa: PLC0415 - a door, as above

        told = document.load(raw, document.Shape("mediaType")).get("mediaType")
        if isinstance(told, str) and is_manifest(told):
            return told
    return media_type
