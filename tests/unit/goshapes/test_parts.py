from __future__ import annotations

import pytest

from regclient.goshapes import parts
from regclient.kit.gotemplate.values import Failure, Function, Named, Struct, is_nil, plain
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.headers import headers_of
from regclient.model.platform import Platform
from tests.tables import table


def called(value: Struct | Named, name: str, *arguments: object) -> object:
    method = value.methods[name]
    return method.call(*arguments) if isinstance(method, Function) else method(*arguments)


def test_empty_lists_and_maps_are_nil() -> None:
    assert is_nil(parts.texts(()))
    assert is_nil(parts.labels({}))
    assert ["a"] == plain(parts.texts(("a",)))
    assert {"a": "b"} == plain(parts.labels({"a": "b"}))


@table(
    ("text", "expected"),
    [
        (str(EMPTY.digest), None),
        ("sha256:abc", "invalid checksum digest format"),
        ("", "invalid checksum digest format"),
        ("md5:" + "0" * 32, "unsupported digest algorithm"),
    ],
)
def test_digests_validate_themselves(text: str, expected: str | None) -> None:
    assert expected == plain(called(parts.digest(text), "Validate"))


def test_a_digest_without_a_colon_has_no_parts() -> None:
    with pytest.raises(Failure):
        called(parts.digest("nonsense"), "Algorithm")


def test_descriptors_compare_with_views_of_descriptors_only() -> None:
    view = parts.descriptor(EMPTY)

    assert True is called(view, "Same", parts.descriptor(EMPTY))
    assert False is called(view, "Equal", parts.descriptor(EMPTY.replace(artifact_type="a/b")))
    with pytest.raises(Failure):
        called(view, "Same", parts.platform(Platform()))


def test_descriptors_nobody_knows_are_the_same() -> None:
    zero = parts.descriptor(None)

    assert True is called(zero, "Same", zero)
    assert False is called(zero, "Same", parts.descriptor(EMPTY))
    assert False is called(parts.descriptor(EMPTY), "Equal", zero)


def test_inline_data_must_be_what_the_digest_says() -> None:
    assert b"{}" == called(parts.descriptor(EMPTY), "GetData")
    for found in (None, EMPTY.replace(data=b"[]"), Descriptor.of(b"x")):
        with pytest.raises(Failure, match="parsing failed"):
            called(parts.descriptor(found), "GetData")


def test_no_reference_is_zero() -> None:
    assert True is called(parts.reference(None), "IsZero")
    assert "" == called(parts.reference(None), "CommonName")


def test_header_fields_are_found_whatever_their_case() -> None:
    found = parts.headers(headers_of([("etag", "a"), ("ETag", "b")]))

    assert "a" == called(found, "Get", "eTAG")
    assert ["a", "b"] == plain(called(found, "Values", "etag"))
    assert "" == called(found, "Get", "none")


def test_late_fields_are_made_once_when_asked_for() -> None:
    made: list[str] = []

    def make() -> int:
        made.append("B")
        return 2

    fields = parts.Fields({"A": 1}, {"B": make})

    assert (["A", "B"], 2, []) == (list(fields), len(fields), made)
    assert (2, 2, ["B"]) == (fields["B"], fields["B"], made)
    assert 2 == len(fields)
    with pytest.raises(KeyError):
        fields["C"]
