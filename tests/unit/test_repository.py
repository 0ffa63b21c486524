"""The contract's own values; what homes must do is in ``tests/contract``."""

from __future__ import annotations

import pytest

from regclient.errors import InvalidManifest, InvalidReference
from regclient.memory import MemoryRepository
from regclient.model.manifest import IndexManifest
from regclient.model.mediatype import OCI_INDEX
from regclient.repository import Collects, Mounts, Pings, Repository, ScansReferrers, TagList, check_tag
from tests.tables import table


@table("tag", ["v1", "V1.2-3_4", "_", "0", "x" * 128])
def test_a_tag_is_accepted_as_it_is(tag: str) -> None:
    assert tag == check_tag(tag)


@table("tag", ["", ".", "-x", "a/b", "a:b", "a b", "é", "v1\n", "x" * 129, "sha256:" + "0" * 64])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(InvalidReference):
        check_tag(tag)


def test_tags_of_a_layout_can_be_asked_for_its_index() -> None:
    index = IndexManifest.build()

    assert index.raw == getattr(TagList("", (), raw=index.raw, media_type=OCI_INDEX).index, "raw", None)


def test_tags_of_a_registry_come_without_an_index() -> None:
    assert TagList("app", ("v1",), raw=b'{"name":"app","tags":["v1"]}', media_type="application/json").index is None


def test_a_broken_index_is_an_error_when_it_is_asked_for() -> None:
    tags = TagList("", (), raw=b'{"manifests":[{"digest":"x"}]}', media_type=OCI_INDEX)

    with pytest.raises(InvalidManifest):
        _ = tags.index


def test_powers_are_asked_for_one_by_one() -> None:
    repository = MemoryRepository()

    assert isinstance(repository, Repository)
    assert not isinstance(repository, (Mounts, Pings, Collects, ScansReferrers))
