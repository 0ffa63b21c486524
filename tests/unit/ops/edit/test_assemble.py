from dataclasses import replace
from pathlib import Path

import pytest

from regclient.errors import SizeLimitExceeded, Unsupported
from regclient.model.descriptor import Descriptor
from regclient.model.image import ImageManifest
from regclient.model.imageconfig import History, ImageConfig, RootFs
from regclient.model.index import IndexManifest
from regclient.model.mediatype import OCI_LAYER
from regclient.ops.edit.assemble import fitted
from regclient.ops.edit.config_edits import SetLabel
from regclient.ops.edit.manifest_edits import InlineContent, SetAnnotation
from regclient.ops.edit.tree import Layer
from tests.fakes import images
from tests.fakes.editing import CREATED, Studio, child_of, reaches_all
from tests.tables import table


def layers_of(studio: Studio, marks: str) -> list[Layer]:
    """Return a layer for each mark: ``.`` stays, ``x`` is dropped, ``~`` is changed, ``+`` is new."""
    found = []
    for position, mark in enumerate(marks):
        described = Descriptor.of(str(position).encode(), OCI_LAYER)
        file = Path("new") if mark == "+" else None
        diff_id = f"sha256:{mark}" if mark in "~+" else ""
        found.append(Layer(described, described, studio.app, diff_id=diff_id, dropped=mark == "x", file=file))
    return found


def fit(marks: str, history: str, diff_ids: int) -> tuple[str, list[str]]:
    """Return the history and the digests of a config once it fits its layers; ``-`` is an entry without a layer."""
    entries = [History(created_by=text, empty_layer=text == "-") for text in history]
    config = ImageConfig.build(history=entries, diff_ids=[f"sha256:{number}" for number in range(diff_ids)])
    found = fitted(config, layers_of(Studio(), marks), CREATED)
    texts = [
        entry.created_by or ("+" if entry == History(created=CREATED, comment="regclient") else "?") for entry in found.history
    ]
    return "".join(texts), [text.removeprefix("sha256:") for text in found.diff_ids]


@table(
    ("marks", "history", "diff_ids", "expected"),
    [
        ("...", "a-bc", 3, ("a-bc", ["0", "1", "2"])),
        (".x.", "a-b-c-", 3, ("a--c-", ["0", "2"])),
        ("xxx", "-abc-", 3, ("--", [])),
        (".~.", "abc", 3, ("abc", ["0", "~", "2"])),
        ("..+", "a-b-", 2, ("a-b-+", ["0", "1", "+"])),
        ("x.+", "ab", 2, ("b+", ["1", "+"])),
        ("..+", "", 2, ("", ["0", "1", "+"])),
        ("..+", "ab", 0, ("ab+", [])),
        ("x.", "a", 2, ("", ["1"])),
        ("..x", "ab", 3, ("ab", ["0", "1"])),
        ("x", "ab", 2, ("b", ["1"])),
        ("+", "", 0, ("", ["+"])),
    ],
)
def test_digests_and_history_follow_the_layers(
    marks: str, history: str, diff_ids: int, expected: tuple[str, list[str]]
) -> None:
    assert expected == fit(marks, history, diff_ids)


def test_a_config_without_a_list_of_digests_gets_none() -> None:
    config = ImageConfig.build(rootfs=RootFs(listed=False))

    assert not fitted(config, layers_of(Studio(), ".+"), CREATED).rootfs.listed


def test_an_image_moves_to_another_repository_with_everything() -> None:
    studio = Studio()
    index = images.nested_index(studio.app, "v1")
    images.artifact(studio.app, name="artifact")
    images.schema1(studio.app, "old")

    studio.edit("v1", SetAnnotation("a", "b"), create="other:v1")
    for name in ("artifact", "old"):
        assert studio.app.get_manifest(name) == studio.edit(name, create=f"other:{name}").manifest

    other = studio.home("other")
    assert reaches_all(other, other.get_manifest("v1"))
    assert reaches_all(other, other.get_manifest("artifact"))
    assert all(other.stat_blob(layer.replace(size=-1)) for layer in other.get_manifest("old").layers)  # type: ignore[attr-defined]
    assert index.manifests[0].digest == other.get_manifest("v1").manifests[0].digest  # type: ignore[attr-defined]


