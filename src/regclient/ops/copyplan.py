"""What a copy is asked to do, and what it is going to do: two values.

A :class:`CopyPlan` knows everything before the first byte moves: print it for a dry run, test it, then give it to ``run_copy``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from regclient.errors import Unsupported
from regclient.model.descriptor import Descriptor, DescriptorFilter
from regclient.model.manifest import Manifest
from regclient.model.platform import Platform
from regclient.ops.blobs import Reader
from regclient.repository import Name, Repository


@dataclass(frozen=True, slots=True)
class CopyOptions:
    """What a copy includes beyond the image itself, and how much of it is taken for granted.

    ``platforms``: of an index, only the content of entries for exactly these platforms; ``Platform()`` stands for entries that
    name none. The index itself is copied unchanged, which many registries refuse.

    ``referrers``: also every manifest that refers to a copied one, and those that refer to these; ``referrer_filters`` narrows
    that to what at least one of them lets through; ``referrers_src`` and ``referrers_dst`` are where they are read and written
    when that is elsewhere.

    ``digest_tags``: also every tag that starts with the digest of a copied manifest (``sha256-…``), as signatures are stored.

    ``external``: also layers that state other places to fetch them from.

    ``recursive``: look at and send everything again, even where the target has it: this repairs a damaged target. ``fast``: be
    done as soon as the target has the digest, without a look at referrers and digest tags; it wins over ``recursive``.

    ``reader`` sees every blob whose bytes move.
    """

    platforms: tuple[Platform, ...] = ()
    referrers: bool = False
    referrer_filters: tuple[DescriptorFilter, ...] = ()
    referrers_src: Repository | None = None
    referrers_dst: Repository | None = None
    digest_tags: bool = False
    external: bool = False
    recursive: bool = False
    fast: bool = False
    reader: Reader | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Refuse options that would have no effect.

        Raises:
            Unsupported: the source, target or filters of referrers without the referrers.
        """
        if not self.referrers and (self.referrers_src or self.referrers_dst or self.referrer_filters):
            raise Unsupported("a source, a target or filters for referrers need the referrers option")

    @property
    def deep(self) -> bool:
        """Whether more than the digest of the target counts."""
        return not self.fast and (self.recursive or self.referrers or self.digest_tags)

    def wants(self, platform: Platform | None) -> bool:
        """Whether an entry of an index for ``platform`` is copied."""
        if not self.platforms:
            return True
        if platform is None or not platform.os:
            return any(not wanted.os for wanted in self.platforms)
        return any(wanted.os and wanted.matches(platform) for wanted in self.platforms)


class Move(NamedTuple):
    """One blob to have at a destination; whether its bytes must travel is asked when it is its turn."""

    blob: Descriptor
    src: Repository
    dst: Repository

    def __str__(self) -> str:
        """Say it as one line of a plan."""
        return f"blob {self.blob.digest} ({self.blob.size} bytes) to {self.dst.reference}"


class Push(NamedTuple):
    """One manifest to write: under a tag or a digest, or (None) as the child of another."""

    manifest: Manifest
    dst: Repository
    name: Name | None

    @property
    def label(self) -> str:
        """What events call it: its tag, else its digest."""
        return str(self.name or self.manifest.digest)

    def __str__(self) -> str:
        """Say it as one line of a plan."""
        tag = f" as {self.name}" if isinstance(self.name, str) else ""
        return f"manifest {self.manifest.digest} ({len(self.manifest.raw)} bytes) to {self.dst.reference}{tag}"


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """Everything a copy will do: all ``moves``, then the pushes of each wave, in which no push needs another one.

    The last wave is the one push of the name that was asked for, unless the target has it. ``top`` is what the name means
    afterwards; ``present`` are the manifests that were looked at and need nothing.
    """

    top: Descriptor
    moves: tuple[Move, ...] = ()
    waves: tuple[tuple[Push, ...], ...] = ()
    present: tuple[str, ...] = ()
    reader: Reader | None = field(default=None, compare=False)

    @property
    def pushes(self) -> Iterator[Push]:
        """The pushes, in an order in which they can be made."""
        return (push for wave in self.waves for push in wave)

    @property
    def size(self) -> int:
        """The bytes of all blobs, those included that turn out to be there; blobs of unknown size count nothing."""
        return sum(max(move.blob.size, 0) for move in self.moves)

    def __str__(self) -> str:
        """Say everything, a line a step: what a dry run prints."""
        totals = f"{len(self.moves)} blobs ({self.size} bytes), {sum(map(len, self.waves))} manifests"
        there = [f"manifest {name} is there" for name in self.present]
        return "\n".join([totals, *map(str, self.moves), *map(str, self.pushes), *there])
