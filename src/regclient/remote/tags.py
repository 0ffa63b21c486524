"""Tags: listing them page by page, and deleting one.

Deleting a tag is one request on registries that follow the specification. Older ones only delete manifests, and with them every
tag on it; there the tag is first moved to a manifest of its own, which is then deleted.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from regclient.answers import TagList
from regclient.clock import Clock
from regclient.errors import (
    InvalidManifest,
    ManifestNotFound,
    NotFound,
    RegistryClientError,
    RegistryFault,
    RepositoryNotFound,
    TagNotFound,
    Unsupported,
)
from regclient.model import document
from regclient.model.mediatype import (
    DOCKER_CONFIG,
    DOCKER_LAYER_GZIP,
    DOCKER_MANIFEST,
    OCI_CONFIG,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
)
from regclient.remote.pages import LIST_TYPES, Page, page_query, pages_of
from regclient.remote.wire import DELETED, Wire, path_of
from regclient.repository import Repository
from regclient.transport.messages import Request

if TYPE_CHECKING:
    from regclient.model.manifest import ImageManifest

_SHAPE = document.Shape("name", "tags", "child", "manifest")


class _Listed:
    """The pages of one list, put together."""

    def __init__(self) -> None:
        self.name = ""
        self.tags: list[str] = []
        self.children: dict[str, None] = {}
        self.manifests: dict[str, Mapping[str, object]] = {}
        self.page: Page | None = None

    def add(self, page: Page) -> None:
        """Take a page.

        Raises:
            InvalidManifest: it is no list of tags, or a page of another list than the first.
        """
        where = "a list of tags"
        members, _ = _SHAPE.read(document.load(page.raw, _SHAPE, where), where)
        name = document.text_of(members, "name", where)
        if self.page and (name, page.media_type) != (self.name, self.page.media_type):
            raise InvalidManifest(name, "a page of another list than the first")
        self.name, self.page = name, page
        self.tags += document.texts_of(members, "tags", where)
        self.children.update(dict.fromkeys(document.texts_of(members, "child", where)))
        self.manifests.update(_google_manifests(members))


def list_tags(wire: Wire, *, limit: int | None = None, last: str | None = None) -> TagList:
    """List tags in the registry's order; with ``limit``, stop asking for pages once that many are held.

    Raises:
        RepositoryNotFound: there is no such repository.
        InvalidManifest, UnsupportedMediaType: a page is no list of tags, or belongs to another list than the first.
    """
    listed = _Listed()
    missing = RepositoryNotFound(wire.reference.name)
    for page in pages_of(wire, _listing(wire, limit, last), types=LIST_TYPES, held=lambda: len(listed.tags), missing=missing):
        listed.add(page)
        if limit and 0 < limit <= len(listed.tags):
            break
    assert listed.page is not None
    return TagList(
        name=listed.name,
        tags=tuple(listed.tags),
        raw=listed.page.raw,
        headers=listed.page.headers,
        url=listed.page.url,
        media_type=listed.page.media_type,
        children=tuple(listed.children),
        manifests=listed.manifests,
    )


def _listing(wire: Wire, limit: int | None, last: str | None) -> Request:
    headers = {"Accept": "application/json"}
    return wire.request("GET", "tags/list", query=page_query(limit, last), headers=headers, mirrors=True)


def _google_manifests(members: Mapping[str, object]) -> Mapping[str, Mapping[str, object]]:
    """Return the ``manifest`` member of Google's registries: digest to sizes, times and tags, as they came."""
    found = members.get("manifest")
    if not isinstance(found, dict):
        return {}
    return {digest: facts for digest, facts in found.items() if isinstance(facts, dict)}


def delete_tag(wire: Wire, home: Repository, clock: Clock, tag: str) -> None:
    """Delete one tag and nothing else, on old registries by way of a manifest that only this tag has.

    A registry that refuses us (401, 403) is taken at its word: moving the tag first would lose it when the deletion is refused
    too. For the same reason the tag is put back when the last step fails.

    Raises:
        TagNotFound: there is no such tag.
    """
    try:
        wire.try_send(wire.request("DELETE", f"manifests/{path_of(tag)}"), ok=DELETED).close()
    except (NotFound, RegistryFault, Unsupported):
        pass
    else:
        return
    try:
        former = home.resolve(tag)
    except ManifestNotFound as error:
        raise TagNotFound(tag, wire.reference.name) from error
    stand_in = home.put_manifest(_stand_in(home, former.media_type, tag, clock), tag)
    try:
        home.delete_manifest(stand_in.digest)
    except RegistryClientError:
        with suppress(RegistryClientError):
            home.put_manifest(home.get_manifest(former.digest), tag)
        raise


def _stand_in(home: Repository, media_type: str, tag: str, clock: Clock) -> ImageManifest:
    """Push the blobs of an image no one else has and return its manifest."""
    from regclient.model.descriptor import EMPTY, Descriptor  # noqa: PLC0415 - a door: tags are listed more often
    from regclient.model.manifest import ImageManifest  # noqa: PLC0415

    oci = media_type in {OCI_MANIFEST, OCI_INDEX}
    layer = EMPTY.replace(media_type=OCI_LAYER if oci else DOCKER_LAYER_GZIP, data=None)
    config = _config(tag, _date(clock.now()), str(EMPTY.digest))
    config_type = OCI_CONFIG if oci else DOCKER_CONFIG
    described = Descriptor.of(config, config_type)
    home.put_blob(BytesIO(b"{}"), layer)
    home.put_blob(BytesIO(config), described)
    return ImageManifest.build(config=described, layers=(layer,), media_type=OCI_MANIFEST if oci else DOCKER_MANIFEST)


def _date(now: float) -> str:
    """Write a date with its microseconds, so that no two stand-ins are one manifest."""
    fraction = f"{now % 1:.6f}"[1:].rstrip("0").rstrip(".")
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + fraction + "Z"


def _config(tag: str, now: str, layer: str) -> bytes:
    import json  # noqa: PLC0415 - a door, as above

    image = {
        "created": now,
        "architecture": "amd64",
        "os": "linux",
        "config": {"Labels": {"delete-date": now, "delete-tag": tag}},
        "rootfs": {"type": "layers", "diff_ids": [layer]},
        "history": [{"created": now, "created_by": "# regclient", "comment": "empty JSON blob"}],
    }
    return json.dumps(image, separators=(",", ":")).encode()
