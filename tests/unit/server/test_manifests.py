"""Manifests pulled, pushed and deleted."""

from __future__ import annotations

import json

from regclient.model import mediatype
from regclient.model.digest import Digest
from regclient.model.manifest import Manifest
from regclient.server.exchange import Policy
from tests.fakes import images
from tests.fakes.asking import Answer, Asker
from tests.tables import table


def push(asker: Asker, manifest: Manifest, name: object, query: str = "") -> Answer:
    return asker.ask("PUT", f"a/manifests/{name}{query}", manifest.raw, {"Content-Type": manifest.media_type})


def sample(seed: str = "") -> Manifest:
    return images.image(Asker().store.create("x"), seed=seed)


def test_a_manifest_pushed_under_a_tag_is_pulled_by_tag_and_digest() -> None:
    asker, manifest = Asker(), sample()

    answer = push(asker, manifest, "latest")

    assert (201, "/v2/a/manifests/latest") == (answer.status, answer.headers["Location"])
    assert str(manifest.digest) == answer.headers["Docker-Content-Digest"]
    for name in ("latest", manifest.digest):
        pulled = asker.ask("GET", f"a/manifests/{name}")
        assert (200, manifest.raw) == (pulled.status, pulled.body)
        assert manifest.media_type == pulled.headers["Content-Type"]
        assert str(manifest.digest) == pulled.headers["Docker-Content-Digest"]


def test_head_says_everything_but_the_bytes() -> None:
    asker, manifest = Asker(), sample()
    push(asker, manifest, "latest")

    pulled, head = asker.ask("GET", "a/manifests/latest"), asker.ask("HEAD", "a/manifests/latest")

    assert (200, b"") == (head.status, head.body)
    assert pulled.headers == head.headers
    assert str(len(manifest.raw)) == head.headers["Content-Length"]


@table("name", ["latest", Digest.of(b"x"), ".x", "a" * 129])
@table("method", ["GET", "HEAD"])
def test_what_is_not_there_is_unknown(method: str, name: object) -> None:
    asker = Asker()
    push(asker, sample(), "other")

    assert (404, "MANIFEST_UNKNOWN") == (
        asker.ask(method, f"a/manifests/{name}").status,
        asker.ask("GET", f"a/manifests/{name}").code,
    )


def test_a_repository_that_is_not_there_is_unknown() -> None:
    answer = Asker().ask("GET", "a/manifests/latest")

    assert (404, "NAME_UNKNOWN") == (answer.status, answer.code)


def test_bytes_are_kept_as_they_are() -> None:
    asker = Asker()
    raw = b' {"schemaVersion":2,  "manifests":[ ],"x":[1.0]}\n'
    asker.ask("PUT", "a/manifests/1", raw, {"Content-Type": f"{mediatype.OCI_INDEX}; charset=utf-8"})

    assert raw == asker.ask("GET", "a/manifests/1").body
    assert mediatype.OCI_INDEX == asker.ask("GET", "a/manifests/1").headers["Content-Type"]


def test_many_tags_are_set_with_one_push_by_digest() -> None:
    asker, manifest = Asker(), sample()

    answer = push(asker, manifest, manifest.digest, "?tag=1&tag=1.2&tag=1")

    assert (201, "1, 1.2") == (answer.status, answer.headers["OCI-Tag"])
    assert ["1", "1.2"] == asker.ask("GET", "a/tags/list").json["tags"]
    assert 200 == asker.ask("HEAD", f"a/manifests/{manifest.digest}").status


def test_tag_parameters_are_checked_and_counted() -> None:
    asker, manifest = Asker(Policy(tags_limit=2)), sample()

    assert "MANIFEST_INVALID" == push(asker, manifest, manifest.digest, "?tag=.x").code
    assert 414 == push(asker, manifest, manifest.digest, "?tag=1&tag=2&tag=3").status
    assert "OCI-Tag" not in push(asker, manifest, "latest", "?tag=1").headers
    assert ["latest"] == asker.ask("GET", "a/tags/list").json["tags"]


@table("algorithm", ["sha384", "sha512"])
def test_other_algorithms_name_a_manifest(algorithm: str) -> None:
    asker, manifest = Asker(), sample()
    digest = Digest.of(manifest.raw, algorithm)

    for name, query in ((digest, ""), (digest, "?tag=one"), ("two", f"?digest={digest}")):
        assert str(digest) == push(asker, manifest, name, query).headers["Docker-Content-Digest"]
    for name in (digest, "one", "two"):
        pulled = asker.ask("GET", f"a/manifests/{name}")
        assert (manifest.raw, str(digest)) == (pulled.body, pulled.headers["Docker-Content-Digest"])


def test_a_subject_is_acknowledged_and_listed() -> None:
    asker = Asker()
    subject = sample()
    attached = images.artifact(Asker().store.create("x"), subject)

    answer = push(asker, attached, attached.digest)

    assert str(subject.digest) == answer.headers["OCI-Subject"]
    listed = asker.ask("GET", f"a/referrers/{subject.digest}").json["manifests"]
    assert isinstance(listed, list)
    assert [str(attached.digest)] == [entry["digest"] for entry in listed]
    assert 202 == asker.ask("DELETE", f"a/manifests/{attached.digest}").status
    assert [] == asker.ask("GET", f"a/referrers/{subject.digest}").json["manifests"]