def test_external_layers_and_blobs_in_indexes_are_left_where_they_are_or_brought() -> None:
    studio = Studio()
    far = images.external_image(studio.app, "far")
    cache = images.blob(studio.app, b"cache", OCI_LAYER)
    studio.app.put_manifest(IndexManifest.build(manifests=(cache, far.descriptor)), "cache")

    studio.edit("cache", SetLabel("a", "b"), create="other:v1")

    other = studio.home("other")
    index = other.get_manifest("v1")
    assert isinstance(index, IndexManifest)
    assert cache == index.manifests[0]
    assert other.stat_blob(cache) is not None
    image = other.get_manifest(index.manifests[1].digest)
    assert isinstance(image, ImageManifest)
    assert [True, False] == [other.stat_blob(layer) is not None for layer in image.layers]


def test_referrers_follow_what_changes_and_theirs_follow_them() -> None:
    studio = Studio()
    index = studio.multi()
    child = child_of(studio.app, index, 0)
    sbom = images.artifact(studio.app, child, annotations={"n": "1"})
    signature = images.artifact(studio.app, sbom, artifact_type="application/signature")

    changed = studio.edit("multi", SetLabel("a", "b")).manifest

    new_child = child_of(studio.app, changed, 0)
    (followed,) = studio.app.referrers(new_child.digest).descriptors
    (above,) = studio.app.referrers(followed.digest).descriptors
    assert {"n": "1"} == studio.app.get_manifest(followed.digest).annotations
    assert [sbom.digest] == [entry.digest for entry in studio.app.referrers(child.digest).descriptors]
    assert {followed.digest, above.digest}.isdisjoint({sbom.digest, signature.digest})


def test_referrers_of_what_stays_are_left_alone() -> None:
    studio = Studio()
    index = studio.multi()
    sbom = images.artifact(studio.app, child_of(studio.app, index, 0))

    studio.edit("multi", SetAnnotation("a", "b"))

    assert [sbom.digest] == [entry.digest for entry in studio.app.referrers(index.manifests[0].digest).descriptors]


def test_referrers_of_referrers_without_end_are_refused() -> None:
    studio = Studio()
    last: ImageManifest = studio.image()
    for number in range(140):
        last = images.artifact(studio.app, last, content=str(number).encode())

    with pytest.raises(Unsupported, match="nest deeper"):
        studio.edit("v1", SetLabel("a", "b"))


def test_an_index_that_lists_an_image_twice_gets_it_changed_twice() -> None:
    studio = Studio()
    image = studio.image()
    images.index(studio.app, "twice", platforms=(), children=(image, image))

    plan = studio.edit("twice", SetLabel("a", "b"))

    assert 1 == len({entry.digest for entry in plan.manifest.manifests})  # type: ignore[attr-defined]
    assert 2 == len(list(plan.copy.pushes))


def test_no_descriptor_carries_what_no_registry_takes() -> None:
    studio = Studio()
    large = images.blob(studio.app, bytes(5 << 20), OCI_LAYER)
    image = studio.image()
    studio.app.put_manifest(replace(image, layers=(large,)).sealed(), "large")

    with pytest.raises(SizeLimitExceeded):
        studio.edit("large", InlineContent(1 << 30))


def test_a_document_without_a_type_states_it_once_it_is_written_again() -> None:
    studio = Studio()
    image = studio.image()
    untyped = replace(image, declared="").sealed()
    studio.app.put_manifest(untyped, "untyped")

    assert "" == studio.edit("untyped", SetAnnotation("a", "b")).manifest.declared
    assert image.media_type == studio.edit("untyped", SetLabel("a", "b")).manifest.declared
