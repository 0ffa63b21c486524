"""Whatever a source holds and whatever a sync is asked for: the mirror is the source's, and the next run moves nothing."""

from __future__ import annotations

import random

import pytest

from regclient.errors import NotFound
from regclient.model.children import children_of
from regclient.repository import Name, Repository
from regclient.sync.config import SyncDefaults
from tests.fakes import graphs
from tests.fakes.syncing import Pair, repository, total

READS = {"GET", "HEAD"}


def lost(found: Repository, name: Name) -> list[str]:
    """Return what a manifest needs, at any depth, that is not there."""
    try:
        children = children_of(found.get_manifest(name))
    except NotFound:
        return [str(name)]
    blobs = [str(blob.digest) for blob in children.blobs if found.stat_blob(blob) is None]
    return [*blobs, *(below for child in children.manifests for below in lost(found, child.digest))]


@pytest.mark.parametrize("seed", range(8))
def test_a_mirror_of_random_graphs_is_whole_and_stays_as_it_is(seed: int) -> None:
    chance = random.Random(seed)
    pair = Pair()
    pair.src.quirks.referrers, pair.dst.quirks.referrers, pair.dst.quirks.mounts = (chance.random() < 0.7 for _ in range(3))
    names = [f"app{number}" for number in range(3)]
    for name in names:
        source = pair.src.repository(name)
        made = graphs.built(source, graphs.random_steps(chance))
        for number, manifest in enumerate(made):
            if chance.random() < 0.5:
                source.put_manifest(manifest, f"v{number}")
    defaults = SyncDefaults(
        parallel=chance.randrange(4), referrers=chance.random() < 0.5, digest_tags=chance.random() < 0.5, backup="old"
    )
    steps = [repository(f"src.example/{name}", f"dst.example/{name}") for name in names]

    result = pair.sync(*steps, defaults=defaults)

    assert (0, result.checked) == (result.failed, result.copied + result.skipped), result.errors
    for name in names:
        source, target = pair.src.repository(name), pair.dst.repository(name)
        tags = source.tags().tags
        assert set(tags) <= set(target.tags().tags)
        assert [] == [tag for tag in tags if source.resolve(tag) != target.resolve(tag) or lost(target, tag)]
    pair.requests()

    again = pair.sync(*steps, defaults=defaults)

    assert (result.checked, 0) == (again.checked, again.failed)
    assert set() == {shape for shape in total(pair.requests()) if shape.split()[0] not in READS}
