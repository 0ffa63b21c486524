"""Looking at one image on both sides: two HEADs, and the source's index once where a platform has to be found in it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

from regclient.errors import Cancelled, RegistryClientError, RegistryFault, Unsupported, root_cause
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.headers import Headers
from regclient.model.manifest import IndexManifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.opener import Opener
from regclient.ops.select import best_entry
from regclient.remote.wire import refuses_head
from regclient.repository import ManifestHead
from regclient.settings.machine import local_platform
from regclient.sync.config import SyncStep
from regclient.sync.events import Decision, Stage
from regclient.sync.fault import at
from regclient.sync.steps import Action, Seen, decide

_REMEMBERED = 4096


class Image(NamedTuple):
    """One image to keep in step."""

    step: SyncStep
    source: Reference
    target: Reference


class Look(NamedTuple):
    """What was found out about an image: what is known, what follows, the headers of the source's answer, the target's answer.

    The source of ``image`` is pinned to the one image of an index that a platform stands for.
    """

    image: Image
    seen: Seen
    decision: Decision
    headers: Headers
    target: ManifestHead | None = None

    @property
    def digest(self) -> Digest:
        """What is to be copied."""
        return self.seen.chosen or self.seen.source


class Looker:
    """Looks at images; safe from many threads."""

    def __init__(self, client: Opener) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._chosen: OrderedDict[tuple[Digest, Platform], Digest] = OrderedDict()

    def look(self, image: Image, action: Action) -> Look:
        """Ask both sides about an image and decide.

        Raises:
            Fault: the source is not there or cannot be asked, or has nothing for the platform.
            Cancelled: the work was cancelled.
        """
        with at(Stage.HEAD):
            head = self.head(image.source)
        assert head.digest is not None
        target = self._target(image.target)
        seen = Seen(head.media_type, head.digest, target.digest if target else None)
        decision = decide(image.step, action, seen)
        if decision is None:
            chosen = self._platform(image, head.digest)
            image, seen = image._replace(source=image.source.add_digest(chosen)), seen._replace(chosen=chosen)
            decision = decide(image.step, action, seen)
        assert decision is not None
        return Look(image, seen, decision, head.headers, target)

    def head(self, reference: Reference) -> ManifestHead:
        """Ask for a manifest's facts; for its bytes where HEAD is refused or leaves the digest out.

        Raises:
            ManifestNotFound: it is not there.
        """
        repository, name = self._client.named(reference)
        try:
            head = repository.head_manifest(name)
        except (Unsupported, RegistryFault) as error:
            if not refuses_head(error):
                raise
        else:
            if head.digest is not None:
                return head
        found = repository.get_manifest(name)
        return ManifestHead(found.media_type, found.digest, found.descriptor.size, found.headers)

    def _target(self, reference: Reference) -> ManifestHead | None:
        """Return the facts of the target; whatever goes wrong, it counts as absent, and shows when it is written."""
        try:
            return self.head(reference)
        except RegistryClientError as error:
            if isinstance(root_cause(error), Cancelled):
                raise
            return None

    def _platform(self, image: Image, index: Digest) -> Digest:
        with at(Stage.PLATFORM, image.step.platform):
            wanted = Platform.parse(image.step.platform, local_platform())
        with self._lock:
            known = self._chosen.get((index, wanted))
        if known is None:
            known = self._entry(image, index, wanted).digest
            with self._lock:
                self._chosen[index, wanted] = known
                while len(self._chosen) > _REMEMBERED:
                    self._chosen.popitem(last=False)
        return known

    def _entry(self, image: Image, index: Digest, wanted: Platform) -> Descriptor:
        repository = self._client.repository(image.source)
        with at(Stage.INDEX):
            found = repository.get_manifest(index)
        with at(Stage.PLATFORM_MISSING, _platforms(found)):
            if not isinstance(found, IndexManifest):
                raise Unsupported(f"{image.source} is no index")
            return best_entry(found, wanted)


def _platforms(found: object) -> str:
    entries = found.manifests if isinstance(found, IndexManifest) else ()
    return ", ".join(str(entry.platform) for entry in entries if entry.platform is not None)
