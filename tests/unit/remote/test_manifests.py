"""Manifests of a registry, on the wire."""

from __future__ import annotations

import json

import pytest

from regclient.errors import (
    Denied,
    DigestMismatch,
    InvalidManifest,
    InvalidReference,
    ManifestNotFound,
    RegistryFault,
    RepositoryNotFound,
    SizeLimitExceeded,
    Unsupported,
    UnsupportedMediaType,
)
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import ImageManifest, Manifest, parse_manifest
from regclient.model.mediatype import DOCKER_MANIFEST, OCI_MANIFEST
from regclient.model.reference import Reference
from regclient.remote.manifests import ACCEPT, Manifests
from regclient.remote.shared import RemoteOptions, Shared
from regclient.remote.wire import Wire
from tests.fakes.script import Answer, ScriptedTransport
from tests.tables import table

IMAGE = ImageManifest.build(config=EMPTY, layers=(EMPTY,))
RAW = IMAGE.raw
DIGEST = IMAGE.digest
OTHER = Digest.of(b"other")
TYPED = {"Content-Type": OCI_MANIFEST}
NAMED = TYPED | {"Docker-Content-Digest": str(DIGEST)}
UNTYPED = RAW.replace(f'"mediaType":"{OCI_MANIFEST}",'.encode(), b"", 1)


def manifests(*script: tuple[str, Answer], options: RemoteOptions | None = None) -> Manifests:
    transport = ScriptedTransport(*script)
    wire = Wire(transport, Reference.parse("registry.example/team/app").repository_only())
    return Manifests(wire, Shared(options))


def transport_of(subject: Manifests) -> ScriptedTransport:
    assert isinstance(subject._wire.transport, ScriptedTransport)
    return subject._wire.transport


def test_a_head_gives_type_digest_and_size() -> None:
    subject = manifests(("HEAD manifests/latest", Answer(200, NAMED | {"Content-Length": "123"})))
    head = subject.head("latest")

    assert (OCI_MANIFEST, DIGEST, 123) == (head.media_type, head.digest, head.size)
    assert str(DIGEST) == head.headers["Docker-Content-Digest"][0]


def test_manifests_are_asked_for_in_the_agreed_order_of_types() -> None:
    subject = manifests(("HEAD manifests/latest", Answer(200, NAMED)))
    subject.head("latest")
    request = transport_of(subject).sent[0].request

    assert (
        "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
        "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json, "
        "application/vnd.docker.distribution.manifest.v1+prettyjws, application/vnd.docker.distribution.manifest.v1+json, "
        "application/vnd.oci.artifact.manifest.v1+json"
    ) == ACCEPT
    assert {"Accept": ACCEPT} == request.headers
    assert request.mirrors


def test_a_head_without_a_digest_says_so() -> None:
    assert manifests(("HEAD manifests/latest", Answer(200, TYPED))).head("latest").digest is None


def test_a_head_by_digest_needs_no_header() -> None:
    assert DIGEST == manifests((f"HEAD manifests/{DIGEST}", Answer(200, TYPED))).head(DIGEST).digest


def test_a_head_that_names_another_digest_is_refused() -> None:
    with pytest.raises(DigestMismatch):
        manifests((f"HEAD manifests/{OTHER}", Answer(200, NAMED))).head(OTHER)


def test_a_head_in_another_algorithm_than_the_registrys_cannot_be_compared() -> None:
    digest = Digest.of(RAW, "sha512")

    assert digest == manifests((f"HEAD manifests/{digest}", Answer(200, NAMED))).head(digest).digest


