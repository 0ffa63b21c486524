"""Descriptors: what content is, how it is named, and how big it is (https://github.com/opencontainers/image-spec/blob/main/descriptor.md).

Also the questions asked of lists of them: which fit a filter, and which runs best on a platform.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypedDict, Unpack

from regclient.errors import InvalidDigest, InvalidManifest, PlatformNotFound
from regclient.model import document, gojson, mediatype
from regclient.model.digest import Digest
from regclient.model.platform import SHAPE as PLATFORM_SHAPE
from regclient.model.platform import Platform, best_of

NO_ANNOTATIONS: Mapping[str, str] = MappingProxyType({})
SHAPE = document.Shape(
    "mediaType",
    "digest",
    "size",
    "urls",
    "annotations",
    "data",
    "platform",
    "artifactType",
    children={"platform": PLATFORM_SHAPE},
)


class Fields(TypedDict, total=False):
    """What :meth:`Descriptor.replace` takes."""

    media_type: str
    digest: Digest
    size: int
    urls: tuple[str, ...]
    annotations: Mapping[str, str]
    data: bytes | None
    platform: Platform | None
    artifact_type: str
    extras: document.Extras


@dataclass(frozen=True, slots=True)
class Descriptor:
    """Content somewhere else: its type, its digest, its size.

    ``data`` is a copy of small content carried along; read it through :attr:`inline`, which checks it. ``urls`` are other
    places to fetch it from. Members of a document that are not listed here are kept in ``extras`` and written back.
    """

    media_type: str
    digest: Digest
    size: int
    urls: tuple[str, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=lambda: NO_ANNOTATIONS)
    data: bytes | None = None
    platform: Platform | None = None
    artifact_type: str = ""
    extras: document.Extras = field(default=(), compare=False, repr=False)

    def __hash__(self) -> int:
        """Hash by what cannot differ between equal descriptors; annotations need not be hashable."""
        return hash((self.media_type, self.digest, self.size, self.artifact_type))

    @classmethod
    def of(cls, content: bytes, media_type: str = mediatype.OCTET_STREAM, algorithm: str = "sha256") -> Descriptor:
        """Describe bytes held in memory."""
        return cls(media_type, Digest.of(content, algorithm), len(content))

    @classmethod
    def from_json(cls, value: object, where: str = "descriptor") -> Descriptor:
        """Read the JSON object of a manifest or an index.

        Raises:
            InvalidManifest: a member has the wrong type, or the digest is missing or no digest.
            Unsupported: the digest's algorithm is one we cannot check.
        """
        known, extras = SHAPE.read(value, where)
        size = document.int_of(known, "size", where)
        if size < 0:
            raise InvalidManifest(where, "size is negative")
        return cls(
            media_type=document.text_of(known, "mediaType", where),
            digest=digest_of(known, "digest", where),
            size=size,
            urls=document.texts_of(known, "urls", where),
            annotations=document.annotations_of(known, "annotations", where),
            data=document.bytes_of(known, "data", where),
            platform=Platform.from_json(known["platform"], f"{where}: platform") if "platform" in known else None,
            artifact_type=document.text_of(known, "artifactType", where),
            extras=extras,
        )

    def to_json(self) -> str:
        """Return the JSON object as Go writes it, unknown members in their places."""
        members = {
            "mediaType": gojson.encode_text(self.media_type),
            "digest": gojson.encode_text(str(self.digest)),
            "size": str(self.size),
        }
        if self.urls:
            members["urls"] = gojson.encode_texts(self.urls)
        if self.annotations:
            members["annotations"] = gojson.encode_annotations(self.annotations)
        if self.data:
            members["data"] = gojson.encode_bytes(self.data)
        if self.platform is not None:
            members["platform"] = self.platform.to_json()
        if self.artifact_type:
            members["artifactType"] = gojson.encode_text(self.artifact_type)
        return SHAPE.write(members, self.extras)

    def replace(self, **fields: Unpack[Fields]) -> Descriptor:
        """Return a copy with some fields changed."""
        return dataclasses.replace(self, **fields)

    @property
    def inline(self) -> bytes | None:
        """The content itself when it is carried along and is what size and digest say; None otherwise."""
        content = self.data or b""
        if len(content) != self.size or (self.data is None and self.size):
            return None
        return content if Digest.of(content, self.digest.algorithm) == self.digest else None

    def same(self, other: Descriptor) -> bool:
        """Whether both name the same bytes with the same meaning: Docker's and OCI's names for one type are equal here."""
        mine, theirs = mediatype.to_oci(self.media_type), mediatype.to_oci(other.media_type)
        return (self.digest, self.size, mine) == (other.digest, other.size, theirs)

    def equal(self, other: Descriptor) -> bool:
        """Whether everything said of the content is the same; ``data`` is content and not compared."""
        if (self.platform is None) != (other.platform is None):
            return False
        if self.platform is not None and other.platform is not None and not self.platform.matches(other.platform):
            return False
        return (
            self.same(other)
            and self.media_type == other.media_type
            and self.artifact_type == other.artifact_type
            and self.urls == other.urls
            and self.annotations == other.annotations
        )


EMPTY = Descriptor.of(b"{}", mediatype.OCI_EMPTY).replace(data=b"{}")
"""The empty JSON object, used where a manifest needs a config or a layer and has nothing to say."""


_OFFERED = 12


@dataclass(frozen=True, slots=True)
class DescriptorFilter:
    """Which descriptors of a list are wanted, and in which order.

    An annotation wanted with an empty value only has to be there. Entries without the ``sort_annotation`` go last, whichever
    the direction.
    """

    artifact_type: str = ""
    annotations: Mapping[str, str] = field(default_factory=lambda: NO_ANNOTATIONS)
    platform: Platform | None = None
    sort_annotation: str = ""
    sort_descending: bool = False

    def matching(self, descriptors: Iterable[Descriptor]) -> tuple[Descriptor, ...]:
        """Return those that fit, sorted when an order is asked for."""
        kept = [descriptor for descriptor in descriptors if self._fits(descriptor)]
        if not self.sort_annotation:
            return tuple(kept)
        name = self.sort_annotation
        having = [descriptor for descriptor in kept if name in descriptor.annotations]
        lacking = [descriptor for descriptor in kept if name not in descriptor.annotations]
        having.sort(key=lambda descriptor: descriptor.annotations[name], reverse=self.sort_descending)
        return (*having, *lacking)

    def best(self, descriptors: Sequence[Descriptor]) -> Descriptor:
        """Return the one to use: the best for the platform, or the first when none is asked for.

        Raises:
            PlatformNotFound: nothing fits.
        """
        if self.artifact_type or self.annotations or self.sort_annotation:
            descriptors = self.matching(descriptors)
        if self.platform is None:
            if descriptors:
                return descriptors[0]
            raise PlatformNotFound("matching the filter")
        having = [(descriptor, descriptor.platform) for descriptor in descriptors if descriptor.platform is not None]
        position = best_of(self.platform, [platform for _, platform in having])
        if position is None:
            raise PlatformNotFound(self.platform, _offer([platform for _, platform in having]))
        return having[position][0]

    def _fits(self, descriptor: Descriptor) -> bool:
        if self.artifact_type and descriptor.artifact_type != self.artifact_type:
            return False
        if self.platform is not None and (descriptor.platform is None or not self.platform.compatible(descriptor.platform)):
            return False
        found = descriptor.annotations
        return all(name in found and value in {"", found[name]} for name, value in self.annotations.items())


def _offer(platforms: Sequence[Platform]) -> str:
    """Say which platforms there are instead, without the ``unknown`` ones of attestations; the first of many."""
    names = [name for name in dict.fromkeys(map(str, platforms)) if name.partition("/")[0] != "unknown"]
    more = ", ..." if len(names) > _OFFERED else ""
    return f"an index for {', '.join(names[:_OFFERED])}{more}" if names else "an index that names no platforms"


def descriptors_of(members: Mapping[str, object], name: str, where: str) -> tuple[Descriptor, ...]:
    """Read a member that must be a list of descriptors, empty when absent.

    Raises:
        InvalidManifest: it is something else.
    """
    items = document.list_of(members, name, where)
    return tuple(Descriptor.from_json(item, f"{where}: {name}[{position}]") for position, item in enumerate(items))


def digest_of(members: Mapping[str, object], name: str, where: str) -> Digest:
    """Read a member that must be a digest.

    Raises:
        InvalidManifest: it is missing or something else.
        Unsupported: its algorithm is one we cannot check.
    """
    try:
        return Digest.parse(document.text_of(members, name, where))
    except InvalidDigest as error:
        raise InvalidManifest(where, str(error)) from error
