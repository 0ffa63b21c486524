from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from regclient.errors import BlobNotFound, DigestMismatch, InvalidManifest, ManifestNotFound, SizeMismatch, Unsupported
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import ImageManifest
from regclient.ops.archive.contents import Contents
from regclient.ops.archive.read_oci import ArchiveRepository, choose, entries_of, is_layout
from regclient.ops.archive.write import CONTAINERD_NAME, LAYOUT_HEADER, REF_NAME, path_of
from tests.fakes.archives import Item, stream, tar_of
from tests.tables import table

LAYER = b"a layer"
CONFIG = Descriptor.of(b"{}", mediatype.OCI_CONFIG)
IMAGE = ImageManifest.build(config=CONFIG, layers=[Descriptor.of(LAYER, mediatype.OCI_LAYER)])
GOOD = (Item("oci-layout", LAYOUT_HEADER), Item("index.json", b'{"manifests":[]}'))


def entry(name: str, content: bytes, key: str = REF_NAME) -> Descriptor:
    return Descriptor.of(content, mediatype.OCI_MANIFEST).replace(annotations={key: name})


def contents(*items: Item) -> Contents:
    return Contents(stream(tar_of(*items)), "test.tar", lambda: None)


@pytest.fixture
def archive() -> ArchiveRepository:
    items = [Item(path_of(Digest.of(raw)), raw) for raw in (LAYER, b"{}", IMAGE.raw)]
    return ArchiveRepository(contents(*items))


@table(
    ("items", "expected"),
    [
        (GOOD, True),
        (GOOD[:1], False),
        (GOOD[1:], False),
        ((Item("oci-layout", b'{"imageLayoutVersion":"9.9.9"}'), GOOD[1]), False),
    ],
)
def test_a_layout_is_told_by_its_marker_and_index(items: tuple[Item, ...], *, expected: bool) -> None:
    assert expected is is_layout(contents(*items))


@table("raw", [b"", b"[]", b'{"manifests":{}}', b'{"manifests":[{"digest":"x"}]}', b'{"manifests":[1]}'])
def test_a_broken_index_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidManifest):
        entries_of(contents(Item("index.json", raw)))


def test_the_index_lists_the_images() -> None:
    entries = (entry("v1", b"1"), entry("v2", b"2"))
    index = json.dumps({"manifests": [json.loads(item.to_json()) for item in entries]}).encode()

    assert entries == entries_of(contents(Item("index.json", index)))


def test_the_only_image_is_the_one_that_is_meant() -> None:
    only = entry("v1", b"1")

    assert only is choose((only,), "other", "another")


def test_of_several_the_digest_the_name_or_the_tag_says_which() -> None:
    first, second, third = entries = (
        entry("v1", b"1"),
        entry("v2", b"2"),
        entry("docker.io/library/busybox:1", b"3", CONTAINERD_NAME),
    )

    assert second is choose(entries, "v1", second.digest)
    assert first is choose(entries, "v1", "v2")
    assert second is choose(entries, "", "v2")
    assert third is choose(entries, "busybox:1", "v1")
    for name, target in (("v3", "v1"), ("", "v3"), ("busybox:2", "v1"), ("", Digest.of(b"4")), ("$", "v1")):
        with pytest.raises(ManifestNotFound, match="not found"):
            choose(entries, name, target)
    with pytest.raises(ManifestNotFound, match=r"which has 'docker.io/library/busybox:1', 'v1', 'v2'"):
        choose(entries, "v3", "v1")
    with pytest.raises(ManifestNotFound):
        choose((), "", "v1")


def test_manifests_and_blobs_are_found_by_digest(archive: ArchiveRepository) -> None:
    layer = IMAGE.layers[0]
    with archive.open_blob(layer) as content:
        assert LAYER == content.read()
        content.seek(0)
        assert LAYER == content.read()

    assert IMAGE == archive.get_manifest(IMAGE.digest)
    assert IMAGE.digest == archive.resolve(IMAGE.digest).digest == archive.head_manifest(IMAGE.digest).digest
    stat = archive.stat_blob(layer)
    assert stat is not None
    assert len(LAYER) == stat.size
    assert "test.tar" == str(archive.reference) == archive.reference.name
    assert ((), ()) == (archive.tags().tags, archive.referrers(IMAGE.digest).descriptors)


def test_what_is_not_there_is_an_error(archive: ArchiveRepository) -> None:
    for name in ("latest", Digest.of(b"x")):
        with pytest.raises(ManifestNotFound):
            archive.get_manifest(name)
    assert archive.stat_blob(Descriptor.of(b"x")) is None
    with pytest.raises(BlobNotFound), archive.open_blob(Descriptor.of(b"x")):
        pass


def test_damage_shows_before_or_while_it_is_read() -> None:
    layer = IMAGE.layers[0]
    for raw, error in ((b"A layer", DigestMismatch), (b"longer than that", SizeMismatch)):
        archive = ArchiveRepository(contents(Item(path_of(layer.digest), raw)))
        with pytest.raises(error), archive.open_blob(layer) as content:
            content.read()


def test_an_archive_is_never_changed(archive: ArchiveRepository) -> None:
    changes: tuple[Callable[[], object], ...] = (
        lambda: archive.put_manifest(IMAGE, "v1"),
        lambda: archive.delete_manifest(IMAGE.digest),
        lambda: archive.put_blob(stream(b"")),
        lambda: archive.delete_blob(IMAGE.digest),
        lambda: archive.delete_tag("v1"),
    )
    for change in changes:
        with pytest.raises(Unsupported, match="only read"):
            change()
