"""Answers carry what they came from; most are covered with the homes that give them."""

from __future__ import annotations

import pytest

from regclient.answers import TagList
from regclient.errors import InvalidManifest
from regclient.model.manifest import IndexManifest
from regclient.model.mediatype import OCI_INDEX


def test_tags_of_a_layout_can_be_asked_for_its_index() -> None:
    index = IndexManifest.build()

    assert index.raw == getattr(TagList("", (), raw=index.raw, media_type=OCI_INDEX).index, "raw", None)


def test_tags_of_a_registry_come_without_an_index() -> None:
    assert TagList("app", ("v1",), raw=b'{"name":"app","tags":["v1"]}', media_type="application/json").index is None


def test_a_broken_index_is_an_error_when_it_is_asked_for() -> None:
    tags = TagList("", (), raw=b'{"manifests":[{"digest":"x"}]}', media_type=OCI_INDEX)

    with pytest.raises(InvalidManifest):
        _ = tags.index
