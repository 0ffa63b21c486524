from __future__ import annotations

import json

import pytest

from tests.claims import claims
from tests.fakes import images
from tests.fakes.console import Console
from tests.fakes.faults import FaultRule
from tests.programs.regctl.conftest import Disk, Served
from tests.tables import table

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


@claims("regctl manifest get --format", "regctl manifest get --platform")
def test_a_manifest_is_shown_as_asked(regctl: Console, disk: Disk) -> None:
    asked = ("manifest", "get", f"{disk.source}:v1")

    assert f"MediaType:          {INDEX}\n" in regctl(*asked).out
    assert MANIFEST == regctl(*asked, "-p", "linux/arm64", "--format", "{{ .MediaType }}").out
    assert INDEX == regctl(*asked, "--format", "{{ .MediaType }}").out


@pytest.mark.parametrize("word", ["raw-body", "rawBody", "body"])
def test_the_bytes_of_a_manifest_come_as_they_are(regctl: Console, disk: Disk, word: str) -> None:
    path = disk.root / "src" / "blobs" / "sha256" / disk.digests["multi"].partition(":")[2]

    assert path.read_text() == regctl("manifest", "get", f"{disk.source}:v1", "--format", word).out


@pytest.mark.parametrize("word", ["raw-headers", "rawHeaders", "headers"])
def test_the_headers_of_an_answer_are_shown_by_name(served: Served, word: str) -> None:
    manifest = images.image(served.registry.repository("app"), "v1")
    got = served("manifest", "get", f"{served.address}/app:v1", "--format", word).out.splitlines()
    head = served("manifest", "head", f"{served.address}/app:v1", "--format", word).out.splitlines()

    assert f"Docker-Content-Digest: {manifest.digest}" in got
    assert f"Docker-Content-Digest: {manifest.digest}" in head
    assert sorted(got) == got


def test_raw_is_headers_and_body_with_an_empty_line_between(served: Served) -> None:
    images.image(served.registry.repository("app"), "v1")
    asked = ("manifest", "get", f"{served.address}/app:v1", "--format")
    head, _, body = served(*asked, "raw").out.partition("\n\n")

    assert served(*asked, "body").out == body
    assert f"Content-Type: {MANIFEST}" in head.splitlines()


@claims("regctl manifest get --list", "regctl manifest get --require-list")
def test_the_old_flags_about_lists_only_speak(regctl: Console, disk: Disk) -> None:
    asked = ("manifest", "get", f"{disk.source}:v1")

    assert regctl(*asked).out == regctl(*asked, "--list").out
    assert "list option" in regctl(*asked, "--list", "-v", "info").err
    assert (0, 1) == (regctl(*asked, "-plinux").code, regctl(*asked, "-plinux", "--require-list").code)


@claims("regctl manifest head --platform", "regctl manifest head --format")
def test_the_digest_is_printed_unless_a_template_says_otherwise(regctl: Console, disk: Disk) -> None:
    asked = ("manifest", "head", f"{disk.source}:v1")

    assert f"{disk.digests['multi']}\n" == regctl(*asked).out == regctl(*asked, "--format", "digest").out
    assert f"{disk.digests['arm64']}\n" == regctl(*asked, "--platform", "linux/arm64").out
    assert "true" == regctl(*asked, "--format", "{{ .IsList }}").out


@pytest.mark.parametrize("word", ["raw", "raw-body", "body"])
def test_a_head_has_no_body_so_its_words_print_themselves(regctl: Console, disk: Disk, word: str) -> None:
    assert (0, word, "") == regctl("manifest", "head", f"{disk.source}:v1", "--format", word)


@claims("regctl manifest head --require-digest")
def test_the_manifest_is_fetched_where_a_head_names_no_digest(served: Served) -> None:
    digest = images.image(served.registry.repository("app"), "v1").digest
    served.registry.quirks.head_digests = False
    asked = ("manifest", "head", f"{served.address}/app:v1")

    assert f"{digest}\n" == served(*asked).out == served(*asked, "--format", "digest", "--require-digest").out
    assert "\n" == served(*asked, "--require-digest=false").out == served(*asked, "--format", "digest").out


