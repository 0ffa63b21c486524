"""How requests fail."""

from __future__ import annotations

import json

from regclient import errors
from regclient.server.fault import Fault, answer_of, fault_of
from tests.tables import table


@table(
    ("error", "status", "code"),
    [
        (errors.BlobNotFound("x"), 404, "BLOB_UNKNOWN"),
        (errors.RepositoryNotFound("x"), 404, "NAME_UNKNOWN"),
        (errors.ManifestNotFound("x"), 404, "MANIFEST_UNKNOWN"),
        (errors.TagNotFound("x"), 404, "MANIFEST_UNKNOWN"),
        (errors.InvalidDigest("x"), 400, "DIGEST_INVALID"),
        (errors.DigestMismatch("x", "y"), 400, "DIGEST_INVALID"),
        (errors.SizeMismatch(1, 2), 400, "SIZE_INVALID"),
        (errors.SizeLimitExceeded(1), 413, "SIZE_INVALID"),
        (errors.UnsupportedMediaType("x"), 400, "MANIFEST_INVALID"),
        (errors.Unsupported("x"), 400, "UNSUPPORTED"),
        (errors.InvalidManifest("x"), 400, "MANIFEST_INVALID"),
        (errors.Denied("x"), 403, "DENIED"),
        (errors.Cancelled(), 503, "UNAVAILABLE"),
        (errors.LoopDetected("x"), 500, "UNKNOWN"),
    ],
)
def test_each_error_has_its_answer_when_writing(error: errors.RegistryClientError, status: int, code: str) -> None:
    fault = fault_of(error, reading=False)

    assert (status, code) == (fault.status, fault.code)


@table("error", [errors.DigestMismatch("x", "y"), errors.InvalidManifest("x"), errors.SizeLimitExceeded(1)])
def test_damage_found_while_reading_is_the_registrys_fault(error: errors.RegistryClientError) -> None:
    assert 500 == fault_of(error, reading=True).status
    assert 500 > fault_of(error, reading=False).status


def test_what_went_wrong_inside_is_not_told() -> None:
    assert "secret" not in fault_of(errors.RegistryClientError("/secret/path"), reading=True).message


def test_a_fault_becomes_the_document_of_the_spec() -> None:
    answer = answer_of(Fault(404, "BLOB_UNKNOWN", 'no "blob"', headers=(("X", "y"),)))

    assert isinstance(answer.body, bytes)
    assert {"errors": [{"code": "BLOB_UNKNOWN", "message": 'no "blob"'}]} == json.loads(answer.body)
    assert [("Content-Type", "application/json"), ("X", "y")] == answer.headers
    assert 404 == answer.status


def test_text_that_is_no_unicode_does_not_break_the_answer() -> None:
    answer = answer_of(Fault(400, "NAME_INVALID", "\ud800"))

    assert isinstance(answer.body, bytes)
    assert "?" == json.loads(answer.body)["errors"][0]["message"]
