"""Tags that stand for a digest."""

from __future__ import annotations

from regclient.memory import MemoryRepository
from regclient.model.digest import Digest
from regclient.model.referrers import ReferrerList, fallback_tag
from regclient.ops.digesttags import REF_NAME, digest_tags, with_digest_tags
from tests.fakes import images


def test_digest_tags_start_with_the_digest_and_are_no_known_list() -> None:
    digest = Digest.of(b"x")
    tag = fallback_tag(digest)

    assert (tag, f"{tag}.sig") == digest_tags((tag, "v1", f"{tag}.sig", f"x{tag}"), digest)
    assert (f"{tag}.sig",) == digest_tags((tag, f"{tag}.sig"), digest, (tag,))


def test_their_manifests_come_after_the_referrers_with_their_tags() -> None:
    app = MemoryRepository()
    image = images.image(app)
    referrer = images.artifact(app, image)
    tag = f"{fallback_tag(image.digest)}.sig"
    signed = images.artifact(app, name=tag, content=b"signed")
    found = with_digest_tags(app, app.referrers(image.digest))

    assert [referrer.digest, signed.digest] == [entry.digest for entry in found.descriptors]
    assert tag == found.descriptors[1].annotations[REF_NAME]
    assert () == with_digest_tags(app, ReferrerList(Digest.of(b"other"))).descriptors
