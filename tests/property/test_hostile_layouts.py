"""Whatever a layout's files hold, only errors of ours come out, and nothing outside the layout is touched."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis.strategies import (
    DrawFn,
    SearchStrategy,
    binary,
    booleans,
    composite,
    dictionaries,
    floats,
    integers,
    lists,
    none,
    one_of,
    recursive,
    sampled_from,
    sets,
    text,
)

from regclient.errors import RegistryClientError
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository, LayoutSettings
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.mediatype import OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST
from tests.contract.samples import image, read

SUBJECT = image(None, "subject")
DIGESTS = [
    str(SUBJECT.digest),
    str(Digest.of(b"x", "sha512")),
    "sha256:../../../etc/passwd",
    "md5:00",
    "",
    "sha256:" + "A" * 64,
]

scalars = one_of(none(), booleans(), integers(), floats(allow_nan=False), text(max_size=8), sampled_from(DIGESTS))
values = recursive(
    scalars, lambda inner: lists(inner, max_size=3) | dictionaries(text(max_size=5), inner, max_size=3), max_leaves=6
)


def mostly(usual: SearchStrategy[object]) -> SearchStrategy[object]:
    """Give what belongs there two times in three."""
    return one_of(usual, usual, values)


names = sampled_from(["v1", "docker.io/library/app:v1", ":", "", "../v1", "\ud800"])
labels = mostly(dictionaries(sampled_from(["org.opencontainers.image.ref.name", "x"]), mostly(names), max_size=2))


@composite
def entries(draw: DrawFn) -> object:
    """Draw what might stand for a descriptor."""
    value: dict[str, object] = {
        "mediaType": draw(mostly(sampled_from([OCI_MANIFEST, OCI_INDEX, OCI_LAYER, OCI_CONFIG, ""]))),
        "digest": draw(mostly(sampled_from(DIGESTS))),
        "size": draw(mostly(integers(-1, 600))),
    }
    if draw(booleans()):
        value["annotations"] = draw(labels)
    return value | draw(dictionaries(sampled_from(["platform", "data", "urls", "artifactType", "y"]), values, max_size=2))


@composite
def documents(draw: DrawFn) -> object:
    """Draw what might stand for an index or an image."""
    value: dict[str, object] = {"schemaVersion": draw(mostly(integers(1, 2)))}
    members: dict[str, SearchStrategy[object]] = {
        "mediaType": mostly(sampled_from([OCI_INDEX, OCI_MANIFEST])),
        "manifests": mostly(lists(mostly(entries()), max_size=3)),
        "config": mostly(entries()),
        "layers": mostly(lists(entries(), max_size=2)),
        "subject": mostly(entries()),
        "annotations": labels,
        "z": values,
    }
    for name in draw(sets(sampled_from(sorted(members)))):
        value[name] = draw(members[name])
    return value


contents = one_of(
    documents().map(lambda value: json.dumps(value).encode()), values.map(lambda value: json.dumps(value).encode()), binary()
)


def calls(layout: LayoutRepository) -> list[Callable[[], object]]:
    """Return one of each call."""
    blob = Descriptor.of(b"layer", OCI_LAYER)
    return [
        lambda: layout.tags().index,
        lambda: layout.resolve("v1"),
        lambda: layout.resolve(SUBJECT.digest),
        lambda: layout.get_manifest("v1"),
        lambda: layout.get_manifest(SUBJECT.digest),
        lambda: layout.referrers(SUBJECT.digest),
        lambda: layout.scan_referrers(SUBJECT.digest),
        lambda: layout.stat_blob(blob),
        lambda: read(layout, SUBJECT.descriptor),
        lambda: layout.put_blob(io.BytesIO(b"layer"), blob),
        layout.collect,
        lambda: layout.put_manifest(image(None, "new", subject=SUBJECT.descriptor), "v2"),
        lambda: layout.delete_tag("v1"),
        lambda: layout.delete_manifest(SUBJECT.digest),
        layout.close,
    ]


@settings(max_examples=15, deadline=None)
@given(index=contents, manifest=contents, marker=one_of(sampled_from([b'{"imageLayoutVersion":"1.0.0"}'] * 3), contents))
def test_only_errors_of_ours_come_out_of_a_hostile_layout(index: bytes, manifest: bytes, marker: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="regclient-property-") as directory:
        place = Path(directory) / "layout"
        (place / "blobs" / "sha256").mkdir(parents=True)
        (place / "oci-layout").write_bytes(marker)
        (place / "index.json").write_bytes(index.replace(DIGESTS[0].encode(), str(Digest.of(manifest)).encode()))
        (place / "blobs" / "sha256" / Digest.of(manifest).hex).write_bytes(manifest)
        (place / "blobs" / "sha256" / SUBJECT.digest.hex).write_bytes(manifest)
        for call in calls(LayoutRepository(place, LayoutSettings(writing=Writing(sync=False)))):
            with suppress(RegistryClientError):
                call()

        assert [place] == list(Path(directory).iterdir())
