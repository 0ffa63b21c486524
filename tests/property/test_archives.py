"""Archives are untrusted: whatever is in them, an import ends with the image or an error of ours, never with half an image."""

from __future__ import annotations

import gzip
import io
import json

from hypothesis import given
from hypothesis import strategies as st

from regclient.concurrency import Workers
from regclient.errors import RegistryClientError
from regclient.memory import MemoryRepository
from regclient.model.children import children_of
from regclient.ops.archive.read import ImportOptions, import_image
from regclient.ops.archive.write import export_image
from regclient.ops.files import open_file
from tests.fakes import images
from tests.fakes.archives import Item, docker_archive, docker_items, files, stream, tar_of

NAMES = st.sampled_from(
    [
        "oci-layout",
        "index.json",
        "manifest.json",
        "a",
        "./a",
        "../a",
        "/a",
        "blobs/sha256/x",
        "d/",
        ".wh.a",
        ".wh..wh..opq",
        "d/.wh.a",
    ]
)
DOCUMENTS = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from([f"sha256:{'0' * 64}", "a", "../a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "manifests",
                    "Config",
                    "Layers",
                    "RepoTags",
                    "LayerSources",
                    "digest",
                    "size",
                    "mediaType",
                    "imageLayoutVersion",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
CONTENTS = (
    st.binary(max_size=50)
    | DOCUMENTS.map(lambda value: json.dumps(value).encode())
    | st.just(b'{"imageLayoutVersion":"1.0.0"}')
)
KINDS = st.sampled_from([b"0", b"1", b"2", b"3", b"5", b"6"])
ITEMS = st.builds(
    lambda name, content, kind, link: Item(name, content if kind == b"0" else b"", kind, link if kind in b"12" else ""),
    NAMES,
    CONTENTS,
    KINDS,
    NAMES,
)


def whole_image() -> bytes:
    source = MemoryRepository()
    images.index(source)
    out = io.BytesIO()
    export_image(source, "latest", out)
    return out.getvalue()


ARCHIVES = (whole_image(), docker_archive(docker_items("one", files(a="1"), files(b="2"))), gzip.compress(whole_image()))


def checked(raw: bytes, name: str = "") -> None:
    """Import an archive and see that a tag means everything below it."""
    target = MemoryRepository()
    try:
        with Workers(2) as workers:
            import_image(stream(raw), target, "v1", options=ImportOptions(name, limit=1 << 20), workers=workers)
    except RegistryClientError:
        assert () == target.tags().tags
        return
    todo = [target.get_manifest("v1")]
    while todo:
        children = children_of(todo.pop())
        assert all(target.stat_blob(blob) for blob in children.blobs)
        todo += [target.get_manifest(child.digest) for child in children.manifests]


@given(archive=st.sampled_from(ARCHIVES), data=st.data())
def test_a_damaged_archive_is_never_half_an_image(archive: bytes, data: st.DataObject) -> None:
    raw = bytearray(archive)
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))

    checked(bytes(raw[: data.draw(st.integers(0, len(raw)))]) if data.draw(st.booleans()) else bytes(raw))


@given(items=st.lists(ITEMS, max_size=8), name=st.sampled_from(["", "a"]))
def test_any_entries_are_an_image_or_an_error(items: list[Item], name: str) -> None:
    checked(tar_of(*items), name)


@given(layers=st.lists(st.lists(ITEMS, max_size=6), max_size=3), path=NAMES)
def test_a_search_for_a_file_ends(layers: list[list[Item]], path: str) -> None:
    repository = MemoryRepository()
    blobs = [repository.put_blob(io.BytesIO(tar_of(*items))) for items in layers]
    try:
        with open_file(repository, blobs, path) as found:
            assert len(found.content.read()) == found.target.size
    except RegistryClientError:
        pass
