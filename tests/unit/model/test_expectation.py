"""What is known of a blob before its bytes arrive."""

from __future__ import annotations

import pytest

from regclient.errors import DigestMismatch, SizeMismatch
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.expectation import Expectation
from tests.tables import table

CONTENT = b"content"
LAYER = Descriptor.of(CONTENT, "application/vnd.oci.image.layer.v1.tar")
NOTHING = Descriptor.of(b"")


def test_nothing_expected_accepts_anything() -> None:
    assert Descriptor.of(CONTENT) == Expectation.of(None).check(Digest.of(CONTENT), 7)


def test_the_media_type_expected_is_kept() -> None:
    assert LAYER == Expectation.of(LAYER).check(LAYER.digest, 7)


def test_another_digest_is_refused() -> None:
    with pytest.raises(DigestMismatch):
        Expectation.of(LAYER).check(Digest.of(b"CONTENT"), 7)


@table("size", [6, 8])
def test_another_size_is_refused(size: int) -> None:
    with pytest.raises(SizeMismatch):
        Expectation.of(LAYER).check(LAYER.digest, size)


def test_too_many_bytes_are_refused_before_their_end() -> None:
    Expectation.of(LAYER).check_size(6, ended=False)

    with pytest.raises(SizeMismatch, match="too many bytes"):
        Expectation.of(LAYER).check_size(8, ended=False)


def test_size_zero_is_not_known_unless_the_blob_is_empty() -> None:
    assert (None, 0) == (Expectation.of(LAYER.replace(size=0)).size, Expectation.of(NOTHING).size)


def test_a_negative_size_is_not_known() -> None:
    unknown = Expectation.of(LAYER.replace(size=-1))

    assert (LAYER.digest, None) == (unknown.digest, unknown.size)


def test_the_digest_of_nothing_with_an_unknown_size_only_asks_for_an_algorithm() -> None:
    asked = Expectation.of(Descriptor("", Digest.of(b"", "sha512"), -1))

    assert (None, None, "sha512") == (asked.digest, asked.size, asked.algorithm)
