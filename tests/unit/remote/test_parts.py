"""Which blobs come in parts, and how many."""

from __future__ import annotations

from dataclasses import replace

from regclient.hosts import HostSettings
from regclient.remote.parts import Part, parts_of
from regclient.remote.shared import RemoteOptions
from tests.tables import table

OPTIONS = RemoteOptions(range_min=100, range_part=40, range_connections=4)
HOST = HostSettings("registry.example", req_concurrent=3)


def test_the_parts_are_all_of_the_blob_in_order() -> None:
    found = parts_of(130, OPTIONS, HOST)

    assert found is not None
    assert ["bytes=0-39", "bytes=40-79", "bytes=80-119", "bytes=120-129"] == [part.header for part in found.parts]


@table(
    ("size", "options", "host"),
    [
        (None, OPTIONS, HOST),
        (99, OPTIONS, HOST),
        (130, replace(OPTIONS, range_connections=1), HOST),
        (130, replace(OPTIONS, range_part=0), HOST),
        (130, replace(OPTIONS, range_min=0, range_part=130), HOST),
        (130, OPTIONS, replace(HOST, req_concurrent=1)),
        (130, OPTIONS, replace(HOST, req_per_sec=10)),
        (130, OPTIONS, replace(HOST, api_opts={"blobRanges": "0"})),
        (130, OPTIONS, replace(HOST, api_opts={"blobRanges": "1"})),
    ],
)
def test_what_is_small_or_asked_for_gently_comes_as_a_whole(
    size: int | None, options: RemoteOptions, host: HostSettings
) -> None:
    assert parts_of(size, options, host) is None


@table(
    ("told", "limit", "connections"),
    [("", 3, 3), ("", 0, 4), ("", 9, 4), ("2", 3, 2), ("8", 0, 8), ("8", 3, 3), ("many", 9, 4), ("-2", 9, 4)],
)
def test_connections_are_as_many_as_wanted_and_allowed(told: str, limit: int, connections: int) -> None:
    host = replace(HOST, req_concurrent=limit, api_opts={"blobRanges": told} if told else {})
    found = parts_of(130, OPTIONS, host)

    assert found is not None
    assert connections == found.connections


def test_a_part_knows_its_answer() -> None:
    part = Part(40, 80, 130)

    assert part.is_answered_by(206, {"Content-Range": ("bytes 40-79/130",)})
    assert not part.is_answered_by(206, {"Content-Range": ("bytes 0-39/130",)})
    assert not part.is_answered_by(200, {})
