from __future__ import annotations

from regclient.goshapes.located import Located
from regclient.model import mediatype
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.manifest import ArtifactManifest, ImageManifest, IndexManifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.prettygraph import graph_layout
from regclient.repository import ManifestHead

LAYER = Descriptor.of(b"layer", mediatype.OCI_LAYER)


def lines(noun: object) -> list[str]:
    text = graph_layout(noun)
    assert text is not None
    assert text.endswith("\n")
    return text.split("\n")[:-1]


def test_only_some_nouns_have_a_graph_layout() -> None:
    assert None is graph_layout(EMPTY)
    assert None is graph_layout("text")


def test_separators_are_lines_of_spaces_as_wide_as_the_labels() -> None:
    found = lines(ImageManifest.build(config=EMPTY, layers=[LAYER]))

    assert 3 == found.count(" " * len("Total Size:  "))
    assert {len("Total Size:  ")} == {
        len(line) - len(line.partition(":")[2].lstrip()) for line in found if not line.endswith(" ")
    }


def test_a_name_shows_only_when_it_is_known() -> None:
    image = ImageManifest.build(config=EMPTY)

    assert lines(image)[0].startswith("MediaType:")
    assert "Name:        a.b/c:1" == lines(Located(image, Reference.parse("a.b/c:1")))[0]
    assert lines(Located(image, Reference()))[0].startswith("MediaType:")


def test_entries_are_named_by_tag_and_digest() -> None:
    index = IndexManifest.build(manifests=[LAYER.replace(media_type=mediatype.OCI_MANIFEST)])

    assert f"  Name:    a.b/c:1@{LAYER.digest}" in [
        line.replace("      ", "    ") for line in lines(Located(index, Reference.parse("a.b/c:1")))
    ]


def test_sizes_of_manifests_are_left_out_and_big_ones_are_human() -> None:
    found = lines(
        IndexManifest.build(
            manifests=[
                LAYER.replace(media_type=mediatype.OCI_MANIFEST),
                LAYER.replace(size=100_000),
                LAYER.replace(size=100_001),
            ]
        )
    )

    assert ["  Size:      100000B", "  Size:      100.001kB"] == [line for line in found if "Size" in line]


def test_a_platform_without_a_system_is_not_shown() -> None:
    entries = [LAYER.replace(platform=platform) for platform in (Platform(), Platform(architecture="arm"), Platform("linux"))]
    found = lines(IndexManifest.build(manifests=entries))

    assert ["  Platform:  linux"] == [line for line in found if "Platform" in line]


def test_an_artifact_always_shows_its_type_and_an_image_only_when_it_has_one() -> None:
    assert any("ArtifactType:" in line for line in lines(ArtifactManifest.build()))
    assert any("ArtifactType:" in line for line in lines(ManifestHead(mediatype.OCI_ARTIFACT, None, 0)))
    assert not any("ArtifactType:" in line for line in lines(ImageManifest.build(config=EMPTY)))


def test_a_value_with_a_line_end_starts_the_columns_anew() -> None:
    found = lines(ImageManifest.build(config=EMPTY, annotations={"a": "one\ntwo", "b": "x"}))

    assert "two" in found
    assert "  a:         one" in found
