"""Image configs: how a container starts, what its layers unpack to, and how they came to be.

The bytes are the truth, as with manifests: :meth:`ImageConfig.replace` writes what the Go programs would write and keeps the
members that Docker and others add (https://github.com/opencontainers/image-spec/blob/main/config.md).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict, Unpack

from regclient.model import columns, document, gojson, mediatype
from regclient.model.columns import Column
from regclient.model.containerconfig import SHAPE as CONTAINER
from regclient.model.containerconfig import ContainerConfig, Healthcheck
from regclient.model.descriptor import Descriptor
from regclient.model.digest import DEFAULT_ALGORITHM, Digest
from regclient.model.headers import NO_HEADERS, Headers
from regclient.model.platform import Platform
from regclient.model.timestamp import parse_time, same_time

__all__ = ["ContainerConfig", "Healthcheck", "History", "ImageConfig", "RootFs"]

_HISTORY = (
    Column("created", "created", columns.TIME),
    Column("created_by", "created_by", columns.TEXT),
    Column("author", "author", columns.TEXT),
    Column("comment", "comment", columns.TEXT),
    Column("empty_layer", "empty_layer", columns.FLAG),
)
_TOP = (Column("created", "created", columns.TIME), Column("author", "author", columns.TEXT))
_HISTORY_SHAPE = document.Shape(*(column.name for column in _HISTORY))
_ROOTFS_SHAPE = document.Shape("type", "diff_ids")
_SHAPE = document.Shape(
    *("created", "author", "architecture", "os", "os.version", "os.features", "variant", "features"),
    *("config", "rootfs", "history"),
    children={"config": CONTAINER, "rootfs": _ROOTFS_SHAPE, "history": _HISTORY_SHAPE},
)


@dataclass(frozen=True, slots=True)
class History:
    """How one layer came to be; an ``empty_layer`` changed no file and has none."""

    created: str = ""
    created_by: str = ""
    author: str = ""
    comment: str = ""
    empty_layer: bool = False
    extras: document.Extras = field(default=(), compare=False, repr=False)

    @property
    def created_at(self) -> datetime | None:
        """The time of ``created``, to the microsecond."""
        return parse_time(self.created) if self.created else None

    @classmethod
    def from_json(cls, value: object, where: str = "history") -> History:
        """Read one entry.

        Raises:
            InvalidManifest: a member has the wrong type.
        """
        known, extras = _HISTORY_SHAPE.read(value, where)
        return cls(**columns.read_columns(_HISTORY, known, where), extras=extras)  # type: ignore[arg-type]  # the table's types

    def same(self, other: History) -> bool:
        """Whether both say the same of a step; times are compared as moments, whatever their zones."""
        if dataclasses.replace(self, created="") != dataclasses.replace(other, created=""):
            return False
        return same_time(self.created, other.created)

    def to_json(self) -> str:
        """Return the JSON object as Go writes it."""
        return _HISTORY_SHAPE.write(columns.write_columns(_HISTORY, self), self.extras)


@dataclass(frozen=True, slots=True)
class RootFs:
    """What the layers unpack to: the digest of each one's tar, uncompressed, from the bottom up.

    The digests are text: builders have written things here that are none. ``listed`` is False when there was no list at all.
    """

    type: str = "layers"
    diff_ids: tuple[str, ...] = ()
    listed: bool = field(default=True, compare=False)
    extras: document.Extras = field(default=(), compare=False, repr=False)

    @classmethod
    def from_json(cls, value: object, where: str = "rootfs") -> RootFs:
        """Read the object.

        Raises:
            InvalidManifest: a member has the wrong type.
        """
        known, extras = _ROOTFS_SHAPE.read(value, where)
        diff_ids = document.texts_of(known, "diff_ids", where)
        return cls(document.text_of(known, "type", where), diff_ids, "diff_ids" in known, extras)

    def to_json(self) -> str:
        """Return the JSON object as Go writes it; it is always written."""
        listed = self.listed or self.diff_ids
        diff_ids = gojson.encode_texts(self.diff_ids) if listed else "null"
        return _ROOTFS_SHAPE.write({"type": gojson.encode_text(self.type), "diff_ids": diff_ids}, self.extras)


class Changes(TypedDict, total=False):
    """What :meth:`ImageConfig.replace` takes."""

    created: str
    author: str
    platform: Platform
    config: ContainerConfig
    rootfs: RootFs
    diff_ids: Sequence[str]
    history: Sequence[History]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageConfig:
    """The config of one image.

    ``raw`` is the truth and ``descriptor`` names it. ``created`` is RFC 3339 text as written; :attr:`created_at` reads it.
    ``platform`` is what the image runs on; ``config`` is what a container of it starts with.
    """

    raw: bytes = field(default=b"", repr=False)
    descriptor: Descriptor
    created: str = ""
    author: str = ""
    platform: Platform = field(default_factory=Platform)
    config: ContainerConfig = field(default_factory=ContainerConfig)
    rootfs: RootFs = field(default_factory=RootFs)
    history: tuple[History, ...] = ()
    headers: Headers = field(default_factory=lambda: NO_HEADERS, compare=False, repr=False)
    extras: document.Extras = field(default=(), compare=False, repr=False)

    def __hash__(self) -> int:
        """Hash by the digest: equal configs have equal bytes."""
        return hash(self.descriptor.digest)

    @classmethod
    def parse(
        cls,
        raw: bytes,
        *,
        descriptor: Descriptor | None = None,
        media_type: str = mediatype.OCI_CONFIG,
        headers: Headers = NO_HEADERS,
    ) -> ImageConfig:
        """Read a config; the descriptor's digest is recomputed over the bytes, for blobs are verified while they are read.

        Raises:
            InvalidManifest: it is not a JSON object of that shape.
            SizeLimitExceeded: it is larger than any honest config.
        """
        where = "image config"
        known, extras = _SHAPE.read(document.load(raw, _SHAPE, where), where)
        named = descriptor or Descriptor.of(b"", media_type)
        digest = Digest.of(raw, named.digest.algorithm)
        entries = enumerate(document.list_of(known, "history", where))
        return cls(
            raw=raw,
            descriptor=named.replace(media_type=named.media_type or media_type, digest=digest, size=len(raw)),
            **columns.read_columns(_TOP, known, where),  # type: ignore[arg-type]  # the table's types
            platform=Platform.from_members(known, where),
            config=ContainerConfig.from_json(known.get("config"), f"{where}: config"),
            rootfs=RootFs.from_json(known.get("rootfs"), f"{where}: rootfs"),
            history=tuple(History.from_json(item, f"{where}: history[{position}]") for position, item in entries),
            headers=headers,
            extras=extras,
        )

    @classmethod
    def build(
        cls, *, media_type: str = mediatype.OCI_CONFIG, algorithm: str = DEFAULT_ALGORITHM, **fields: Unpack[Changes]
    ) -> ImageConfig:
        """Write a new config."""
        draft = cls(descriptor=Descriptor(media_type, Digest.of(b"", algorithm), 0))
        return draft._changed(_settled(draft, fields))

    def replace(self, **fields: Unpack[Changes]) -> ImageConfig:
        """Return a config with other content, and so another digest; itself when nothing changes.

        Known members are written in Go's order, unknown ones stay after the member they followed.
        """
        values = _settled(self, fields)
        if all(getattr(self, key) == value for key, value in values.items()):
            return self
        return self._changed(values)

    @property
    def created_at(self) -> datetime | None:
        """The time of ``created``, to the microsecond."""
        return parse_time(self.created) if self.created else None

    @property
    def diff_ids(self) -> tuple[str, ...]:
        """The digests of the uncompressed layers, from the bottom up."""
        return self.rootfs.diff_ids

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels a container gets."""
        return self.config.labels

    @property
    def digest(self) -> Digest:
        """The digest of the bytes."""
        return self.descriptor.digest

    @property
    def media_type(self) -> str:
        """The type the config goes by."""
        return self.descriptor.media_type

    def written(self) -> str:
        """Return the document as Go writes it, whatever it was written like when it came."""
        members = columns.write_columns(_TOP, self) | self.platform.members() | {"rootfs": self.rootfs.to_json()}
        if not self.config.is_zero:
            members["config"] = self.config.to_json()
        if self.history:
            members["history"] = gojson.encode_list(entry.to_json() for entry in self.history)
        return _SHAPE.write(members, self.extras)

    def _changed(self, values: Mapping[str, object]) -> ImageConfig:
        draft = dataclasses.replace(self, **values)  # type: ignore[arg-type]  # the keys were checked against Changes
        raw = document.encode(draft.written())
        digest = Digest.of(raw, self.descriptor.digest.algorithm)
        return dataclasses.replace(draft, raw=raw, descriptor=Descriptor(self.media_type, digest, len(raw)))


def _settled(held: ImageConfig, fields: Changes) -> dict[str, object]:
    values: dict[str, object] = dict(fields)
    if "history" in fields:
        values["history"] = tuple(fields["history"])
    if "diff_ids" in fields:
        rootfs = fields.get("rootfs", held.rootfs)
        values["rootfs"] = dataclasses.replace(rootfs, diff_ids=tuple(fields["diff_ids"]), listed=True)
        del values["diff_ids"]
    if "labels" in fields:
        config = fields.get("config", held.config)
        values["config"] = config.replace(labels=dict(fields["labels"]))
        del values["labels"]
    return values
