"""Garbage: what nothing listed in ``index.json`` leads to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from regclient.errors import DigestMismatch, SizeLimitExceeded, StorageFault
from regclient.kit.atomicfile import Writing
from regclient.layout.blobs import Blobs
from regclient.layout.collect import reachable, sweep
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import IndexManifest, Manifest
from regclient.model.mediatype import OCI_INDEX, OCI_LAYER, OCI_MANIFEST
from tests.contract.samples import CONFIG, image, index_of

LIMIT = 8 << 20
WRITING = Writing(sync=False)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path, WRITING)


def stored(blobs: Blobs, *manifests: Manifest) -> None:
    for manifest in manifests:
        blobs.write_bytes(manifest.digest, manifest.raw)


def marked(blobs: Blobs, *roots: Descriptor) -> set[Digest]:
    return reachable(roots, blobs, LIMIT)


def swept(tmp_path: Path, blobs: Blobs, kept: Iterable[Digest] = ()) -> set[Digest]:
    return set(sweep(blobs, tmp_path, set(kept), WRITING))


def test_an_image_leads_to_its_config_and_layers(blobs: Blobs) -> None:
    manifest = image(None, "layer")
    stored(blobs, manifest)

    assert {manifest.digest, Digest.of(CONFIG), Digest.of(b"layer")} == marked(blobs, manifest.descriptor)


def test_nested_indexes_lead_to_everything_below(blobs: Blobs) -> None:
    inner = index_of(image(None, "one"), image(None, "two"))
    outer = index_of(inner, image(None, "three"))
    stored(blobs, outer, inner, *(image(None, text) for text in ("one", "two", "three")))

    found = marked(blobs, outer.descriptor)

    assert {Digest.of(text) for text in (b"one", b"two", b"three")} < found
    assert {outer.digest, inner.digest} < found


def test_a_missing_child_is_marked_and_leads_nowhere(blobs: Blobs) -> None:
    child = image(None, "one")
    parent = index_of(child)
    stored(blobs, parent)

    assert {parent.digest, child.digest} == marked(blobs, parent.descriptor)


def test_a_subject_is_not_followed(blobs: Blobs) -> None:
    subject = image(None, "subject")
    referrer = image(None, "referrer", subject=subject.descriptor)
    stored(blobs, subject, referrer)

    assert subject.digest not in marked(blobs, referrer.descriptor)


def test_entries_of_unknown_types_are_followed_when_they_are_manifests(blobs: Blobs) -> None:
    child = image(None, "one")
    parent = IndexManifest.build(manifests=[child.descriptor.replace(media_type="")])
    stored(blobs, parent, child)

    assert Digest.of(b"one") in marked(blobs, parent.descriptor)


def test_entries_of_unknown_types_are_kept_when_they_are_blobs(blobs: Blobs) -> None:
    blob = Descriptor.of(b"cache", "application/x.cache")
    blobs.write_bytes(blob.digest, b"cache")

    assert {blob.digest} == marked(blobs, blob)


def test_a_digest_met_as_something_unknown_first_is_followed_as_a_manifest_later(blobs: Blobs) -> None:
    raw = (
        image(None, "one").raw.replace(b'"mediaType":"' + OCI_MANIFEST.encode() + b'",', b"").replace(OCI_LAYER.encode(), b"x")
    )
    unknown = Descriptor.of(raw, "application/x.unknown")
    parent = IndexManifest.build(manifests=[unknown, unknown.replace(media_type=OCI_MANIFEST)])
    stored(blobs, parent)
    blobs.write_bytes(unknown.digest, raw)

    assert Digest.of(b"one") in marked(blobs, parent.descriptor)


def test_one_manifest_met_twice_is_read_once_and_a_deep_nest_ends(blobs: Blobs) -> None:
    manifest: Manifest = image(None, "one")
    stored(blobs, manifest)
    for _ in range(120):
        manifest = index_of(manifest, manifest)
        stored(blobs, manifest)

    assert Digest.of(b"one") in marked(blobs, manifest.descriptor)


def test_a_manifest_that_is_damaged_stops_the_marking(blobs: Blobs) -> None:
    manifest = image(None, "one")
    blobs.write_bytes(manifest.digest, b"damaged")

    with pytest.raises(DigestMismatch):
        marked(blobs, manifest.descriptor)


def test_a_manifest_that_is_too_large_stops_the_marking(blobs: Blobs) -> None:
    manifest = image(None, "one")
    stored(blobs, manifest)

    with pytest.raises(SizeLimitExceeded):
        reachable([manifest.descriptor], blobs, 10)


@pytest.mark.parametrize("media_type", [OCI_MANIFEST, "application/x.unknown"])
def test_a_file_that_cannot_be_read_stops_the_marking(blobs: Blobs, media_type: str) -> None:
    manifest = image(None, "one")
    path = Path(blobs.path_of(manifest.digest))
    path.parent.mkdir(parents=True)
    path.symlink_to(path)

    with pytest.raises(StorageFault):
        marked(blobs, manifest.descriptor.replace(media_type=media_type))


def test_a_blob_listed_as_an_index_that_it_is_not_stops_the_marking(blobs: Blobs) -> None:
    blobs.write_bytes(Digest.of(b"cache"), b"cache")

    with pytest.raises(Exception, match="document"):
        marked(blobs, Descriptor.of(b"cache", OCI_INDEX))


def test_what_is_not_kept_is_removed_and_named(tmp_path: Path, blobs: Blobs) -> None:
    kept, garbage = Digest.of(b"kept"), Digest.of(b"garbage", "sha512")
    blobs.write_bytes(kept, b"kept")
    blobs.write_bytes(garbage, b"garbage")

    assert {garbage} == swept(tmp_path, blobs, [kept])
    assert [b"kept"] == [path.read_bytes() for path in (tmp_path / "blobs").rglob("*") if path.is_file()]


def test_temporary_files_are_removed(tmp_path: Path, blobs: Blobs) -> None:
    directory = Path(blobs.make_room("sha256"))
    for path in (directory / "0123.tmp", directory / "abc.0123.tmp", tmp_path / "index.json.0123.tmp"):
        path.write_bytes(b"half")

    assert set() == swept(tmp_path, blobs)
    assert [] == [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_is_not_ours_to_judge_stays(tmp_path: Path, blobs: Blobs) -> None:
    blobs.make_room("sha256")
    foreign = [tmp_path / "notes.tmp", tmp_path / "blobs" / "md5" / "d41d8", tmp_path / "blobs" / "README"]
    for path in foreign:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"foreign")
    (tmp_path / "blobs" / "sha256" / "directory").mkdir()

    swept(tmp_path, blobs)

    assert all(path.exists() for path in foreign)
    assert (tmp_path / "blobs" / "sha256" / "directory").is_dir()


def test_a_link_is_removed_and_not_its_target(tmp_path: Path, blobs: Blobs) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    (Path(blobs.make_room("sha256")) / Digest.of(b"x").hex).symlink_to(precious)

    assert {Digest.of(b"x")} == swept(tmp_path, blobs)
    assert precious.exists()


def test_a_directory_that_leads_out_of_the_layout_is_not_swept(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_bytes(b"precious")
    (tmp_path / "layout" / "blobs").mkdir(parents=True)
    (tmp_path / "layout" / "blobs" / "sha256").symlink_to(outside)
    blobs = Blobs(tmp_path / "layout", WRITING)

    with pytest.raises(StorageFault, match="leads out of the layout"):
        swept(tmp_path / "layout", blobs)

    assert (outside / "precious").exists()
