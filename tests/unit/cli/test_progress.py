from __future__ import annotations

import io

from regclient.cli.progress import Progress, Quiet, Totals, bar, observe
from regclient.events import Event, Planned, State, Warned
from regclient.regctl.app import ROOT
from tests.fakes.clock import FakeClock
from tests.fakes.console import call_of, written
from tests.tables import table

MB = 1_000_000
A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


class Screen:
    """A terminal that keeps what is written, and a clock."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.written: list[str] = []
        self.warned: list[str] = []
        self.progress = Progress(self.written.append, self.warned.append, columns=lambda: 80, clock=self.clock)

    def text(self) -> str:
        return "".join(self.written)


# The cases are those of the Go program's own tests.
@table(
    ("fraction", "drawn"),
    [
        (0, ">" + " " * 19),
        (0.1, "==>" + " " * 17),
        (0.99, "=" * 19 + ">"),
        (1, "=" * 20),
        (-1, ">" + " " * 19),
        (2, "=" * 20),
    ],
)
def test_a_bar_has_its_head_where_the_work_is(fraction: float, drawn: str) -> None:
    assert drawn == bar(fraction, 20)


def test_totals_count_what_moved_what_did_not_and_what_is_left() -> None:
    totals = Totals(0.0)
    for event in (
        Planned(blobs=3, manifests=2, size=10 * MB),
        Event("blob", A, State.STARTED, 0, 4 * MB),
        Event("blob", A, State.ACTIVE, 2 * MB, 4 * MB),
        Event("blob", B, State.SKIPPED, 0, 3 * MB),
        Event("manifest", "v1", State.FINISHED),
    ):
        totals.add(event)

    assert (
        "Manifests: 1/2 | Blobs: 2.000MB copied, 3.000MB skipped, 5.000MB queued | Elapsed: 4s | 500.000kB/s, 11s left"
        == totals.summary(4.0)
    )
    assert [f"sha256:aaaaaaa [{bar(0.5, 40)}]  50.00% 2.000MB/4.000MB"] == totals.bars(86)
    assert [f"sha256:aaaaaaa [{bar(0.5, 10)}]  50.00"] == totals.bars(34)


def test_a_finished_blob_has_no_bar_and_counts_once() -> None:
    totals = Totals(0.0)
    totals.add(Event("blob", A, State.ACTIVE, MB, 2 * MB))
    totals.add(Event("blob", A, State.FINISHED, 2 * MB, 2 * MB))

    assert [] == totals.bars(80)
    assert "Blobs: 2.000MB copied, 0.000B skipped | Elapsed: 0s" in totals.summary(0.5)


def test_a_blob_of_unknown_size_shows_its_bytes() -> None:
    totals = Totals(0.0)
    totals.add(Event("blob", A, State.ACTIVE, 1024))

    assert ["sha256:aaaaaaa 1.024kB"] == totals.bars(80)


def test_the_picture_is_drawn_again_in_place_and_not_too_often() -> None:
    screen = Screen()
    with screen.progress as progress:
        progress(Event("blob", A, State.STARTED, 0, MB))
        first = len(screen.written)
        progress(Event("blob", A, State.ACTIVE, 10, MB))
        assert first == len(screen.written)
        screen.clock.sleep(0.3)
        progress(Event("blob", A, State.ACTIVE, MB, MB))
        assert "\x1b[2F\x1b[0J" in screen.written
        progress(Event("blob", A, State.FINISHED, MB, MB))

    assert screen.written[-1].startswith("Manifests: 0/0 | Blobs: 1.000MB copied")
    assert 1 == screen.written[-1].count("\n")


def test_work_that_failed_leaves_no_picture() -> None:
    screen = Screen()
    screen.progress(Event("blob", A, State.STARTED, 0, MB))
    screen.progress.__exit__(KeyError, KeyError(), None)

    assert screen.text().endswith("\x1b[0J")


def test_a_warning_is_told_once_with_the_picture_out_of_its_way() -> None:
    screen = Screen()
    with screen.progress as progress:
        progress(Event("blob", A, State.STARTED, 0, MB))
        progress(Warned("careful"))
        assert "\x1b[2F\x1b[0J" == screen.written[-1]
        progress(Warned("careful"))

    assert ["careful"] == screen.warned


def test_without_a_terminal_only_warnings_are_told() -> None:
    call = call_of(ROOT, "image", "copy", "a", "b")
    with observe(call) as observer:
        observer(Event("blob", A, State.FINISHED, MB, MB))
        observer(Planned(1, 1, MB))
        assert "" == written(call.streams.err)
        observer(Warned("careful"))

    assert 'level=WARN msg="Registry warning message" warning=careful\n' in written(call.streams.err)


def test_a_terminal_is_drawn_on_unless_log_lines_are_asked_for() -> None:
    assert isinstance(observe(call_of(ROOT, "image", "copy", "a", "b", terminal=True)), Progress)
    for call in (
        call_of(ROOT, "image", "copy", "a", "b", "-v", "warn", terminal=True),
        call_of(ROOT, "image", "copy", "a", "b"),
    ):
        assert type(observe(call)) is Quiet


def test_what_is_drawn_goes_to_standard_error() -> None:
    call = call_of(ROOT, "image", "copy", "a", "b", terminal=True)
    with observe(call) as observer:
        observer(Event("blob", A, State.FINISHED, MB, MB))

    assert "Blobs: 1.000MB copied" in written(call.streams.err)
    assert "" == written(call.streams.out)


def test_the_plans_of_several_copies_add_up() -> None:
    totals = Totals(0.0)
    for _ in range(2):
        totals.add(Planned(blobs=1, manifests=3, size=MB))

    assert "Manifests: 0/6 | Blobs: 0.000B copied, 0.000B skipped, 2.000MB queued | Elapsed: 0s" == totals.summary(0.0)


class Terminal(io.BytesIO):
    """A standard output that a person watches."""

    def isatty(self) -> bool:
        return True


def test_beside_content_nothing_stays_and_over_content_nothing_is_drawn() -> None:
    call = call_of(ROOT, "image", "get-file", "a", "b", terminal=True)
    with observe(call, beside=True) as observer:
        observer(Event("blob", A, State.ACTIVE, MB, 2 * MB))
    assert "Blobs: 1.000MB copied" in written(call.streams.err)
    assert written(call.streams.err).endswith("\x1b[0J")

    call.streams.out = Terminal()
    assert type(observe(call, beside=True)) is Quiet
    assert isinstance(observe(call), Progress)


def test_lines_of_a_log_are_written_above_what_is_drawn() -> None:
    screen = Screen()
    with screen.progress as progress:
        progress(Event("blob", A, State.ACTIVE, 1, MB))
        drawn = len(screen.written)
        progress.above(lambda: screen.written.append("a line\n"))
    assert ["\x1b[2F\x1b[0J", "a line\n"] == screen.written[drawn : drawn + 2]

    lines: list[str] = []
    Quiet(lines.append).above(lambda: lines.append("a line"))
    assert ["a line"] == lines
