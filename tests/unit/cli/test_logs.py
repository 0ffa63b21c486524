from __future__ import annotations

import io
import time

import pytest

from regclient.cli.logs import DEBUG, ERROR, INFO, TRACE, WARN, Log, Twofold, level_name, parse_level
from tests.tables import table


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def line_of(level: int = INFO, *, as_json: bool = False, message: str = "hello", **facts: object) -> str:
    out = io.BytesIO()
    Log(out, level=TRACE, as_json=as_json).write(level, message, facts, at=1735787045.75)
    return out.getvalue().decode()


@table(
    ("text", "level"),
    [("trace", TRACE), ("debug", DEBUG), ("INFO", INFO), ("Warn", WARN), ("error", ERROR), ("debug-2", -6), ("info+1", 1)],
)
def test_a_level_is_a_name_with_an_offset(text: str, level: int) -> None:
    assert level == parse_level(text)


# The texts are the Go program's own.
@table(
    ("text", "message"),
    [
        ("bogus", 'unable to parse verbosity bogus: slog: level string "bogus": unknown name'),
        ("TRACE", 'unable to parse verbosity TRACE: slog: level string "TRACE": unknown name'),
        ("", 'unable to parse verbosity : slog: level string "": unknown name'),
        (
            "debug-x",
            'unable to parse verbosity debug-x: slog: level string "debug-x": strconv.Atoi: parsing "-x": invalid syntax',
        ),
    ],
)
def test_another_word_is_no_level(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="verbosity") as caught:
        parse_level(text)

    assert message == str(caught.value)


@table(("level", "name"), [(-8, "DEBUG-4"), (-4, "DEBUG"), (0, "INFO"), (2, "INFO+2"), (4, "WARN"), (9, "ERROR+1")])
def test_a_level_is_named_by_the_nearest_below(level: int, name: str) -> None:
    assert name == level_name(level)


def test_a_line_of_text_is_that_of_slog() -> None:
    assert "time=2025-01-02T03:04:05.750Z level=INFO msg=hello\n" == line_of()
    assert 'time=2025-01-02T03:04:05.750Z level=WARN msg="some text" key=value empty="" equals="a=b" yes=true\n' == line_of(
        WARN, message="some text", key="value", empty="", equals="a=b", yes=True
    )


def test_headers_are_shown_as_go_shows_a_map() -> None:
    line = line_of(headers={"Date": ("now",), "Accept": ("a", "b")})

    assert line.endswith('headers="map[Accept:[a b] Date:[now]]"\n')


def test_a_line_cannot_be_broken_by_a_value() -> None:
    assert 1 == line_of(key="a\nb\x1b[2J").count("\n")
    assert r'key="a\nb\x1b[2J"' in line_of(key="a\nb\x1b[2J")


def test_a_line_of_json_is_an_object() -> None:
    line = line_of(as_json=True, host="a", count=3)

    assert '{"time":"2025-01-02T03:04:05.750000000Z","level":"INFO","msg":"hello","host":"a","count":3}\n' == line


def test_times_are_those_of_the_local_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XST-05:30")
    time.tzset()

    assert "time=2025-01-02T08:34:05.750+05:30 " in line_of()


def test_records_below_the_threshold_are_not_written() -> None:
    out = io.BytesIO()
    log = Log(out)

    log.trace("a")
    log.debug("b")
    log.info("c")
    log.warning("d")
    log.error("e")

    assert ["msg=d", "msg=e"] == [word for word in out.getvalue().decode().split() if word.startswith("msg=")]


def test_a_value_may_read_differently_in_text_and_in_json() -> None:
    value = Twofold("15m0s", 900)

    assert "wait=15m0s" in line_of(wait=value)
    assert '"wait":900' in line_of(as_json=True, wait=value)
    assert '"wait":[900]' in line_of(as_json=True, wait=[value])


class Broken(io.BytesIO):
    """A stream that cannot be written to."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, data: object, /) -> int:
        raise self.error


def test_a_record_that_cannot_be_written_is_lost_and_the_work_goes_on() -> None:
    Log(Broken(OSError(28, "No space left on device"))).error("unheard")


def test_a_closed_pipe_is_told_unless_the_program_goes_on() -> None:
    log = Log(Broken(BrokenPipeError()))
    with pytest.raises(BrokenPipeError):
        log.error("unheard")
    log.lasting = True
    log.error("unheard")