@claims("regctl manifest head --list", "regctl manifest head --require-list")
def test_the_old_flags_of_head_only_speak(regctl: Console, disk: Disk) -> None:
    asked = ("manifest", "head", f"{disk.source}:v1")

    assert "list option" in regctl(*asked, "--list", "-v", "info").err
    assert "" == regctl(*asked, "-v", "info").err
    assert (0, 1) == (regctl(*asked, "-plinux").code, regctl(*asked, "-plinux", "--require-list").code)


@claims("regctl manifest put --by-digest", "regctl manifest put --format")
def test_a_manifest_is_pushed_byte_for_byte(regctl: Console, disk: Disk) -> None:
    body = regctl("manifest", "get", f"{disk.source}:annotated", "--format", "body").out.encode()

    assert (0, "", "") == regctl("manifest", "put", f"{disk.target}:v1", stdin=body)
    assert f"{disk.digests['annotated']}\n" == regctl("image", "digest", f"{disk.target}:v1").out
    ended = regctl("manifest", "put", f"{disk.target}:v2", "--by-digest", stdin=body)
    assert (0, f"{disk.digests['annotated']}\n", "") == ended
    assert "v2" not in regctl("tag", "ls", disk.target).out
    template = ("--format", "{{ .Manifest.GetDigest }}")
    assert disk.digests["annotated"] == regctl("manifest", "put", f"{disk.target}:v3", *template, stdin=body).out


@claims("regctl manifest put --content-type")
def test_the_media_type_is_told_where_the_document_does_not(regctl: Console, disk: Disk) -> None:
    body = json.dumps({"schemaVersion": 2, "config": {"mediaType": "x/y", "digest": disk.digests["empty"], "size": 2}}).encode()

    assert 1 == regctl("manifest", "put", f"{disk.target}:v1", stdin=b"{}").code
    assert 0 == regctl("manifest", "put", f"{disk.target}:v1", "-t", MANIFEST, stdin=body).code
    ended = regctl(
        "manifest",
        "put",
        f"{disk.target}:v1",
        "-t",
        INDEX,
        stdin=body.replace(b"{", b'{"mediaType":"%s",' % MANIFEST.encode(), 1),
    )
    assert 1 == ended.code


def test_a_manifest_that_is_not_the_one_named_is_refused(regctl: Console, disk: Disk) -> None:
    body = regctl("manifest", "get", f"{disk.source}:annotated", "--format", "body").out.encode()
    ended = regctl("manifest", "put", f"{disk.target}@{disk.digests['single']}", stdin=body)

    assert (1, "") == (ended.code, ended.out)
    assert "digest mismatch" in ended.err


def test_more_than_any_manifest_is_refused(regctl: Console, disk: Disk) -> None:
    ended = regctl("manifest", "put", f"{disk.target}:v1", stdin=b"{" + b" " * (9 << 20))

    assert (1, "") == (ended.code, ended.out)
    assert "larger than the limit" in ended.err


@claims("regctl manifest delete --force-tag-dereference")
def test_a_delete_needs_a_digest_or_the_word_for_it(regctl: Console, disk: Disk) -> None:
    regctl("image", "copy", f"{disk.source}:single", f"{disk.target}:v1")
    ended = regctl("manifest", "delete", f"{disk.target}:v1")

    assert (1, "digest missing") == (ended.code, ended.err[:14])
    assert (0, "", "") == regctl("manifest", "delete", f"{disk.target}:v1", "--force-tag-dereference")
    assert 1 == regctl("image", "digest", f"{disk.target}:v1").code