@table("media_type", ["", "application/json", "text/plain", "application/x-unknown"])
def test_a_head_of_something_else_than_a_manifest_is_refused(media_type: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        manifests(("HEAD manifests/latest", Answer(200, {"Content-Type": media_type}))).head("latest")


def test_a_missing_manifest_is_named() -> None:
    with pytest.raises(ManifestNotFound, match=r"manifest latest not found in registry.example/team/app"):
        manifests(("HEAD manifests/latest", Answer(404))).head("latest")


def test_a_name_that_is_no_tag_is_never_sent() -> None:
    with pytest.raises(InvalidReference):
        manifests().head("../../_catalog")


def test_resolving_takes_one_head() -> None:
    subject = manifests(("HEAD manifests/latest", Answer(200, NAMED | {"Content-Length": str(len(RAW))})))

    assert IMAGE.descriptor == subject.resolve("latest")


@table(
    "head",
    [
        Answer(200, TYPED | {"Content-Length": "9"}),
        Answer(200, NAMED),
        Answer(200, NAMED | {"Content-Type": "text/plain", "Content-Length": "9"}),
        Answer(error=Unsupported("HEAD is off")),
        Answer(405),
    ],
)
def test_resolving_falls_to_the_bytes_when_the_head_leaves_something_out(head: Answer) -> None:
    subject = manifests(("HEAD manifests/latest", head), ("GET manifests/latest", Answer(200, NAMED, RAW)))

    assert IMAGE.descriptor == subject.resolve("latest")


@table(("status", "kind"), [(401, Denied), (500, RegistryFault)])
def test_a_head_that_fails_is_not_tried_as_a_get(status: int, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        manifests(("HEAD manifests/latest", Answer(status))).resolve("latest")


@table("name", ["latest", DIGEST, Digest.of(RAW, "sha512")])
def test_a_manifest_keeps_its_bytes(name: str | Digest) -> None:
    manifest = manifests((f"GET manifests/{name}", Answer(200, TYPED, RAW))).get(name)

    assert RAW == manifest.raw
    assert isinstance(manifest, ImageManifest)
    assert name == (manifest.digest if isinstance(name, Digest) else name)


@table(("name", "headers"), [(OTHER, TYPED), ("latest", TYPED | {"Docker-Content-Digest": str(OTHER)})])
def test_other_bytes_than_promised_are_refused(name: str | Digest, headers: dict[str, str]) -> None:
    with pytest.raises(DigestMismatch):
        manifests((f"GET manifests/{name}", Answer(200, headers, RAW))).get(name)


@table("media_type", ["application/json", "text/plain; charset=utf-8", "application/octet-stream"])
def test_a_content_type_that_says_nothing_is_overruled_by_the_document(media_type: str) -> None:
    manifest = manifests(("GET manifests/latest", Answer(200, {"Content-Type": media_type}, RAW))).get("latest")

    assert OCI_MANIFEST == manifest.media_type


@table("media_type", ["application/json", "application/x-unknown"])
def test_without_a_type_in_the_document_nothing_is_guessed(media_type: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        manifests(("GET manifests/latest", Answer(200, {"Content-Type": media_type}, UNTYPED))).get("latest")


def test_an_unknown_content_type_is_not_overruled() -> None:
    with pytest.raises(UnsupportedMediaType):
        manifests(("GET manifests/latest", Answer(200, {"Content-Type": "application/x-unknown"}, RAW))).get("latest")


def test_a_document_that_contradicts_its_content_type_is_refused() -> None:
    with pytest.raises(InvalidManifest):
        manifests(("GET manifests/latest", Answer(200, {"Content-Type": DOCKER_MANIFEST}, RAW))).get("latest")


@table("headers", [TYPED, TYPED | {"Content-Length": "9999"}])
def test_a_manifest_over_the_limit_is_refused(headers: dict[str, str]) -> None:
    options = RemoteOptions(manifest_pull=len(RAW) - 1)

    with pytest.raises(SizeLimitExceeded):
        manifests(("GET manifests/latest", Answer(200, headers, RAW)), options=options).get("latest")


def test_a_limit_of_0_is_no_limit() -> None:
    options = RemoteOptions(manifest_pull=0, manifest_push=0)
    subject = manifests(
        ("GET manifests/latest", Answer(200, NAMED, RAW)), ("PUT manifests/latest", Answer(201)), options=options
    )

    assert IMAGE.digest == subject.put(subject.get("latest"), "latest")[0].digest


def test_what_is_about_to_be_changed_is_not_asked_of_a_mirror() -> None:
    subject = manifests(("GET manifests/latest", Answer(200, NAMED, RAW)))
    subject.get("latest", mirrors=False)

    assert not transport_of(subject).sent[0].request.mirrors


@table(("name", "path"), [("latest", "latest"), (DIGEST, str(DIGEST)), (None, str(DIGEST))])
def test_a_manifest_is_pushed_as_it_is(name: str | Digest | None, path: str) -> None:
    subject = manifests((f"PUT manifests/{path}", Answer(201, {"Docker-Content-Digest": str(DIGEST), "OCI-Subject": "x"})))
    stored, headers = subject.put(IMAGE, name)
    sent = transport_of(subject).sent[0]

    assert (IMAGE, ("x",)) == (stored, headers["Oci-Subject"])
    assert ({"Content-Type": OCI_MANIFEST}, RAW) == (sent.request.headers, sent.body)


def test_a_registry_that_stored_other_bytes_is_noticed() -> None:
    with pytest.raises(DigestMismatch, match=r"the manifest registry.example stored"):
        manifests(("PUT manifests/latest", Answer(201, {"Docker-Content-Digest": str(OTHER)}))).put(IMAGE, "latest")


@table("status", [200, 202])
def test_only_201_means_stored(status: int) -> None:
    with pytest.raises(RegistryFault):
        manifests(("PUT manifests/latest", Answer(status))).put(IMAGE, "latest")


def errors(*codes: str) -> bytes:
    return json.dumps({"errors": [{"code": code} for code in codes]}).encode()


@table("status", [400, 404])
def test_content_the_registry_does_not_know_is_told_by_its_code(status: int) -> None:
    answer = Answer(status, {}, errors("MANIFEST_BLOB_UNKNOWN"))

    with pytest.raises(RegistryFault) as caught:
        manifests(("PUT manifests/latest", answer)).put(IMAGE, "latest")
    assert (status, ("MANIFEST_BLOB_UNKNOWN",)) == (caught.value.status, caught.value.codes)


@table("body", [b"", errors("NAME_UNKNOWN")])
def test_a_repository_that_must_be_created_first_is_named(body: bytes) -> None:
    with pytest.raises(RepositoryNotFound, match=r"registry\.example/team/app"):
        manifests(("PUT manifests/latest", Answer(404, {}, body))).put(IMAGE, "latest")


def test_a_manifest_too_large_to_push_is_not_sent() -> None:
    with pytest.raises(SizeLimitExceeded):
        manifests(options=RemoteOptions(manifest_push=len(RAW) - 1)).put(IMAGE, "latest")


def test_a_digest_of_another_algorithm_is_computed_and_pushed() -> None:
    digest = Digest.of(RAW, "sha512")

    assert digest == manifests((f"PUT manifests/{digest}", Answer(201))).put(IMAGE, digest)[0].digest


def test_a_wrong_digest_is_never_sent() -> None:
    with pytest.raises(DigestMismatch):
        manifests().put(IMAGE, OTHER)


def sha512() -> Manifest:
    return parse_manifest(RAW, media_type=OCI_MANIFEST, algorithm="sha512")


def test_a_tag_in_another_algorithm_is_pushed_by_digest_with_the_tag_beside_it() -> None:
    manifest = sha512()
    answer = Answer(201, {"OCI-Tag": "other, latest", "Docker-Content-Digest": str(manifest.digest)})

    assert manifest == manifests((f"PUT manifests/{manifest.digest}?tag=latest", answer)).put(manifest, "latest")[0]


def test_a_registry_without_tag_parameters_gets_the_digest_beside_the_tag() -> None:
    manifest = sha512()
    query = str(manifest.digest).replace(":", "%3A")
    subject = manifests(
        (f"PUT manifests/{manifest.digest}?tag=latest", Answer(201)), (f"PUT manifests/latest?digest={query}", Answer(201))
    )

    assert manifest == subject.put(manifest, "latest")[0]


def test_a_registry_that_only_speaks_sha256_cannot_tag_another_algorithm() -> None:
    manifest = sha512()

    with pytest.raises(DigestMismatch):
        manifests((f"PUT manifests/{manifest.digest}?tag=latest", Answer(201, {"Docker-Content-Digest": str(DIGEST)}))).put(
            manifest, "latest"
        )


def test_a_manifest_is_deleted_by_digest() -> None:
    subject = manifests((f"DELETE manifests/{DIGEST}", Answer(202)))
    subject.delete(DIGEST)

    transport_of(subject).end()


def test_deleting_what_is_not_there_names_it() -> None:
    with pytest.raises(ManifestNotFound):
        manifests((f"DELETE manifests/{DIGEST}", Answer(404))).delete(DIGEST)


def test_a_cached_manifest_costs_no_request_until_it_is_deleted() -> None:
    subject = manifests(
        ("GET manifests/latest", Answer(200, NAMED, RAW)),
        (f"DELETE manifests/{DIGEST}", Answer(202)),
        (f"GET manifests/{DIGEST}", Answer(404)),
        options=RemoteOptions(cache_timeout=300, cache_count=500),
    )
    fetched = subject.get("latest")

    assert fetched is subject.get(DIGEST)
    assert (DIGEST, len(RAW)) == (subject.head(DIGEST).digest, subject.head(DIGEST).size)
    subject.delete(DIGEST)
    with pytest.raises(ManifestNotFound):
        subject.get(DIGEST)


def test_tags_are_never_cached() -> None:
    answer = Answer(200, NAMED, RAW)
    options = RemoteOptions(cache_timeout=300, cache_count=500)
    subject = manifests(("GET manifests/latest", answer), ("GET manifests/latest", answer), options=options)
    subject.get("latest")
    subject.get("latest")

    transport_of(subject).end()


def test_a_descriptor_is_all_that_resolving_returns() -> None:
    subject = manifests(("HEAD manifests/latest", Answer(200, NAMED | {"Content-Length": str(len(RAW))})))

    assert Descriptor(OCI_MANIFEST, DIGEST, len(RAW)) == subject.resolve("latest")
