"""A layout does what a dictionary does: random sequences of calls, compared after each."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.strategies import booleans, integers, sampled_from

from regclient.errors import NotFound, RegistryClientError, RepositoryNotFound
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository, LayoutSettings
from regclient.memory import MemoryRepository
from regclient.model.descriptor import Descriptor
from regclient.model.digest import ALGORITHMS, Digest
from regclient.model.manifest import IndexManifest, Manifest
from regclient.model.referrers import fallback_tag
from regclient.repository import Repository
from tests.contract.samples import image

TAGS = sampled_from(["v1", "v2", "latest"])
TEXTS = sampled_from(["one", "two", "three"])


class LayoutBesideMemory(RuleBasedStateMachine):
    """Makes every call twice, once on a layout that is reopened now and then, and expects the same answer or error."""

    manifests: Bundle[Manifest] = Bundle("manifests")

    @initialize()
    def make(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="regclient-property-"))
        self.layout = self.opened()
        self.memory = MemoryRepository()
        self.subjects: set[Digest] = set()
        self.known: dict[Digest, Manifest] = {}

    def opened(self) -> LayoutRepository:
        return LayoutRepository(self.place / "layout", LayoutSettings(writing=Writing(sync=False), collect=False))

    def teardown(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)

    def both(self, call: Callable[[Repository], object]) -> None:
        assert outcome(call, self.memory) == outcome(call, self.layout)

    def learn(self, manifest: Manifest) -> Manifest:
        self.known[manifest.digest] = manifest
        if manifest.subject:
            self.subjects.add(manifest.subject.digest)
        return manifest

    @rule(target=manifests, text=TEXTS, algorithm=sampled_from(sorted(ALGORITHMS)))
    def build_image(self, text: str, algorithm: str) -> Manifest:
        return self.learn(image(None, text, algorithm=algorithm))

    @rule(target=manifests, subject=manifests, text=TEXTS)
    def build_referrer(self, subject: Manifest, text: str) -> Manifest:
        return self.learn(image(None, text, subject=subject.descriptor))

    @rule(target=manifests, first=manifests, second=manifests)
    def build_index(self, first: Manifest, second: Manifest) -> Manifest:
        return self.learn(IndexManifest.build(manifests=[first.descriptor, second.descriptor]))

    @rule(manifest=manifests, tag=TAGS)
    def tag(self, manifest: Manifest, tag: str) -> None:
        self.both(lambda repository: repository.put_manifest(manifest, tag).digest)

    @rule(manifest=manifests, child=booleans())
    def put_by_digest(self, manifest: Manifest, child: bool) -> None:  # noqa: FBT001 - hypothesis names it
        self.both(lambda repository: repository.put_manifest(manifest, None if child else manifest.digest).digest)

    @rule(manifest=manifests)
    def delete(self, manifest: Manifest) -> None:
        self.both(lambda repository: repository.delete_manifest(manifest.digest, manifest=manifest))

    @rule(tag=TAGS)
    def delete_tag(self, tag: str) -> None:
        self.both(lambda repository: repository.delete_tag(tag))

    @rule(text=TEXTS, size=integers(-1, 6), told=booleans())
    def put_blob(self, text: str, size: int, told: bool) -> None:  # noqa: FBT001 - hypothesis names it
        content = text.encode()
        expect = Descriptor.of(content).replace(size=size) if told else None
        self.both(lambda repository: repository.put_blob(io.BytesIO(content), expect).digest)

    @rule(text=TEXTS)
    def delete_blob(self, text: str) -> None:
        self.both(lambda repository: repository.delete_blob(Digest.of(text.encode())))

    @rule()
    def reopen(self) -> None:
        self.layout.close()
        self.layout = self.opened()

    @invariant()
    def same_tags(self) -> None:
        fallbacks = {fallback_tag(subject) for subject in self.subjects}
        try:
            found = set(self.layout.tags().tags)
        except RepositoryNotFound:
            found = set()
        assert set(self.memory.tags().tags) == found - fallbacks

    @invariant()
    def same_manifests(self) -> None:
        for name in (*self.known, "v1", "v2", "latest"):
            self.both(lambda repository, name=name: repository.get_manifest(name).raw)  # type: ignore[misc]
            self.both(lambda repository, name=name: repository.head_manifest(name).digest)  # type: ignore[misc]

    @invariant()
    def same_blobs(self) -> None:
        for text in ("one", "two", "three"):
            blob = Descriptor.of(text.encode())
            self.both(lambda repository, blob=blob: repository.stat_blob(blob) is not None)  # type: ignore[misc]

    @invariant()
    def same_referrers(self) -> None:
        for subject in self.subjects:
            self.both(lambda repository, subject=subject: digests_of(repository, subject))  # type: ignore[misc]


def digests_of(repository: Repository, subject: Digest) -> list[Digest]:
    return [descriptor.digest for descriptor in repository.referrers(subject).descriptors]


def outcome(call: Callable[[Repository], object], repository: Repository) -> object:
    """Return what a call answers, or the kind of error it raises: one "not found" is as good as another."""
    try:
        return call(repository)
    except NotFound:
        return NotFound
    except RegistryClientError as error:
        return type(error)


LayoutBesideMemory.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
test_a_layout_does_what_a_dictionary_does = LayoutBesideMemory.TestCase
