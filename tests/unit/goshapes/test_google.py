"""The texts and documents are those of the Go program."""

from __future__ import annotations

import time

import pytest

from regclient.goshapes.google import manifest_info
from regclient.kit.gotemplate.jsontext import encode
from regclient.kit.gotemplate.template import parse
from tests.tables import table

FULL = {
    "imageSizeBytes": "12",
    "layerId": "",
    "mediaType": "a/b",
    "tag": ["x"],
    "timeCreatedMs": "1600000000123",
    "timeUploadedMs": "1600000001000",
}


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def shown(template: str, facts: object) -> str:
    return parse(template).render(manifest_info(facts))


def test_sizes_are_numbers_and_times_are_times() -> None:
    assert "12 a/b [x] true" == shown("{{.Size}} {{.MediaType}} {{.Tags}} {{gt .Size 5}}", FULL)
    assert "2020-09-13 12:26:40.123 +0000 UTC 2020-09-13 12:26:41 +0000 UTC" == shown("{{.Created}} {{.Uploaded}}", FULL)
    assert "2020" == shown("{{.Created.Year}}", FULL)


def test_times_are_those_of_the_local_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XST-05:30")
    time.tzset()

    assert "2020-09-13 17:56:40.123 +0530 XST" == shown("{{.Created}}", FULL)


@table(
    "facts",
    [
        {},
        "text",
        {"imageSizeBytes": "-1", "timeCreatedMs": "x", "timeUploadedMs": 5, "tag": "x"},
        {"timeCreatedMs": "9" * 5000},
    ],
)
def test_what_cannot_be_read_is_the_zero_value(facts: object) -> None:
    zero = "0001-01-01 00:00:00 +0000 UTC"

    assert f"0  {zero} {zero} []" == shown("{{.Size}} {{.MediaType}} {{.Created}} {{.Uploaded}} {{.Tags}}", facts)


@table(
    ("facts", "document"),
    [
        (
            FULL | {"mediaType": "", "tag": ["x"]},
            '{"imageSizeBytes":"12","mediaType":"","timeCreatedMs":"1600000000123","timeUploadedMs":"1600000001000","tag":["x"]}',
        ),
        (
            {"tag": [], "timeCreatedMs": "-1500"},
            '{"imageSizeBytes":"0","mediaType":"","timeCreatedMs":"-1500","timeUploadedMs":"-6795364578871","tag":[]}',
        ),
        (
            {},
            '{"imageSizeBytes":"0","mediaType":"","timeCreatedMs":"-6795364578871","timeUploadedMs":"-6795364578871","tag":null}',
        ),
    ],
)
def test_its_document_is_that_of_the_registry(facts: object, document: str) -> None:
    assert document == encode(manifest_info(facts))
