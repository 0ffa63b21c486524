"""What should become of one image, from what is known of it on both sides. Pure: nothing is asked here.

The order of the questions is the Go program's, and so are the answers.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from regclient.model.digest import Digest
from regclient.model.mediatype import is_index
from regclient.sync.config import SyncStep
from regclient.sync.events import Decision


class Action(Enum):
    """What a run does with what it finds."""

    COPY = "copy"
    """Make every target like its source."""
    MISSING = "missing"
    """Copy what the target has nothing of under that name."""
    CHECK = "check"
    """Say what would be copied."""


class Seen(NamedTuple):
    """What is known of one image: the source's kind and digest, the target's digest (None: it is not there).

    ``chosen`` is the digest of the one image in a source index that the step's platform stands for, once it was looked up.
    """

    media_type: str
    source: Digest
    target: Digest | None = None
    chosen: Digest | None = None


def decide(step: SyncStep, action: Action, seen: Seen) -> Decision | None:
    """Return what should become of an image; None when the image of the step's platform has to be looked up first."""
    match = seen.target == seen.source
    if match and not is_deep(step):
        return Decision.MATCH
    if seen.target is not None and action is Action.MISSING:
        return Decision.EXISTS
    if seen.media_type not in step.media_types:
        return Decision.MEDIA_TYPE
    if step.platform and is_index(seen.media_type):
        if seen.chosen is None:
            return None
        match = seen.target == seen.chosen
        if match and not step.force_recursive:
            return Decision.PLATFORM_MATCH
    return Decision.REFRESH if match else Decision.COPY


def is_deep(step: SyncStep) -> bool:
    """Whether more than the digest of the target counts."""
    return not step.fast_check and bool(step.force_recursive or step.referrers or step.digest_tags)