@table("name", [Digest.of(b"x"), Digest.of(b"x", "sha512")])
def test_the_wrong_digest_is_refused(name: Digest) -> None:
    answer = push(Asker(), sample(), name)

    assert (400, "DIGEST_INVALID") == (answer.status, answer.code)


def test_the_wrong_digest_beside_a_tag_is_refused() -> None:
    asker = Asker()

    assert "DIGEST_INVALID" == push(asker, sample(), "latest", f"?digest={Digest.of(b'x')}").code
    assert "DIGEST_INVALID" == push(asker, sample(), "sha256:baddigest").code
    assert [] == list(asker.store.names())


@table(
    ("raw", "media_type"),
    [
        (b"", mediatype.OCI_MANIFEST),
        (b"[]", mediatype.OCI_MANIFEST),
        (b"\xff\xfe", mediatype.OCI_INDEX),
        (b"{}", "text/plain"),
        (b"{}", ""),
        (b'{"schemaVersion":2,"mediaType":"a/b","manifests":[]}', mediatype.OCI_INDEX),
        (b'{"manifests":[{"digest":"x"}]}', mediatype.OCI_INDEX),
        (b"[" * 100_000, mediatype.OCI_INDEX),
    ],
)
def test_what_is_no_manifest_is_refused(raw: bytes, media_type: str) -> None:
    asker = Asker()

    answer = asker.ask("PUT", "a/manifests/latest", raw, {"Content-Type": media_type} if media_type else {})

    assert 400 == answer.status
    assert answer.code in {"MANIFEST_INVALID", "UNSUPPORTED", "DIGEST_INVALID"}
    assert [] == list(asker.store.names())


@table("chunked", ["", "yes"])
def test_a_manifest_over_the_limit_is_refused(chunked: str) -> None:
    asker = Asker(Policy(manifest_limit=100))

    answer = asker.ask("PUT", "a/manifests/latest", b" " * 101, {}, chunked=bool(chunked))

    assert (413, "SIZE_INVALID") == (answer.status, answer.code)


@table("tag", [".x", "a b", "a" * 129])
def test_what_is_no_tag_cannot_be_pushed_to(tag: str) -> None:
    assert (400, "MANIFEST_INVALID") == (push(Asker(), sample(), tag).status, push(Asker(), sample(), tag).code)


def test_every_kind_of_manifest_is_taken() -> None:
    asker = Asker()
    repository = Asker().store.create("x")
    kinds: list[Manifest] = [
        images.image(repository),
        images.image(repository, docker=True),
        images.index(repository),
        images.index(repository, docker=True),
        images.nested_index(repository),
        images.sparse_index(repository),
        images.external_image(repository),
        images.artifact(repository),
        images.schema1(repository),
        images.schema1(repository, signed=True),
    ]

    for manifest in kinds:
        assert 201 == push(asker, manifest, "latest").status
        pulled = asker.ask("GET", "a/manifests/latest")
        assert (manifest.raw, manifest.media_type) == (pulled.body, pulled.headers["Content-Type"])


@table(
    ("accept", "status"),
    [
        ((), 200),
        (("*/*",), 200),
        (("application/*;q=0.1",), 200),
        ((mediatype.OCI_INDEX, mediatype.OCI_MANIFEST), 200),
        ((f"text/html, {mediatype.OCI_MANIFEST};q=0.5",), 200),
        ((mediatype.OCI_INDEX,), 404),
        ((f"{mediatype.OCI_MANIFEST};q=0",), 404),
        (("", " , "), 200),
    ],
)
def test_a_manifest_is_given_to_those_who_accept_it(accept: tuple[str, ...], status: int) -> None:
    asker = Asker()
    push(asker, sample(), "latest")

    assert status == asker.ask("GET", "a/manifests/latest", headers={"Accept": accept}).status


def test_deleting_a_tag_leaves_the_manifest() -> None:
    asker, manifest = Asker(), sample()
    push(asker, manifest, "1")
    push(asker, manifest, "2")

    assert 202 == asker.ask("DELETE", "a/manifests/1").status
    assert [404, 200] == [asker.ask("HEAD", f"a/manifests/{name}").status for name in ("1", "2")]
    assert 404 == asker.ask("DELETE", "a/manifests/1").status


def test_deleting_a_manifest_deletes_its_tags() -> None:
    asker, manifest = Asker(), sample()
    push(asker, manifest, "1")
    push(asker, sample("other"), "2")

    assert 202 == asker.ask("DELETE", f"a/manifests/{manifest.digest}").status
    assert ["2"] == asker.ask("GET", "a/tags/list").json["tags"]
    assert 404 == asker.ask("HEAD", f"a/manifests/{manifest.digest}").status
    assert 404 == asker.ask("DELETE", f"a/manifests/{manifest.digest}").status


def test_errors_are_documents_of_the_spec() -> None:
    document = json.loads(Asker().ask("GET", "a/manifests/latest").body)

    assert {"errors"} == set(document)
    assert {"code", "message"} == set(document["errors"][0])
