from __future__ import annotations

import hashlib

import pytest

from tests.claims import claims
from tests.fakes import images
from tests.fakes.console import Console
from tests.programs.linked import damage
from tests.programs.regctl.conftest import Disk, Served

HELLO = "sha256:" + hashlib.sha256(b"hello world").hexdigest()


def test_a_blob_goes_up_comes_back_and_goes_away(regctl: Console, disk: Disk) -> None:
    assert (0, f"{HELLO}\n", "") == regctl("blob", "put", disk.target, stdin=b"hello world")
    assert (0, "hello world", "") == regctl("blob", "get", disk.target, HELLO)
    assert (0, "", "") == regctl("blob", "delete", disk.target, HELLO)
    ended = regctl("blob", "get", disk.target, HELLO)
    assert (1, "") == (ended.code, ended.out)


@claims("regctl blob put --digest")
def test_the_digest_of_an_upload_is_checked_unless_it_is_none(regctl: Console, disk: Disk) -> None:
    put = ("blob", "put", disk.target, "--digest")
    sha512 = "sha512:" + hashlib.sha512(b"hello world").hexdigest()

    assert (0, f"{HELLO}\n", "") == regctl(*put, "junk", stdin=b"hello world")
    assert (0, f"{sha512}\n", "") == regctl(*put, sha512, stdin=b"hello world")
    ended = regctl(*put, "sha256:" + "0" * 64, stdin=b"hello world")
    assert (1, "") == (ended.code, ended.out)
    assert "digest mismatch" in ended.err


@claims("regctl blob put --format", "regctl blob put --content-type")
def test_the_output_of_an_upload_follows_the_template(regctl: Console, disk: Disk) -> None:
    put = ("blob", "put", disk.target)

    assert f"{HELLO} 11" == regctl(*put, "--format", "{{ .Digest }} {{ .Size }}", stdin=b"hello world").out
    assert "" == regctl(*put, "--format", "", stdin=b"hello world").out
    assert "content-type" in regctl(*put, "--content-type", "text/plain", "-v", "info", stdin=b"hello world").err
    assert "" == regctl(*put, "-v", "info", stdin=b"hello world").err


@claims("regctl blob get --format", "regctl blob get --media-type")
def test_a_blob_is_written_as_it_is_unless_a_template_says_otherwise(regctl: Console, disk: Disk) -> None:
    get = ("blob", "get", disk.source, disk.digests["empty"])

    assert "{}" == regctl(*get).out == regctl(*get, "--format", "body").out == regctl(*get, "--format", "{{printPretty .}}").out
    assert f"{disk.digests['empty']} 2" == regctl(*get, "--format", "{{ .GetDescriptor.Digest }} {{ .GetDescriptor.Size }}").out
    assert "media-type" in regctl(*get, "--media-type", "text/plain", "-v", "info").err
    assert "" == regctl(*get, "-v", "info").err


@claims("regctl blob head --format")
def test_the_headers_of_a_blob_are_shown(served: Served) -> None:
    repository = served.registry.repository("app")
    digest = str(images.blob(repository, b"hello world").digest)
    asked = ("blob", "head", f"{served.address}/app", digest)

    assert "Content-Length: 11" in served(*asked).out.splitlines()
    assert served(*asked).out == served(*asked, "--format", "headers").out
    assert digest == served(*asked, "--format", "{{ .GetDescriptor.Digest }}").out
    assert "raw" == served(*asked, "--format", "raw").out
    raw = served("blob", "get", f"{served.address}/app", digest, "--format", "raw").out
    assert ("Content-Length: 11" in raw, raw.endswith("\n\nhello world")) == (True, True)


def test_a_layout_only_says_whether_a_blob_is_there(regctl: Console, disk: Disk) -> None:
    assert (0, "", "") == regctl("blob", "head", disk.source, disk.digests["empty"])
    ended = regctl("blob", "head", disk.source, HELLO)
    assert (1, "") == (ended.code, ended.out)
    assert "not found" in ended.err


def test_a_blob_is_copied(regctl: Console, served: Served, disk: Disk) -> None:
    digest = disk.digests["base.layer"]

    assert (0, "", "") == served("blob", "copy", disk.source, f"{served.address}/app", digest)
    assert (0, "", "") == served("blob", "copy", f"{served.address}/app", f"{served.address}/other", digest)
    assert any(method == "POST" and "mount=" in address for method, address in served.registry.ledger)
    assert regctl("blob", "get", disk.source, digest).out == served("blob", "get", f"{served.address}/other", digest).out


@pytest.mark.parametrize("word", ["text", "sha256:00", "md5:" + "0" * 32, ""])
def test_what_is_no_digest_is_refused(regctl: Console, disk: Disk, word: str) -> None:
    for command in ("get", "head", "delete"):
        ended = regctl("blob", command, disk.source, word)
        assert (1, "", 1) == (ended.code, ended.out, ended.err.count("\n"))


def test_a_damaged_blob_fails_although_it_was_written(regctl: Console, disk: Disk) -> None:
    algorithm, _, hexadecimal = disk.digests["base.layer"].partition(":")
    damage(disk.root / "src" / "blobs" / algorithm / hexadecimal, b"damaged")

    ended = regctl("blob", "get", disk.source, disk.digests["base.layer"])

    assert 1 == ended.code
    assert "digest mismatch" in ended.err


def test_bytes_on_their_way_are_shown_to_who_watches(regctl: Console, disk: Disk) -> None:
    put = regctl("blob", "put", disk.target, stdin=b"x" * 5000, terminal=True)
    got = regctl("blob", "get", disk.target, put.out.strip(), terminal=True)

    assert "Blobs: 5.000kB copied" in put.err
    assert ("x" * 5000, True) == (got.out, "\x1b[" in got.err)
    assert "" == regctl("blob", "get", disk.target, put.out.strip()).err
