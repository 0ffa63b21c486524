"""Trees: indexes, referrers, loops, and what is left when the walk fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from regclient.answers import TagList
from regclient.concurrency import Cancel, Workers
from regclient.errors import Cancelled, Denied, LoopDetected, ManifestNotFound, Unsupported
from regclient.memory import MemoryRepository
from regclient.model.descriptor import DescriptorFilter
from regclient.model.digest import Digest
from regclient.model.manifest import IndexManifest
from regclient.model.reference import Reference
from regclient.model.referrers import ReferrerList, fallback_tag
from regclient.model.tree import TreeNode
from regclient.ops.tree import TreeOptions, read_tree
from tests.claims import claims
from tests.fakes import images

APP = Reference.parse("memory.example/repository:latest")


@pytest.fixture
def app() -> MemoryRepository:
    return MemoryRepository()


def root_of(app: MemoryRepository, options: TreeOptions | None = None) -> TreeNode:
    tree = read_tree(app, APP, options)
    assert (None, True) == (tree.failure, tree.root is not None)
    assert tree.root is not None
    return tree.root


def digests(nodes: tuple[TreeNode, ...]) -> list[Digest]:
    return [node.manifest.digest for node in nodes if node.manifest]


def test_an_index_has_its_entries_and_each_its_referrers(app: MemoryRepository) -> None:
    index = images.index(app)
    sbom = images.artifact(app, index.manifests[1])
    deeper = images.artifact(app, sbom, content=b"about the sbom")
    root = root_of(app)

    assert (APP, index) == (root.reference, root.manifest)
    assert [entry.digest for entry in index.manifests] == digests(root.children)
    assert ["linux/amd64", "linux/arm64"] == [str(node.platform) for node in root.children]
    (found,) = root.children[1].referrers
    assert (sbom.digest, images.SBOM, [deeper.digest]) == (
        found.manifest and found.manifest.digest,
        found.artifact_type,
        digests(found.referrers),
    )
    assert APP.with_digest(sbom.digest) == found.reference


@claims("TreeOptions.wanted")
def test_filters_count_at_every_level(app: MemoryRepository) -> None:
    index = images.index(app)
    for subject in (index, index.manifests[0]):
        images.artifact(app, subject)
        images.artifact(app, subject, artifact_type="a/b")
    root = root_of(app, TreeOptions(wanted=DescriptorFilter(artifact_type="a/b")))

    assert (1, 1) == (len(root.referrers), len(root.children[0].referrers))
    assert (2, 2) == (len(root_of(app).referrers), len(root_of(app).children[0].referrers))


@claims("TreeOptions.source")
def test_referrers_are_found_elsewhere(app: MemoryRepository) -> None:
    elsewhere = MemoryRepository("memory.example/elsewhere")
    images.artifact(elsewhere, images.image(app))

    (found,) = root_of(app, TreeOptions(source=elsewhere)).referrers
    assert elsewhere.reference.with_digest(found.reference.digest) == found.reference
    assert () == root_of(app).referrers


@claims("TreeOptions.digest_tags")
def test_digest_tags_are_shown_when_asked_for(app: MemoryRepository) -> None:
    tag = f"{fallback_tag(images.image(app).digest)}.sig"
    images.artifact(app, name=tag)

    assert [tag] == [node.reference.tag for node in root_of(app, TreeOptions(digest_tags=True)).referrers]
    assert () == root_of(app).referrers


@claims("TreeOptions.scan")
def test_a_home_that_can_is_read_whole_when_asked_for() -> None:
    class Scanned(MemoryRepository):
        def scan_referrers(self, subject: Digest, artifact_type: str | None = None) -> ReferrerList:
            return super().referrers(subject, artifact_type)

        def referrers(self, subject: Digest, artifact_type: str | None = None) -> ReferrerList:
            return ReferrerList(subject)

    app = Scanned()
    images.artifact(app, images.image(app))

    assert (0, 1) == (len(root_of(app).referrers), len(root_of(app, TreeOptions(scan=True)).referrers))


def test_a_missing_root_is_a_failure_without_a_tree(app: MemoryRepository) -> None:
    tree = read_tree(app, APP)

    assert (None, ManifestNotFound) == (tree.root, type(tree.failure))


def test_a_missing_child_ends_the_walk_and_what_came_before_is_kept(app: MemoryRepository) -> None:
    index = images.sparse_index(app)
    images.artifact(app, index)
    tree = read_tree(app, APP)

    assert isinstance(tree.failure, ManifestNotFound)
    assert tree.root is not None
    assert ([index.manifests[0].digest], ()) == (digests(tree.root.children), tree.root.referrers)


class Looping(MemoryRepository):
    """A repository where everything refers to everything."""

    def referrers(self, subject: Digest, artifact_type: str | None = None) -> ReferrerList:
        return ReferrerList(subject, (self.resolve("latest"),))


class Deep(MemoryRepository):
    """A repository whose referrers never end, each another one."""

    def referrers(self, subject: Digest, artifact_type: str | None = None) -> ReferrerList:
        return ReferrerList(subject, (images.artifact(self, content=str(subject).encode()).descriptor,))


class Closed(MemoryRepository):
    """A repository that tells nobody what refers to what."""

    def referrers(self, subject: Digest, artifact_type: str | None = None) -> ReferrerList:
        raise Denied("memory.example")


def chain(node: TreeNode | None) -> Iterator[TreeNode]:
    while node is not None:
        yield node
        node = (*node.children, *node.referrers, None)[0]


def test_a_loop_ends_the_walk_where_it_closes() -> None:
    app = Looping()
    image = images.image(app)
    tree = read_tree(app, APP)

    assert isinstance(tree.failure, LoopDetected)
    assert [image.digest] * 2 == [node.manifest.digest for node in chain(tree.root) if node.manifest]


def test_a_graph_that_never_ends_is_left_at_some_depth() -> None:
    app = Deep()
    images.image(app)
    tree = read_tree(app, APP)

    assert isinstance(tree.failure, Unsupported)
    assert 129 == len(list(chain(tree.root)))


def test_referrers_that_cannot_be_asked_for_leave_the_rest() -> None:
    app = Closed()
    images.index(app)
    tree = read_tree(app, APP)

    assert isinstance(tree.failure, Denied)
    assert tree.root is not None
    assert 1 == len(tree.root.children)


def test_tags_that_cannot_be_listed_are_a_failure() -> None:
    class Tagless(MemoryRepository):
        def tags(self, *, limit: int | None = None, last: str | None = None) -> TagList:
            raise Denied("memory.example")

    assert isinstance(read_tree(Tagless(), APP, TreeOptions(digest_tags=True)).failure, Denied)


def test_a_cancelled_walk_raises(app: MemoryRepository) -> None:
    images.index(app)
    cancel = Cancel()
    cancel.cancel()

    with pytest.raises(Cancelled), Workers(cancel=cancel) as workers:
        read_tree(app, APP, workers=workers)


def test_an_empty_index_is_a_tree_of_one(app: MemoryRepository) -> None:
    app.put_manifest(IndexManifest.build(), "latest")

    assert ((), ()) == (root_of(app).children, root_of(app).referrers)
