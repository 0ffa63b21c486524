"""What repositories and registries answer, besides manifests: lists, and what is known of a blob.

With each comes what crossed the wire, for those who ask for it. These are apart from the contract, for it is read by every
command, and a digest is looked up without any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regclient.model.headers import Headers
from regclient.model.mediatype import OCI_INDEX

if TYPE_CHECKING:
    from regclient.model.digest import Digest
    from regclient.model.manifest import Manifest


@dataclass(frozen=True, slots=True)
class BlobStat:
    """What is known of a blob without its bytes."""

    digest: Digest
    size: int
    media_type: str = ""
    headers: Headers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TagList:
    """The tags of a repository, in the order the home gave them.

    ``raw`` and ``headers`` are those of the last page. ``children`` and ``manifests`` are what Google's registries add.
    """

    name: str
    tags: tuple[str, ...]
    raw: bytes = b""
    headers: Headers = field(default_factory=dict)
    url: str = ""
    media_type: str = ""
    children: tuple[str, ...] = ()
    manifests: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @property
    def index(self) -> Manifest | None:
        """The ``index.json`` the tags of a layout came from, read when it is asked for; None when they came from elsewhere.

        Raises:
            InvalidManifest: an entry is broken.
        """
        from regclient.model.manifest import parse_manifest  # noqa: PLC0415 - a door: most heads and lists hold no manifest

        return parse_manifest(self.raw, media_type=OCI_INDEX) if self.media_type == OCI_INDEX else None


@dataclass(frozen=True, slots=True)
class RepositoryList:
    """The repositories of a registry, one page of its catalog, with the exchange it came in."""

    repositories: tuple[str, ...]
    raw: bytes = b""
    headers: Headers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ping:
    """A registry or layout that answered; ``headers`` are those of a registry's answer."""

    headers: Headers = field(default_factory=dict)
