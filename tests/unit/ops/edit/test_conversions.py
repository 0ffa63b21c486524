import pytest

from regclient.errors import ManifestNotFound, UnsupportedMediaType
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.image import ImageManifest
from regclient.model.index import IndexManifest
from regclient.model.manifest import Manifest
from regclient.ops.edit.config_edits import SetLabel
from regclient.ops.edit.conversions import REFERENCE_DIGEST, REFERENCE_TYPE, ToDocker, ToOCI, ToOCIReferrers
from regclient.ops.edit.edit import Edit
from tests.fakes import images
from tests.fakes.editing import Studio, child_of, reaches_all
from tests.tables import table


def types_of(studio: Studio, index: Manifest) -> list[str]:
    child = child_of(studio.app, index, 0)
    assert isinstance(child, ImageManifest)
    assert isinstance(index, IndexManifest)
    return [
        index.media_type,
        index.manifests[0].media_type,
        child.media_type,
        child.config.media_type,
        child.layers[0].media_type,
    ]


def test_everything_is_called_by_the_other_types_and_back() -> None:
    studio = Studio()
    before = studio.multi()

    docker = studio.edit("multi", ToDocker(), create="docker").manifest
    back = studio.edit("docker", ToOCI()).manifest

    assert [
        mediatype.DOCKER_LIST,
        mediatype.DOCKER_MANIFEST,
        mediatype.DOCKER_MANIFEST,
        mediatype.DOCKER_CONFIG,
        mediatype.DOCKER_LAYER,
    ] == types_of(studio, docker)
    assert before.raw == back.raw
    assert studio.edit("docker", ToDocker()).idle


def test_a_config_changed_in_the_same_run_is_of_the_new_type() -> None:
    studio = Studio()
    studio.multi()

    assert mediatype.DOCKER_CONFIG == types_of(studio, studio.edit("multi", ToDocker(), SetLabel("a", "b")).manifest)[3]


def test_foreign_layers_have_a_counterpart() -> None:
    studio = Studio()
    images.external_image(studio.app, "far")

    docker = studio.edit("far", ToDocker(), create="docker").manifest
    oci = studio.edit("docker", ToOCI()).manifest

    assert isinstance(docker, ImageManifest)
    assert isinstance(oci, ImageManifest)
    assert [mediatype.DOCKER_FOREIGN_LAYER, mediatype.OCI_FOREIGN_LAYER_GZIP] == [
        docker.layers[1].media_type,
        oci.layers[1].media_type,
    ]


def test_what_docker_cannot_say_is_refused() -> None:
    studio = Studio()
    images.artifact(studio.app, name="artifact")
    images.schema1(studio.app, "old")

    with pytest.raises(UnsupportedMediaType, match="no artifacts"):
        studio.edit("artifact", ToDocker())
    with pytest.raises(UnsupportedMediaType, match="counterpart"):
        studio.edit("old", ToOCI())


def attested(studio: Studio, *, docker: bool = False, about: str = "") -> IndexManifest:
    """Push an index of an image and an attestation of it."""
    image = images.image(studio.app, None)
    statement = images.image(studio.app, None, seed="statement", docker=docker)
    noted = {REFERENCE_TYPE: "attestation-manifest", REFERENCE_DIGEST: about or str(image.digest)}
    index = IndexManifest.build(manifests=(image.descriptor, statement.descriptor.replace(annotations=noted)))
    studio.app.put_manifest(index, "attested")
    return index


@table("edits", [(), (SetLabel("a", "b"),)])
def test_attestations_become_referrers_of_what_they_are_about(edits: tuple[Edit, ...]) -> None:
    studio = Studio()
    attested(studio)

    index = studio.edit("attested", ToOCIReferrers(), *edits).manifest

    assert isinstance(index, IndexManifest)
    (entry,) = index.manifests
    (referrer,) = studio.app.referrers(entry.digest).descriptors
    found = studio.app.get_manifest(referrer.digest)
    assert "attestation-manifest" == found.annotations[REFERENCE_TYPE]
    assert found.subject is not None
    assert entry.digest == found.subject.digest
    assert reaches_all(studio.app, found)


def test_attestations_go_along_to_another_repository() -> None:
    studio = Studio()
    attested(studio)

    index = studio.edit("attested", ToOCIReferrers(), create="other:v1").manifest

    assert isinstance(index, IndexManifest)
    (referrer,) = studio.home("other").referrers(index.manifests[0].digest).descriptors
    assert reaches_all(studio.home("other"), studio.home("other").get_manifest(referrer.digest))


def test_an_attestation_that_names_its_subject_keeps_its_annotations() -> None:
    studio = Studio()
    image = images.image(studio.app, None)
    statement = images.artifact(studio.app, image)
    noted = {REFERENCE_TYPE: "attestation-manifest", REFERENCE_DIGEST: str(image.digest)}
    index = IndexManifest.build(manifests=(image.descriptor, statement.descriptor.replace(annotations=noted)))
    studio.app.put_manifest(index, "attested")

    studio.edit("attested", ToOCIReferrers())

    assert [statement.digest] == [entry.digest for entry in studio.app.referrers(image.digest).descriptors]


def test_an_attestation_of_what_is_not_there_is_refused() -> None:
    studio = Studio()
    attested(studio, about=str(Descriptor.of(b"x").digest))
    with pytest.raises(ManifestNotFound):
        studio.edit("attested", ToOCIReferrers())
    attested(studio, docker=True)
    with pytest.raises(UnsupportedMediaType, match="subject"):
        studio.edit("attested", ToOCIReferrers())