@claims("regctl manifest delete --ignore-missing")
def test_a_missing_manifest_is_forgiven_when_asked_for(regctl: Console, disk: Disk) -> None:
    missing = f"{disk.source}@sha256:{'0' * 64}"

    assert 1 == regctl("manifest", "delete", missing).code
    assert (0, "", "") == regctl("manifest", "delete", missing, "--ignore-missing")
    tag = (f"{disk.source}:nothing", "--force-tag-dereference")
    assert (1, 0) == (regctl("manifest", "delete", *tag).code, regctl("manifest", "delete", *tag, "--ignore-missing").code)


@table("noun", ["manifest", "image"])
def test_a_missing_tag_is_forgiven_though_no_tag_may_be_deleted(noun: str, served: Served) -> None:
    images.image(served.registry.repository("app"), "v1")
    there, gone = f"{served.address}/app:v1", f"{served.address}/app:gone"

    assert "digest missing" in served(noun, "delete", gone).err
    for missing in ((gone,), (gone, "--referrers"), (f"{served.address}/app",)):
        assert (0, "", "") == served(noun, "delete", *missing, "--ignore-missing")
    assert "digest missing" in served(noun, "delete", there, "--ignore-missing").err
    assert 0 == served("image", "digest", there).code


def test_a_tag_that_outlived_its_manifest_is_missing_too(served: Served) -> None:
    images.image(served.registry.repository("app"), "v1")
    for method in ("DELETE", "HEAD"):
        served.registry.fault(FaultRule(method, "manifests/sha256", times=None, status=404))
    tag = ("manifest", "delete", f"{served.address}/app:v1", "--force-tag-dereference")

    assert (1, 0) == (served(*tag).code, served(*tag, "--ignore-missing").code)


def test_other_failures_of_a_delete_are_not_forgiven(regctl: Console, served: Served, plain: str) -> None:
    missing = f"app@sha256:{'0' * 64}"

    assert 1 == regctl("manifest", "delete", f"{plain}/{missing}", "--ignore-missing").code
    assert 0 == served("manifest", "delete", f"{served.address}/{missing}", "--ignore-missing").code


@claims("regctl manifest delete --referrers")
def test_a_referrer_is_taken_off_the_list_of_its_subject(served: Served) -> None:
    repository = served.registry.repository("app")
    subject = images.image(repository, "v1")
    served.registry.quirks.referrers = False
    lists = f"{served.address}/app:{str(subject.digest).replace(':', '-')}"
    for flags, left in (("--referrers",), 0), ((), 1):
        attached = images.artifact(repository, subject, content=f"{flags}".encode())
        body = served("manifest", "get", f"{served.address}/app@{attached.digest}", "--format", "body").out
        assert 0 == served("manifest", "put", f"{served.address}/app@{attached.digest}", stdin=body.encode()).code
        assert 0 == served("manifest", "delete", f"{served.address}/app@{attached.digest}", *flags).code
        listed = served("manifest", "get", lists, "--format", "{{ len .Manifests }}")
        assert left == int(listed.out or 0), flags


def test_what_is_no_manifest_is_refused_with_its_reason(regctl: Console, disk: Disk) -> None:
    for content, said in (b"", "manifest missing from standard input, which is empty\n"), (b"x", "not JSON: Expecting value"):
        ended = regctl("manifest", "put", f"{disk.target}:x", stdin=content)

        assert (1, "") == (ended.code, ended.out)
        assert said in ended.err


def test_a_layout_named_by_tag_and_digest_gets_the_tag_when_the_digest_is_right(regctl: Console, disk: Disk) -> None:
    regctl("image", "copy", f"{disk.source}:single", f"{disk.target}:there")
    body = regctl("manifest", "get", f"{disk.source}:single", "--format", "raw-body").out.encode()

    assert 1 == regctl("manifest", "put", f"{disk.target}:x@sha256:{'0' * 64}", stdin=body).code
    assert "there\n" == regctl("tag", "ls", disk.target).out
    assert (0, "", "") == regctl("manifest", "put", f"{disk.target}:x@{disk.digests['single']}", stdin=body)
    assert "there\nx\n" == regctl("tag", "ls", disk.target).out
