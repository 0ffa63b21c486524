"""A registry that misbehaves while we read from it: copies over real sockets end right, or with an error that names the host.

Small layers are read at once and asked for again when they are cut; larger ones go on where they ended. Waiting takes no time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from regclient.errors import DigestMismatch, RateLimited, RegistryFault, SizeMismatch, Unreachable
from regclient.model.descriptor import Descriptor
from regclient.transport.options import Retries, Timeouts, WireOptions
from tests.fakes.bench import CONFIG, LAYER, SIZE, TENTHS, Bench, bench_of, is_whole, single
from tests.fakes.faults import FaultRule

COPY_TO_LAYOUT = 3
"""Requests of an undisturbed copy to a layout: manifest, layer, config."""
FAILED = 2
"""The same when the layer cannot be had: the large blob comes first."""
STILL = WireOptions(timeouts=Timeouts(idle=0.5), retries=Retries(limit=1))
SILENT = WireOptions(timeouts=Timeouts(answer=0.25), retries=Retries(limit=1))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_of(tmp_path, names=("src",)) as made:
        single(made.src.repository("app"))
        yield made


def layer_rule(bench: Bench, **what: object) -> FaultRule:
    """Script a fault of the answers that carry the layer."""
    layer = bench.src.repository("app").get_manifest("latest").layers[0]  # type: ignore[attr-defined]
    return bench.src.fault(FaultRule("GET", str(layer.digest), **what))  # type: ignore[arg-type]


def ranges(bench: Bench) -> tuple[str, ...]:
    """Return which ranges were asked for."""
    return tuple(value for request in bench.src.requests for value in request.headers.get("Range", ()))


def arrived(bench: Bench) -> bool:
    return is_whole(bench.in_layout(), "latest")


def nothing_arrived(bench: Bench) -> bool:
    """Whether there is no tag, and no file under a name that promises content it does not have."""
    layer = bench.src.repository("app").get_manifest("latest").layers[0]  # type: ignore[attr-defined]
    files = {path.name for path in (bench.place / "layout").rglob("*") if path.is_file()}
    return files <= {"oci-layout", Descriptor.of(CONFIG).digest.hex} and layer.digest.hex not in files


# Cuts


@pytest.mark.parametrize("cut", [*TENTHS, SIZE - 1])
def test_a_layer_cut_at_any_tenth_goes_on_where_it_ended(bench: Bench, cut: int) -> None:
    rule = layer_rule(bench, cut_answer=cut)
    bench.copy(bench.layout)

    assert 1 == rule.struck
    assert arrived(bench)
    assert COPY_TO_LAYOUT + 1 == bench.requests
    assert (f"bytes={cut}-{SIZE - 1}",) == ranges(bench)


@pytest.mark.parametrize("tenth", range(10))
def test_a_small_layer_cut_at_any_tenth_is_asked_for_again(bench: Bench, tenth: int) -> None:
    single(bench.src.repository("app"), content=LAYER[:1000])
    rule = layer_rule(bench, cut_answer=tenth * 100)
    bench.copy(bench.layout)

    assert 1 == rule.struck
    assert arrived(bench)
    assert COPY_TO_LAYOUT + 1 == bench.requests


@pytest.mark.parametrize("tenth", range(10))
def test_a_manifest_cut_at_any_tenth_is_asked_for_again(bench: Bench, tenth: int) -> None:
    size = bench.src.repository("app").resolve("latest").size
    rule = bench.src.fault(FaultRule("GET", "manifests/", cut_answer=size * tenth // 10))
    bench.copy(bench.layout)

    assert 1 == rule.struck
    assert arrived(bench)
    assert COPY_TO_LAYOUT + 1 == bench.requests


def test_a_connection_that_ends_before_every_answer_once_costs_one_request_each(bench: Bench) -> None:
    bench.src.fault(FaultRule(path="manifests/", hang_up=True))
    bench.src.fault(FaultRule(path="blobs/", times=2, hang_up=True))
    bench.copy(bench.layout)

    assert arrived(bench)
    assert COPY_TO_LAYOUT + 3 == bench.requests


def test_a_layer_cut_after_every_tenth_of_it_arrives_in_ten_answers(bench: Bench) -> None:
    rule = layer_rule(bench, times=None, cut_answer=SIZE // 10)
    bench.copy(bench.layout)

    assert 10 == rule.struck
    assert arrived(bench)
    assert COPY_TO_LAYOUT + 9 == bench.requests


@pytest.mark.parametrize("kept", [0, 1, 100])
def test_a_layer_that_never_gets_on_is_given_up(bench: Bench, kept: int) -> None:
    layer_rule(bench, times=None, cut_answer=kept)
    error = bench.failure(bench.layout)

    assert isinstance(error, Unreachable)
    assert bench.hosts["src"] == error.host
    assert f"of {SIZE}" in str(error)
    assert FAILED + 5 == bench.requests
    assert nothing_arrived(bench)


def test_a_registry_that_always_hangs_up_is_given_up(bench: Bench) -> None:
    bench.src.fault(FaultRule(times=None, hang_up=True))
    error = bench.failure(bench.layout)

    assert isinstance(error, Unreachable)
    assert bench.hosts["src"] in str(error)
    assert bench.requests <= 7
    assert nothing_arrived(bench)


# Ranges


@pytest.mark.parametrize("cut", [*TENTHS, SIZE - 1])
def test_a_registry_that_ignores_ranges_sends_the_first_part_twice(bench: Bench, cut: int) -> None:
    bench.src.quirks.ranges = False
    layer_rule(bench, cut_answer=cut)
    bench.copy(bench.layout)

    assert arrived(bench)
    assert COPY_TO_LAYOUT + 1 == bench.requests


WRONG_RANGES = ["bytes 0-9/10", f"bytes 0-{SIZE - 1}/{SIZE}", f"bytes 50001-{SIZE - 1}/{SIZE}", f"bytes 50000-{SIZE}/7", "x"]


@pytest.mark.parametrize("wrong", WRONG_RANGES)
def test_another_part_than_the_one_asked_for_is_never_taken_for_it(bench: Bench, wrong: str) -> None:
    layer_rule(bench, cut_answer=SIZE // 2)
    layer_rule(bench, first=2, times=None, change={"Content-Range": wrong})
    error = bench.failure(bench.layout)

    assert isinstance(error, Unreachable)
    assert f"{bench.hosts['src']}: asked for the body from byte {SIZE // 2}, got something else" in str(error)
    assert FAILED + 1 == bench.requests
    assert nothing_arrived(bench)


# Lengths


@pytest.mark.parametrize("claimed", [SIZE - 1, SIZE + 1, 10 * SIZE])
def test_a_wrong_length_is_noticed_before_the_body_is_read(bench: Bench, claimed: int) -> None:
    rule = layer_rule(bench, times=None, change={"Content-Length": str(claimed)})
    error = bench.failure(bench.layout)

    assert isinstance(error, SizeMismatch)
    assert bench.hosts["src"] in str(error)
    assert 6 == rule.struck
    assert nothing_arrived(bench)


@pytest.mark.parametrize("claimed", ["0", "5", "9" * 30, "many", "-1", "1, 2"])
def test_bytes_beyond_the_length_are_never_taken_for_the_next_answer(bench: Bench, claimed: str) -> None:
    layer_rule(bench, times=None, change={"Content-Length": claimed})
    error = bench.failure(bench.layout)

    assert isinstance(error, SizeMismatch | Unreachable)
    assert bench.hosts["src"] in str(error)
    assert bench.requests <= FAILED + 5
    assert nothing_arrived(bench)


def test_a_length_that_is_wrong_once_is_asked_for_again(bench: Bench) -> None:
    layer_rule(bench, change={"Content-Length": str(SIZE + 1)})
    bench.copy(bench.layout)

    assert arrived(bench)
    assert COPY_TO_LAYOUT + 1 == bench.requests


@pytest.mark.parametrize("kept", [*TENTHS, SIZE - 1])
def test_a_truncated_layer_with_a_length_to_match_is_refused(bench: Bench, kept: int) -> None:
    layer_rule(bench, times=None, truncate=kept)
    error = bench.failure(bench.layout)

    assert isinstance(error, SizeMismatch)
    assert bench.requests <= FAILED + 5
    assert nothing_arrived(bench)


# Statuses


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_storm_of_faults_is_sat_out(bench: Bench, status: int) -> None:
    bench.src.fault(FaultRule(path="manifests/", times=3, status=status))
    layer_rule(bench, times=5, status=status)
    bench.copy(bench.layout)

    assert arrived(bench)
    assert COPY_TO_LAYOUT + 8 == bench.requests
    assert bench.clock.slept == sorted(bench.clock.slept[:3]) + sorted(bench.clock.slept[3:])


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_storm_that_does_not_end_is_an_error_that_says_who_and_what(bench: Bench, status: int) -> None:
    layer_rule(bench, times=None, status=status, body=b'{"errors":[{"code":"UNAVAILABLE","message":"later"}]}')
    error = bench.failure(bench.layout)

    assert isinstance(error, RegistryFault)
    assert (bench.hosts["src"], status, ("UNAVAILABLE",)) == (error.host, error.status, error.codes)
    assert "GET" in error.request
    assert FAILED + 5 == bench.requests
    assert nothing_arrived(bench)


def test_a_storm_in_the_middle_of_a_cut_layer_is_sat_out(bench: Bench) -> None:
    layer_rule(bench, cut_answer=SIZE // 2)
    layer_rule(bench, first=2, times=3, status=502)
    bench.copy(bench.layout)

    assert arrived(bench)
    assert COPY_TO_LAYOUT + 4 == bench.requests


# Told to slow down


DATE = "Tue, 14 Nov 2023 22:13:27 GMT"
"""Seven seconds after the clock of the bench starts."""


@pytest.mark.parametrize("value", ["7", "7.0", DATE], ids=["seconds", "fraction", "date"])
def test_retry_after_is_waited_for_to_the_second(bench: Bench, value: str) -> None:
    layer_rule(bench, status=429, headers={"Retry-After": value})
    bench.copy(bench.layout)

    assert arrived(bench)
    assert 7 == sum(bench.clock.slept)
    assert COPY_TO_LAYOUT + 1 == bench.requests


def test_without_retry_after_the_pauses_grow(bench: Bench) -> None:
    layer_rule(bench, times=4, status=429)
    bench.copy(bench.layout)

    assert arrived(bench)
    assert [0.2, 0.4, 0.8, 1.6] == [round(pause, 6) for pause in bench.clock.slept]


@pytest.mark.parametrize("value", ["", "2", "soon", "-5", "nan"])
def test_a_limit_that_never_lifts_is_an_error(bench: Bench, value: str) -> None:
    layer_rule(bench, times=None, status=429, headers={"Retry-After": value} if value else {})
    error = bench.failure(bench.layout)

    assert isinstance(error, RateLimited)
    assert bench.hosts["src"] == error.host
    assert bench.requests <= FAILED + 10
    assert nothing_arrived(bench)


def test_a_wait_beyond_our_patience_is_not_sat_out(bench: Bench) -> None:
    layer_rule(bench, times=None, status=429, headers={"Retry-After": "86400"})
    error = bench.failure(bench.layout)

    assert isinstance(error, RateLimited)
    assert FAILED == bench.requests
    assert [] == bench.clock.slept


# Slow


@contextmanager
def dripping() -> Iterator[threading.Semaphore]:
    """A body that gives no byte until the block ends."""
    drip = threading.Semaphore(0)
    try:
        yield drip
    finally:
        drip.release(2000)


def test_a_body_that_stops_coming_is_asked_for_again(tmp_path: Path) -> None:
    with bench_of(tmp_path, names=("src",), wire=STILL) as bench, dripping() as drip:
        single(bench.src.repository("app"))
        rule = layer_rule(bench, drip=drip)
        bench.copy(bench.layout)

        assert 1 == rule.struck
        assert arrived(bench)
        assert COPY_TO_LAYOUT + 1 == bench.requests


def test_a_body_that_never_comes_is_an_error(tmp_path: Path) -> None:
    with bench_of(tmp_path, names=("src",), wire=STILL) as bench, dripping() as drip:
        single(bench.src.repository("app"))
        layer_rule(bench, times=None, drip=drip)
        error = bench.failure(bench.layout)

        assert isinstance(error, Unreachable)
        assert f"cannot reach {bench.hosts['src']}: reading: timed out" in str(error)
        assert FAILED + 1 == bench.requests
        assert nothing_arrived(bench)


def test_an_answer_that_never_comes_is_an_error(tmp_path: Path) -> None:
    wait = threading.Event()
    with bench_of(tmp_path, names=("src",), wire=SILENT) as bench:
        bench.src.fault(FaultRule(times=None, wait=wait))
        try:
            error = bench.failure(bench.layout)
        finally:
            wait.set()

        assert isinstance(error, Unreachable)
        assert bench.hosts["src"] in str(error)
        assert bench.requests <= 2


# Wrong bytes


def test_a_corrupted_layer_is_refused_and_leaves_nothing(bench: Bench) -> None:
    layer_rule(bench, times=None, corrupt=True)
    error = bench.failure(bench.layout)

    assert isinstance(error, DigestMismatch)
    assert FAILED == bench.requests
    assert nothing_arrived(bench)


def test_a_corrupted_rest_of_a_layer_is_refused(bench: Bench) -> None:
    layer_rule(bench, cut_answer=SIZE // 2)
    layer_rule(bench, first=2, corrupt=True)
    error = bench.failure(bench.layout)

    assert isinstance(error, DigestMismatch)
    assert nothing_arrived(bench)


def test_a_corrupted_manifest_is_refused_whatever_the_headers_say(bench: Bench) -> None:
    bench.src.fault(FaultRule("GET", "manifests/", times=None, corrupt=True))
    error = bench.failure(bench.layout)

    assert isinstance(error, DigestMismatch)
    assert bench.requests <= 2
    assert nothing_arrived(bench)
