from __future__ import annotations

import json

from regclient.model import mediatype
from regclient.model.artifact import ArtifactManifest
from regclient.model.descriptor import EMPTY
from regclient.model.manifest import parse_manifest


def test_a_new_artifact_reads_back_as_itself() -> None:
    artifact = ArtifactManifest.build(blobs=[EMPTY], artifact_type="a/b", subject=EMPTY, annotations={"a": "b"})

    assert artifact == parse_manifest(artifact.raw)
    assert ["mediaType", "artifactType", "blobs", "subject", "annotations"] == list(json.loads(artifact.raw))


def test_an_artifact_with_nothing_still_says_what_it_is() -> None:
    assert b'{"mediaType":"application/vnd.oci.artifact.manifest.v1+json"}' == ArtifactManifest.build().raw


def test_blobs_can_be_changed() -> None:
    artifact = ArtifactManifest.build().replace(blobs=(EMPTY,))

    assert (EMPTY,) == artifact.blobs
    assert mediatype.OCI_ARTIFACT == artifact.media_type
