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


def test_referrers_have_the_bytes_and_headers_of_their_index() -> None:
    assert isinstance(INDEX, IndexManifest)
    found = LocatedReferrers(ReferrerList.of(EMPTY.digest, INDEX), REFERENCE)
    bare = LocatedReferrers(ReferrerList(EMPTY.digest), REFERENCE)

    assert (INDEX.raw, HEADERS) == (found.raw, found.headers)
    assert (b"", {}) == (bare.raw, bare.headers)
