from __future__ import annotations

from regclient.model.headers import headers_of
from regclient.transport.messages import Request
from regclient.transport.ranges import bytes_to_skip, can_resume, is_progress, is_range, range_from, total_of
from tests.tables import table


def test_only_a_get_of_everything_goes_on_after_a_cut() -> None:
    assert can_resume(Request("r", "GET"))
    assert not can_resume(Request("r", "GET", headers={"range": "bytes=0-1"}))
    assert not can_resume(Request("r", "POST"))


def test_the_caller_knows_the_length_best() -> None:
    assert 7 == total_of(Request("r", "GET", size=7), {})
    assert 9 == total_of(Request("r", "GET"), {"Content-Length": ("9",)})
    assert total_of(Request("r", "GET"), {"Content-Length": ("x",)}) is None


def test_the_rest_ends_with_the_last_byte() -> None:
    assert "bytes=40-99" == range_from(40, 100)


@table(
    ("status", "headers", "skip"),
    [
        (206, {"Content-Range": "bytes 40-99/100"}, 0),
        (206, {"Content-Range": "BYTES 40-59/*"}, 0),
        (200, {"Content-Range": "bytes 40-99/100"}, 0),
        (206, {"Content-Range": "bytes 41-99/100"}, None),
        (206, {"Content-Range": "bytes 40-99/101"}, None),
        (206, {"Content-Range": "bytes 40-39/100"}, None),
        (206, {"Content-Range": "pages 1-2/3"}, None),
        (206, {}, None),
        (200, {}, 40),
        (200, {"Content-Length": "100"}, 40),
        (200, {"Content-Length": "60"}, None),
        (202, {}, None),
    ],
)
def test_only_the_rest_is_taken_for_the_rest(status: int, headers: dict[str, str], skip: int | None) -> None:
    assert skip == bytes_to_skip(status, headers_of(headers.items()), 40, 100)


def test_a_twentieth_is_progress() -> None:
    assert is_progress(0, 50, 1000)
    assert not is_progress(0, 49, 1000)
    assert not is_progress(5, 5, 0)


@table(
    ("status", "given", "right"),
    [
        (206, "bytes 40-79/130", True),
        (206, "BYTES 40-79/130 ", True),
        (200, "bytes 40-79/130", False),
        (206, "bytes 40-78/130", False),
        (206, "bytes 39-79/130", False),
        (206, "bytes 40-79/131", False),
        (206, "bytes 40-79/*", False),
        (206, "", False),
    ],
)
def test_a_part_is_exactly_what_was_asked_for(status: int, given: str, *, right: bool) -> None:
    assert right == is_range(status, {"Content-Range": (given,)} if given else {}, 40, 80, 130)
