"""What a sync says while it works: one class for each thing that can happen, for programs to log, draw or count.

The observer is called from several threads at once and must not raise. ``source`` and ``target`` are references with the tag
(or digest) the event is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from regclient.errors import RegistryClientError
from regclient.events import Event, Planned, Warned
from regclient.model.descriptor import Descriptor
from regclient.model.reference import Reference
from regclient.sync.config import SyncStep, TagFilter


class Decision(Enum):
    """What a check says should become of one image."""

    MATCH = "match"
    """The target has the digest, and nothing else was asked for."""
    EXISTS = "exists"
    """The target has the name, and only missing ones are wanted."""
    MEDIA_TYPE = "media type"
    """The source is of a kind that is not to be copied."""
    PLATFORM_MATCH = "platform match"
    """The target has the digest of the wanted platform's image."""
    REFRESH = "refresh"
    """The target has the digest; referrers and digest tags are looked at, or everything is sent again."""
    COPY = "copy"
    """The target lacks the image or has another one."""

    @property
    def acts(self) -> bool:
        """Whether something is to be copied."""
        return self in {Decision.REFRESH, Decision.COPY}


class Stage(Enum):
    """Where a step or an image failed."""

    TYPE = "type"
    SOURCE = "source reference"
    TARGET = "target reference"
    CATALOG = "catalog"
    REPOSITORIES = "repository filter"
    TAGS = "tag list"
    TAG_FILTER = "tag filter"
    HEAD = "source manifest"
    PLATFORM = "platform"
    INDEX = "source index"
    PLATFORM_MISSING = "platform in the source index"
    RATE_LIMIT = "rate limit"
    BACKUP_TEMPLATE = "backup template"
    BACKUP_REFERENCE = "backup reference"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A step, or one repository of it, could not be expanded into images.

    ``source`` and ``target`` are the registry or repository, as text; ``filter`` is the set of tags that is wrong, for
    :attr:`Stage.TAG_FILTER`.
    """

    step: SyncStep
    source: str
    target: str
    stage: Stage
    error: RegistryClientError
    filter: TagFilter | None = None


@dataclass(frozen=True, slots=True)
class NoTags:
    """Nothing of a repository passed the filters; ``available`` are its tags."""

    step: SyncStep
    source: Reference
    available: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetTagsUnknown:
    """The tags of a target could not be listed, so each is asked for; nothing is lost by that."""

    step: SyncStep
    target: Reference
    error: RegistryClientError


@dataclass(frozen=True, slots=True)
class Checked:
    """One image was looked at on both sides; ``media_type`` is the source's."""

    step: SyncStep
    source: Reference
    target: Reference
    decision: Decision
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class RateLimitReached:
    """Too few pulls are left at the source's registry: its copies wait ``sleep`` seconds."""

    step: SyncStep
    source: Reference
    remain: int
    limit: int
    sleep: float


@dataclass(frozen=True, slots=True)
class RateLimitPassed:
    """Enough pulls are left at the source's registry."""

    step: SyncStep
    source: Reference
    remain: int


@dataclass(frozen=True, slots=True)
class BackupStarted:
    """What the target means now is about to be kept under another name."""

    step: SyncStep
    target: Reference
    backup: Reference


@dataclass(frozen=True, slots=True)
class BackupFailed:
    """The backup could not be made; the copy goes on."""

    step: SyncStep
    target: Reference
    backup: Reference
    error: RegistryClientError


@dataclass(frozen=True, slots=True)
class ReferrerPlaceInvalid:
    """``referrerSource`` or ``referrerTarget`` (``key``) is no reference and is ignored."""

    step: SyncStep
    key: str
    text: str
    error: RegistryClientError


@dataclass(frozen=True, slots=True)
class CopyStarted:
    """The copy of one image begins."""

    step: SyncStep
    source: Reference
    target: Reference


@dataclass(frozen=True, slots=True)
class CopyProgress:
    """What the copy of one image says of itself."""

    step: SyncStep
    source: Reference
    target: Reference
    event: Event | Planned | Warned


@dataclass(frozen=True, slots=True)
class Copied:
    """The target now means what the source means."""

    step: SyncStep
    source: Reference
    target: Reference
    descriptor: Descriptor


@dataclass(frozen=True, slots=True)
class ImageFailed:
    """One image could not be checked or copied; ``source`` and ``target`` are texts, for they may be the mistake.

    ``detail`` is what the stage worked on: the platform, the template or text of a backup.
    """

    step: SyncStep
    source: str
    target: str
    stage: Stage
    error: RegistryClientError
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TargetNotClosed:
    """A layout could not drop what nothing reaches any more; what was copied is there."""

    reference: Reference
    error: RegistryClientError


SyncEvent = (
    StepFailed
    | NoTags
    | TargetTagsUnknown
    | Checked
    | RateLimitReached
    | RateLimitPassed
    | BackupStarted
    | BackupFailed
    | ReferrerPlaceInvalid
    | CopyStarted
    | CopyProgress
    | Copied
    | ImageFailed
    | TargetNotClosed
)

SyncObserver = Callable[[SyncEvent], None]


def unheard(event: SyncEvent) -> None:
    """Ignore the event: the default observer."""
