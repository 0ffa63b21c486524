from __future__ import annotations

import pytest

from regclient.answers import BlobStat, RepositoryList, TagList
from regclient.goshapes import lists
from regclient.goshapes.located import LocatedReferrers
from regclient.goview import document
from regclient.kit.gotemplate.values import Failure, Struct, is_nil, plain
from regclient.model import mediatype
from regclient.model.descriptor import EMPTY
from regclient.model.manifest import ImageManifest, IndexManifest
from regclient.model.reference import Reference
from regclient.model.referrers import ReferrerList
from regclient.model.tree import TreeNode

REFERENCE = Reference.parse("a.b/c:1")


def test_tags_of_google_tell_more() -> None:
    extra = {"sha256:x": {"imageSizeBytes": "9", "mediaType": "a/b", "tag": ["1"], "timeCreatedMs": "5"}}
    found = lists.tags(TagList("a", ("1",), children=("sub",), manifests=extra, url="https://a.example/"))
    manifests = plain(found.fields["Manifests"])
    assert isinstance(manifests, dict)

    assert "a/b" == manifests["sha256:x"].fields["MediaType"]
    assert ["sub"] == plain(found.fields["Children"])


def test_tags_of_a_registry_have_an_empty_index() -> None:
    index = lists.tags(TagList("a", ("1",))).fields["Index"]
    assert isinstance(index, Struct)

    assert is_nil(index.fields["Manifests"])
    assert '{"schemaVersion":0,"manifests":null}' == document(index)


def test_the_address_of_a_page_has_parts() -> None:
    found = lists.tags(TagList("a", ("1",), url="https://a.example/v2/a/tags/list?n=5")).methods["GetURL"]()
    assert isinstance(found, Struct)

    assert {"Scheme": "https", "Host": "a.example", "Path": "/v2/a/tags/list", "RawQuery": "n=5"} == found.fields
    assert "https://a.example/v2/a/tags/list?n=5" == found.methods["String"]()
    assert is_nil(lists.tags(TagList("a", ("1",))).methods["GetURL"]())


def test_the_index_of_a_layout_is_read_when_asked_for() -> None:
    broken = TagList("", ("1",), raw=b"{", media_type=mediatype.OCI_INDEX)

    assert ["1"] == plain(lists.tags(broken).fields["Tags"])


def test_a_blob_nobody_read_has_no_body() -> None:
    with pytest.raises(Failure):
        lists.blob(BlobStat(EMPTY.digest, 2)).methods["RawBody"]()


def test_repositories_are_listed_twice() -> None:
    found = lists.repositories(RepositoryList(("b", "a")))

    assert ["b", "a"] == plain(found.fields["Repositories"]) == plain(found.methods["GetRepos"]())
    assert b"a\nb\n" == found.methods["MarshalPretty"]()


def test_referrers_without_an_index_have_an_empty_one() -> None:
    found = lists.referrers(LocatedReferrers(ReferrerList(EMPTY.digest), REFERENCE))
    listed = lists.referrers(LocatedReferrers(ReferrerList.of(EMPTY.digest, IndexManifest.build(manifests=[EMPTY])), REFERENCE))

    for each in (found, listed):
        assert isinstance(each.fields["Manifest"], Struct)
    assert (True, False) == (found.methods["IsEmpty"](), listed.methods["IsEmpty"]())


def test_trees_are_views_all_the_way_down() -> None:
    leaf = TreeNode(REFERENCE, ImageManifest.build(config=EMPTY))
    found = lists.tree(TreeNode(REFERENCE, children=(leaf,), referrers=(leaf, leaf)))
    children, referrers = plain(found.fields["Child"]), plain(found.fields["Referrer"])
    assert isinstance(children, list)
    assert isinstance(referrers, list)

    assert [leaf] == [child.subject for child in children]
    assert 2 == len(referrers)


def test_what_was_pushed() -> None:
    image = ImageManifest.build(config=EMPTY)

    assert {"Digest": str(EMPTY.digest), "Size": 2} == {
        name: plain(item) for name, item in lists.put_blob(EMPTY).fields.items()
    }
    assert ["Manifest"] == list(lists.put_manifest(image, REFERENCE).fields)
