"""Listing tags and deleting one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from regclient.answers import TagList
from regclient.errors import (
    Denied,
    InvalidManifest,
    InvalidReference,
    RegistryFault,
    RepositoryNotFound,
    TagNotFound,
    Unreachable,
    UnsupportedMediaType,
)
from regclient.model.descriptor import EMPTY
from regclient.model.digest import Digest
from regclient.model.manifest import ImageManifest, parse_manifest
from regclient.model.mediatype import DOCKER_CONFIG, DOCKER_LAYER_GZIP, DOCKER_MANIFEST, OCI_CONFIG, OCI_LAYER, OCI_MANIFEST
from regclient.model.reference import Reference
from regclient.remote.repository import RemoteRepository
from regclient.remote.shared import Shared
from regclient.remote.tags import _date
from regclient.transport.messages import Request, Response
from tests.fakes.clock import FakeClock
from tests.fakes.script import Answer, ScriptedTransport, read_body
from tests.tables import table

LIST = "https://registry.example/v2/team/app/tags/list"


def page(tags: list[str] | None, link: str = "", **members: object) -> Answer:
    headers = {"Content-Type": "application/json"} | ({"Link": f'<{link}>; rel="next"'} if link else {})
    return Answer(200, headers, json.dumps({"name": "team/app", "tags": tags, **members}).encode())


def repository(*script: tuple[str, Answer]) -> tuple[RemoteRepository, ScriptedTransport]:
    transport = ScriptedTransport(*script)
    return RemoteRepository(
        Reference.parse("registry.example/team/app"), transport, shared=Shared(clock=FakeClock())
    ), transport


def tags_of(*script: tuple[str, Answer], limit: int | None = None, last: str | None = None) -> TagList:
    subject, transport = repository(*script)
    listed = subject.tags(limit=limit, last=last)
    transport.end()
    return listed


def test_tags_come_in_the_order_of_the_registry() -> None:
    listed = tags_of(("GET tags/list", page(["b", "a"])))

    assert ("team/app", ("b", "a"), LIST, "application/json") == (listed.name, listed.tags, listed.url, listed.media_type)
    assert b'{"name": "team/app", "tags": ["b", "a"]}' == listed.raw
    assert ("application/json",) == listed.headers["Content-Type"]


def test_pages_are_put_together_and_the_last_one_is_kept() -> None:
    listed = tags_of(("GET tags/list", page(["a"], "list?last=a")), (f"GET {LIST.replace('list', 'list?last=a')}", page(["b"])))

    assert (("a", "b"), f"{LIST}?last=a") == (listed.tags, listed.url)
    assert b"b" in listed.raw


@table("limit", [0, -1])
def test_a_limit_below_one_is_none(limit: int) -> None:
    script = (("GET tags/list", page(["a"], "list?last=a")), (f"GET {LIST}?last=a", page(["b"])))

    assert ("a", "b") == tags_of(*script, limit=limit).tags


def test_a_limit_ends_the_listing_and_may_be_passed_by_the_last_page() -> None:
    listed = tags_of(
        ("GET tags/list?n=3&last=0", page(["1", "2"], "list?last=2&n=3")),
        (f"GET {LIST}?last=2&n=3", page(["3", "4"], "list?last=4&n=3")),
        limit=3,
        last="0",
    )

    assert ("1", "2", "3", "4") == listed.tags


def test_no_tags_may_be_null() -> None:
    assert () == tags_of(("GET tags/list", page(None))).tags


def test_googles_children_and_manifests_are_kept() -> None:
    facts = {"imageSizeBytes": "12", "tag": ["a"]}
    listed = tags_of(
        ("GET tags/list", page(["a"], "list?last=a", child=["one"], manifest={"sha256:1": facts, "odd": 3})),
        (f"GET {LIST}?last=a", page([], child=["two", "one"], manifest={"sha256:2": {}})),
    )

    assert ("one", "two") == listed.children
    assert {"sha256:1": facts, "sha256:2": {}} == listed.manifests


def test_a_missing_repository_is_named() -> None:
    with pytest.raises(RepositoryNotFound, match=r"repository registry.example/team/app not found"):
        tags_of(("GET tags/list", Answer(404)))


@table("body", [b"", b"[]", b"{", b'{"tags": "a"}', b'{"tags": [1]}', b'{"name": 1}', b"[" * 100_000])
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidManifest):
        tags_of(("GET tags/list", Answer(200, {}, body)))


def test_a_page_of_a_web_site_is_refused() -> None:
    with pytest.raises(UnsupportedMediaType):
        tags_of(("GET tags/list", Answer(200, {"Content-Type": "text/html"}, b"<html>")))


@table("other", [page(["b"], name="team/other"), Answer(200, {"Content-Type": "text/plain"}, b'{"name": "team/app"}')])
def test_pages_of_different_lists_are_not_mixed(other: Answer) -> None:
    with pytest.raises(InvalidManifest, match="another list"):
        tags_of(("GET tags/list", page(["a"], "list?last=a")), (f"GET {LIST}?last=a", other))


@table("status", [202, 200, 204])
def test_a_tag_is_deleted_with_one_request(status: int) -> None:
    subject, transport = repository(("DELETE manifests/1", Answer(status)))
    subject.delete_tag("1")
    transport.end()

    assert transport.sent[0].request.quiet


def test_a_name_that_is_no_tag_is_never_sent() -> None:
    subject, _ = repository()

    with pytest.raises(InvalidReference):
        subject.delete_tag(str(Digest.of(b"")))


def test_a_tag_that_is_not_there_is_named() -> None:
    subject, _ = repository(("DELETE manifests/1", Answer(404)), ("HEAD manifests/1", Answer(404)))

    with pytest.raises(TagNotFound, match=r"tag 1 not found in registry.example/team/app"):
        subject.delete_tag("1")


@table("answer", [Answer(403), Answer(401)])
def test_a_refused_deletion_leaves_the_tag_alone(answer: Answer) -> None:
    subject, transport = repository(("DELETE manifests/1", answer))

    with pytest.raises(Denied):
        subject.delete_tag("1")
    transport.end()


def test_a_lost_connection_is_not_taken_for_an_old_registry() -> None:
    lost = Answer(error=Unreachable("registry.example", "reset"))
    subject, transport = repository(("DELETE manifests/1", lost), ("DELETE manifests/1", Answer(202)))
    subject.delete_tag("1")
    transport.end()

    assert [True, False] == [sent.request.quiet for sent in transport.sent]


@table(
    ("now", "expected"),
    [(0.0, "1970-01-01T00:00:00Z"), (1.25, "1970-01-01T00:00:01.25Z"), (1.000001, "1970-01-01T00:00:01.000001Z")],
)
def test_dates_tell_stand_ins_apart(now: float, expected: str) -> None:
    assert expected == _date(now)


class OldRegistry:
    """Deletes manifests and no tags. Not scripted, because the digests of what is pushed hold the time."""

    def __init__(self, media_type: str, *, deletes: bool = True) -> None:
        self.media_type = media_type
        self.deletes = deletes
        self.former = ImageManifest.build(config=EMPTY, layers=(EMPTY,), media_type=media_type)
        self.lines: list[str] = []
        self.bodies: list[bytes] = []

    def send(self, request: Request) -> Response:
        answer = self._answer(request.method, request.path)
        transport = ScriptedTransport((f"{request.method} {request.url or request.path}", answer))
        self.lines.append(f"{request.method} {request.url.rpartition('/')[2].partition('?')[0] or request.path}")
        self.bodies.append(read_body(request.body))
        return transport.send(replace(request, query=(), body=None))

    def _answer(self, method: str, path: str) -> Answer:
        facts = {"Content-Type": self.media_type, "Docker-Content-Digest": str(self.former.digest), "Content-Length": "9"}
        if method == "DELETE":
            return Answer(202 if self.deletes and "sha256:" in path else 405)
        if method == "HEAD":
            return Answer(200, facts)
        if method == "GET":
            return Answer(200, {"Content-Type": self.media_type}, self.former.raw)
        return Answer(202, {"Location": "/v2/team/app/blobs/uploads/1"}) if method == "POST" else Answer(201)


@table(
    ("media_type", "written", "config", "layer"),
    [
        (OCI_MANIFEST, OCI_MANIFEST, OCI_CONFIG, OCI_LAYER),
        (DOCKER_MANIFEST, DOCKER_MANIFEST, DOCKER_CONFIG, DOCKER_LAYER_GZIP),
    ],
)
def test_an_old_registry_loses_the_tag_with_a_manifest_of_its_own(
    media_type: str, written: str, config: str, layer: str
) -> None:
    transport = OldRegistry(media_type)
    RemoteRepository(Reference.parse("registry.example/team/app"), transport, shared=Shared(clock=FakeClock())).delete_tag("1")
    manifest = parse_manifest(transport.bodies[6], media_type=written)
    image = json.loads(transport.bodies[5])

    assert [
        "DELETE manifests/1",
        "HEAD manifests/1",
        *["POST blobs/uploads/", "PUT 1"] * 2,
        "PUT manifests/1",
        f"DELETE manifests/{manifest.digest}",
    ] == transport.lines
    assert isinstance(manifest, ImageManifest)
    assert (config, [layer], [EMPTY.digest]) == (
        manifest.config.media_type,
        [entry.media_type for entry in manifest.layers],
        [entry.digest for entry in manifest.layers],
    )
    assert {"delete-date": "2023-11-14T22:13:20Z", "delete-tag": "1"} == image["config"]["Labels"]
    assert {"type": "layers", "diff_ids": [str(EMPTY.digest)]} == image["rootfs"]


def test_the_tag_is_put_back_when_its_deletion_is_refused_at_the_end() -> None:
    transport = OldRegistry(OCI_MANIFEST, deletes=False)
    subject = RemoteRepository(Reference.parse("registry.example/team/app"), transport, shared=Shared(clock=FakeClock()))

    with pytest.raises(RegistryFault) as caught:
        subject.delete_tag("1")

    assert 405 == caught.value.status
    assert [f"GET manifests/{transport.former.digest}", "PUT manifests/1"] == transport.lines[-2:]
    assert transport.former.raw == transport.bodies[-1]
