"""A registry that misbehaves while we write to it: what arrives is whole, and a tag is never on missing content."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from regclient.errors import Denied, ManifestNotFound, RateLimited, RedirectRefused, Unreachable
from regclient.hosts import HostSettings
from regclient.model.reference import Reference
from regclient.transport.options import Retries, Timeouts, WireOptions
from tests.fakes.bench import LAYER, SIZE, TENTHS, Bench, bench_of, is_whole, single
from tests.fakes.faults import FaultRule

COPY_FROM_LAYOUT = 8
"""Requests of an undisturbed copy from a layout: the tag, then HEAD, POST and PUT for layer and config, and the manifest."""
CHUNK = 25_000
IN_PARTS = {"dst": HostSettings("dst", blob_chunk=CHUNK, blob_max=1000)}
LAYER_PUT = "digest="


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_of(tmp_path, names=("dst",)) as made:
        single(made.client.repository(made.layout))
        yield made


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Bench]:
    """The same, where the layer is sent in parts."""
    with bench_of(tmp_path, names=("dst",), settings=IN_PARTS) as made:
        single(made.client.repository(made.layout))
        yield made


def push(bench: Bench) -> None:
    bench.copy(source=bench.layout)


def fails(bench: Bench) -> Exception:
    return bench.failure(source=bench.layout)


def arrived(bench: Bench) -> bool:
    return is_whole(bench.dst.repository("app"), "latest")


def has_no_tag(bench: Bench) -> bool:
    return () == bench.dst.repository("app").tags().tags


def count(bench: Bench, method: str) -> int:
    return sum(1 for seen, _ in bench.dst.ledger if seen == method)


def test_an_undisturbed_copy_costs_what_it_must(bench: Bench) -> None:
    push(bench)

    assert arrived(bench)
    assert COPY_FROM_LAYOUT == bench.requests


# Cuts


@pytest.mark.parametrize("cut", [*TENTHS, SIZE - 1])
def test_a_layer_cut_at_any_tenth_of_its_way_arrives(bench: Bench, cut: int) -> None:
    rule = bench.dst.fault(FaultRule("PUT", LAYER_PUT, cut_upload=cut))
    push(bench)

    assert 1 == rule.struck
    assert arrived(bench)
    assert bench.requests <= COPY_FROM_LAYOUT + 4


@pytest.mark.parametrize("tenth", range(10))
def test_a_part_cut_at_any_tenth_of_its_way_arrives(parts: Bench, tenth: int) -> None:
    rule = parts.dst.fault(FaultRule("PATCH", first=2, cut_upload=CHUNK * tenth // 10))
    push(parts)

    assert 1 == rule.struck
    assert arrived(parts)
    assert count(parts, "PATCH") <= SIZE // CHUNK + 2


@pytest.mark.parametrize("tenth", range(10))
def test_a_manifest_cut_at_any_tenth_of_its_way_is_sent_again(bench: Bench, tenth: int) -> None:
    size = bench.client.manifest(bench.layout).descriptor.size
    rule = bench.dst.fault(FaultRule("PUT", "manifests/", cut_upload=size * tenth // 10))
    push(bench)

    assert 1 == rule.struck
    assert arrived(bench)
    assert COPY_FROM_LAYOUT + 1 == bench.requests


def test_a_connection_that_ends_before_every_answer_once_does_not_matter(bench: Bench) -> None:
    for method in ("HEAD", "POST", "PUT"):
        bench.dst.fault(FaultRule(method, hang_up=True))
    push(bench)

    assert arrived(bench)
    assert bench.requests <= COPY_FROM_LAYOUT + 5


@pytest.mark.parametrize("path", [LAYER_PUT, "manifests/"])
def test_an_answer_lost_is_not_an_upload_lost(bench: Bench, path: str) -> None:
    rule = bench.dst.fault(FaultRule("PUT", path, lose_answer=True))
    push(bench)

    assert 1 == rule.struck
    assert arrived(bench)
    assert bench.requests <= COPY_FROM_LAYOUT + 4


@pytest.mark.parametrize("first", range(1, 5))
def test_an_answer_to_any_part_may_be_lost(parts: Bench, first: int) -> None:
    rule = parts.dst.fault(FaultRule("PATCH", first=first, lose_answer=True))
    push(parts)

    assert 1 == rule.struck
    assert arrived(parts)
    assert count(parts, "PATCH") <= SIZE // CHUNK + 1


def test_a_layer_that_never_arrives_is_given_up_without_a_tag(bench: Bench) -> None:
    bench.dst.fault(FaultRule("PUT", LAYER_PUT, times=None, hang_up=True))
    bench.dst.fault(FaultRule("PATCH", times=None, hang_up=True))
    error = fails(bench)

    assert isinstance(error, Unreachable)
    assert bench.hosts["dst"] == error.host
    assert bench.requests <= 40
    assert has_no_tag(bench)


# Statuses


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_storm_of_faults_is_sat_out(bench: Bench, status: int) -> None:
    for method, path in (("HEAD", "blobs/"), ("POST", "mount="), ("PUT", LAYER_PUT), ("PUT", "manifests/")):
        bench.dst.fault(FaultRule(method, path, times=3, status=status))
    push(bench)

    assert arrived(bench)
    assert bench.requests <= COPY_FROM_LAYOUT + 14


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_storm_in_the_middle_of_parts_is_sat_out(parts: Bench, status: int) -> None:
    parts.dst.fault(FaultRule("PATCH", first=2, times=3, status=status))
    push(parts)

    assert arrived(parts)
    assert SIZE // CHUNK + 3 == count(parts, "PATCH")


@pytest.mark.parametrize(("method", "path"), [("POST", "uploads/"), ("PUT", LAYER_PUT), ("PUT", "manifests/")])
@pytest.mark.parametrize("status", [400, 403, 413, 500, 503])
def test_a_registry_that_never_takes_it_leaves_no_tag(bench: Bench, method: str, path: str, status: int) -> None:
    bench.dst.fault(FaultRule(method, path, times=None, status=status))
    error = fails(bench)

    assert bench.hosts["dst"] in str(error)
    assert str(status) in str(error) or isinstance(error, Denied)
    assert bench.requests <= 60
    assert has_no_tag(bench)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_retry_after_is_obeyed_while_sending(parts: Bench, method: str) -> None:
    rule = parts.dst.fault(FaultRule(method, times=2, status=429, headers={"Retry-After": "3"}))
    push(parts)

    assert 2 == rule.struck
    assert arrived(parts)
    assert sum(parts.clock.slept) >= 3


def test_a_limit_that_never_lifts_is_an_error_without_a_tag(bench: Bench) -> None:
    bench.dst.fault(FaultRule("PUT", times=None, status=429, headers={"Retry-After": "1"}))
    error = fails(bench)

    assert isinstance(error, RateLimited)
    assert bench.hosts["dst"] == error.host
    assert bench.requests <= 100
    assert has_no_tag(bench)


@pytest.mark.parametrize("status", [404, 416])
def test_a_session_that_is_forgotten_is_opened_anew(bench: Bench, status: int) -> None:
    bench.dst.fault(FaultRule("PUT", LAYER_PUT, status=status))
    bench.dst.fault(FaultRule("GET", "uploads/", status=404))
    push(bench)

    assert arrived(bench)
    assert bench.requests <= COPY_FROM_LAYOUT + 6


# Slow


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", LAYER_PUT), ("PUT", "manifests/"), ("POST", "mount="), ("HEAD", "blobs/")]
)
def test_a_request_that_is_not_answered_in_time_is_made_again(tmp_path: Path, method: str, path: str) -> None:
    wire = WireOptions(timeouts=Timeouts(answer=0.25), retries=Retries(limit=2))
    wait = threading.Event()
    with bench_of(tmp_path, names=("dst",), wire=wire) as bench:
        single(bench.client.repository(bench.layout))
        rule = bench.dst.fault(FaultRule(method, path, wait=wait))
        try:
            push(bench)
        finally:
            wait.set()

        assert 1 == rule.struck
        assert arrived(bench)
        assert 1 <= bench.broken
        assert bench.requests <= COPY_FROM_LAYOUT + 2 + bench.broken


# What the registry says it has


def test_a_registry_that_stored_something_else_is_not_believed(bench: Bench) -> None:
    wrong = {"Docker-Content-Digest": "sha256:" + "0" * 64}
    bench.dst.fault(FaultRule("PUT", LAYER_PUT, times=None, change=wrong))
    error = fails(bench)

    assert "digest mismatch" in str(error)
    assert has_no_tag(bench)
    assert bench.requests <= COPY_FROM_LAYOUT + 2


def test_a_manifest_stored_as_something_else_is_an_error(bench: Bench) -> None:
    bench.dst.fault(FaultRule("PUT", "manifests/", change={"Docker-Content-Digest": "sha256:" + "0" * 64}))

    assert "digest mismatch" in str(fails(bench))


def test_a_registry_that_claims_more_than_was_sent_is_asked_what_it_has(parts: Bench) -> None:
    rule = parts.dst.fault(FaultRule("PATCH", times=None, change={"Range": f"0-{10 * SIZE}"}))
    push(parts)

    assert SIZE // CHUNK == rule.struck
    assert arrived(parts)


def test_a_registry_that_keeps_nothing_of_any_part_is_given_up(parts: Bench) -> None:
    parts.dst.fault(FaultRule("PATCH", times=None, change={"Range": "0-0"}))
    error = fails(parts)

    assert parts.hosts["dst"] in str(error)
    assert has_no_tag(parts)
    assert count(parts, "PATCH") <= 20


def test_an_upload_led_in_a_circle_is_an_error(bench: Bench) -> None:
    bench.dst.fault(FaultRule("PUT", LAYER_PUT, times=None, redirect=f"http://{bench.hosts['dst']}"))
    bench.dst.fault(FaultRule("PATCH", times=None, redirect=f"http://{bench.hosts['dst']}"))
    error = fails(bench)

    assert isinstance(error, RedirectRefused)
    assert bench.hosts["dst"] == error.host
    assert bench.requests <= 20
    assert has_no_tag(bench)


def test_a_source_that_breaks_off_leaves_no_tag_and_no_blob(tmp_path: Path) -> None:
    with bench_of(tmp_path) as bench:
        layer = single(bench.src.repository("app")).layers[0]
        bench.src.fault(FaultRule("GET", str(layer.digest), times=None, cut_answer=SIZE // 2))
        bench.src.fault(FaultRule("GET", str(layer.digest), first=2, times=None, hang_up=True))
        error = bench.failure()

        assert isinstance(error, Unreachable)
        assert bench.hosts["src"] == error.host
        assert bench.dst.repository("app").stat_blob(layer) is None
        assert has_no_tag(bench)
        assert bench.requests <= 25


@pytest.mark.parametrize("cut", TENTHS)
def test_source_and_target_may_break_at_the_same_place(tmp_path: Path, cut: int) -> None:
    with bench_of(tmp_path) as bench:
        layer = single(bench.src.repository("app")).layers[0]
        bench.src.fault(FaultRule("GET", str(layer.digest), cut_answer=cut))
        bench.dst.fault(FaultRule("PUT", LAYER_PUT, cut_upload=cut))
        bench.copy()

        assert arrived(bench)
        assert LAYER == bench.client.repository(bench.target).open_blob(layer).__enter__().read()
        assert bench.requests <= 25


def test_a_deleted_source_tag_is_named(bench: Bench) -> None:
    missing = Reference.parse(bench.target).with_tag("never-pushed")

    with pytest.raises(ManifestNotFound, match=f"never-pushed not found in {bench.hosts['dst']}/app"):
        bench.client.manifest(missing)
