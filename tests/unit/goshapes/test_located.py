from __future__ import annotations

from regclient.goshapes.located import Located, LocatedReferrers
from regclient.model import mediatype
from regclient.model.descriptor import EMPTY
from regclient.model.headers import headers_of
from regclient.model.manifest import IndexManifest, parse_manifest
from regclient.model.reference import Reference
from regclient.model.referrers import ReferrerList
from regclient.repository import ManifestHead

REFERENCE = Reference.parse("a.b/c:1")
HEADERS = headers_of([("Date", "now")])
INDEX = parse_manifest(IndexManifest.build().raw, headers=HEADERS)


def test_a_located_manifest_has_its_bytes_and_headers() -> None:
    found = Located(INDEX, REFERENCE)

    assert (INDEX.raw, HEADERS) == (found.raw, found.headers)


def test_a_located_head_has_headers_only() -> None:
    found = Located(ManifestHead(mediatype.OCI_INDEX, None, 0, headers=HEADERS), REFERENCE)

    assert (b"", HEADERS) == (found.raw, found.headers)


def test_referrers_have_the_bytes_and_headers_of_the_tag_that_lists_them() -> None:
    assert isinstance(INDEX, IndexManifest)
    listed = LocatedReferrers(ReferrerList.of(EMPTY.digest, INDEX, tags=("sha256-x",)), REFERENCE)

    assert (INDEX.raw, HEADERS) == (listed.raw, listed.headers)


def test_referrers_that_an_api_told_of_have_no_headers() -> None:
    assert isinstance(INDEX, IndexManifest)
    told = LocatedReferrers(ReferrerList.of(EMPTY.digest, INDEX), REFERENCE)

    assert (INDEX.raw, {}) == (told.raw, told.headers)


def test_no_referrers_are_an_empty_index() -> None:
    bare = ReferrerList(EMPTY.digest)
    layout = LocatedReferrers(bare, Reference.parse("ocidir://x:1"))

    assert (IndexManifest.build().raw, {}) == (layout.raw, layout.headers)
    assert layout.raw.replace(b"[]", b"null") == LocatedReferrers(bare, REFERENCE).raw
    assert layout.raw == LocatedReferrers(bare, REFERENCE, layout.subject).raw
