"""The run: prepares the stage, lets every program do every job in turn, and keeps the samples."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from bench.cases import CASES, Case, Run, Stage
from bench.images import IMAGES, Seed, Sizes, artifact_files
from bench.measure import Failed, Sample, Starter
from bench.peers import Program, environment_of
from bench.report import OURS, Row, Table, Traffic
from bench.servers import COUNTED, FAR, PLAIN, SOURCE, Servers, kind_of_registry, servers
from regclient import TLS, Client, HostSettings, LayoutSettings
from regclient.errors import RegistryClientError
from regclient.kit.atomicfile import Writing

ROOT = Path(__file__).parents[1]
SPACE = 12 << 30
Say = Callable[[str], None]


@dataclass(frozen=True)
class Budget:
    """How long it may take: ``table`` is about how many seconds one table may have, ``whole`` how many all have together.

    Every program does every job as often as the case needs, however long that takes; what is left of the time decides how
    often again.
    """

    table: float
    whole: float

    def share(self, spent: float, tables: int) -> float:
        """Return the seconds of the next table when so many are left to do."""
        return max(0.0, min(self.table, (self.whole - spent) / max(tables, 1)))


class Bench:
    """One run over all cases."""

    def __init__(self, stage: Stage, starter: Starter, programs: Sequence[Program], budget: Budget, say: Say) -> None:
        self._stage = stage
        self._starter = starter
        self._programs = programs
        self._budget = budget
        self._say = say
        self._number = 0
        self._made: dict[str, str] = {}

    def tables(self, cases: Sequence[Case]) -> Iterator[Table]:
        """Measure every case over every wire it has."""
        jobs = [(case, wire) for case in cases for wire in case.wires]
        start = time.monotonic()
        for number, (case, wire) in enumerate(jobs):
            spent = time.monotonic() - start
            self._say(f"[{number + 1}/{len(jobs)}, {spent / 60:.1f} min] {case.name}, {wire}")
            table = self._table(case, wire, self._budget.share(spent, len(jobs) - number))
            self._say(_line(table))
            yield table

    def _table(self, case: Case, wire: str, budget: float) -> Table:
        rows = {program: Row(program.name) for program in self._programs if self._takes_part(program, case, wire)}
        table = Table(case.name, wire, case.goals, list(rows.values()))
        if missing := self._lacking(case):
            for row in table.rows:
                row.failure = missing
            return table
        self._rounds(case, wire, rows, budget)
        if wire == PLAIN and case.needs and case.counted:
            for program, row in rows.items():
                if row.samples:
                    self._count(case, program, row)
        return table

    def _rounds(self, case: Case, wire: str, rows: Mapping[Program, Row], budget: float) -> None:
        """Let the programs take turns, all of them as often as the case needs, and then again while the budget lasts."""
        if case.warm:
            for program in rows:
                with suppress(Failed):
                    self._once(case, wire, program)
        end = time.monotonic() + budget
        for number in range(case.rounds):
            # Whoever comes first meets the emptiest caches: let that be another one each time.
            turn = number % len(rows)
            for program, row in [*rows.items()][turn:] + [*rows.items()][:turn]:
                if not row.failure and (number < case.least or time.monotonic() < end):
                    self._sample(case, wire, program, row)

    def _takes_part(self, program: Program, case: Case, wire: str) -> bool:
        beside = (*case.beside, OURS) if case.beside else (program.name,)
        return program.name in beside and case.words(program, self._run(wire)) is not None

    def _lacking(self, case: Case) -> str:
        """Make the images that a case needs and that are not there yet; return why one cannot be made."""
        for name in case.needs:
            if name not in self._made:
                start = time.monotonic()
                try:
                    IMAGES[name](self._stage.seed)
                    self._made[name] = ""
                except (RegistryClientError, OSError) as error:
                    self._made[name] = f"the image {name} cannot be made: {error}"
                self._say(f"  {self._made[name] or f'made {name} in {time.monotonic() - start:.1f} s'}")
        return next((self._made[name] for name in case.needs if self._made[name]), "")

    def _sample(self, case: Case, wire: str, program: Program, row: Row) -> None:
        if wire == FAR:
            self._stage.servers.take(FAR)
        try:
            row.samples.append(self._once(case, wire, program))
        except Failed as failed:
            row.failure = str(failed)
            self._say(f"  {program.name}: {failed}")
        if wire == FAR and row.samples:
            row.traffic = _traffic(self._stage.servers, FAR)

    def _count(self, case: Case, program: Program, row: Row) -> None:
        """Let the program do the job once more, through the proxies that count."""
        self._stage.servers.take(COUNTED)
        try:
            self._once(case, COUNTED, program)
        except Failed as failed:
            self._say(f"  {program.name}, counted: {failed}")
        row.traffic = _traffic(self._stage.servers, COUNTED)

    def _once(self, case: Case, wire: str, program: Program) -> Sample:
        run = self._run(wire)
        if case.prepare:
            _prepare(case.prepare, run)
        words = case.words(program, run)
        assert words is not None
        home = run.file("home")
        home.mkdir(exist_ok=True)
        os.sync()  # what the one before left for the disk to write is not to slow this one
        before, proxies = self._stage.servers.used()
        try:
            found = self._starter.run(words, environment_of(home, wire), case.directory(run) if case.directory else home)
            after, full = self._stage.servers.used()
        finally:
            run.clean()
        return Sample(found.wall, found.processor, found.memory, after - before, full - proxies)

    def _run(self, wire: str) -> Run:
        self._number += 1
        return Run(self._stage, wire, self._number)


@contextmanager
def staged(sizes: Sizes) -> Iterator[tuple[Stage, Starter]]:
    """Start the servers and what starts the programs, and give them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="regclient-bench-")))
        # Before anything is imported late or any image is made, so that it stays small.
        starter = stack.enter_context(Starter(folder / "output"))
        storage = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="regclient-bench-", dir=storage_place())))
        running = stack.enter_context(servers(storage))
        hosts = [HostSettings(host, tls=TLS.DISABLED) for (wire, _), host in running.hosts.items() if wire != "tls"]
        quick = LayoutSettings(writing=Writing(sync=False))
        client = stack.enter_context(Client(hosts, layout=quick))
        layouts, scratch = folder / "layouts", folder / "scratch"
        layouts.mkdir()
        scratch.mkdir()
        seed = Seed(client, running.host(PLAIN, SOURCE), str(layouts), sizes)
        artifact_files(layouts / "files-of-artifact", sizes.artifact)
        yield Stage(running, seed, layouts, scratch), starter


def chosen(patterns: Sequence[str], *, quick: bool) -> list[Case]:
    """Return the cases whose name matches one of the patterns, all when there are none."""
    fitting = [case.quickly for case in CASES] if quick else CASES
    return [case for case in fitting if not patterns or any(fnmatch(case.name, f"*{pattern}*") for pattern in patterns)]


def facts(versions: dict[str, str], missing: Sequence[str]) -> dict[str, object]:
    """Return what a reader must know of the run."""
    registry = kind_of_registry()
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit or "unknown",
        "machine": f"{os.cpu_count()} x {model}, {_memory() >> 30} GiB, Linux {platform.release()}",
        "load at the start": f"{os.getloadavg()[0]:.1f}",
        "Python": sys.version.split()[0],
        "registry": f"{registry.name if registry else 'none'}, its storage in {storage_place()}",
        "versions": versions,
        "missing": missing or "none",
    }


def storage_place() -> str:
    """Return where registries keep their blobs: in memory when there is room, so that the disk is not what is measured."""
    memory = Path("/dev/shm")  # noqa: S108 - a directory of its own is made in it
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > SPACE else tempfile.gettempdir()


def _prepare(prepare: Callable[[Run], None], run: Run) -> None:
    """Prepare a run; what goes wrong is the failure of this run, and the others go on."""
    try:
        prepare(run)
    except (RegistryClientError, OSError) as error:
        raise Failed(f"preparing: {error}") from error


def _traffic(running: Servers, wire: str) -> Traffic:
    counts = running.take(wire).values()
    total = {key: sum(count[key] for count in counts) for key in ("requests", "received", "sent")}
    return Traffic(**total, peak=max(count["peak"] for count in counts))


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _line(table: Table) -> str:
    rows = (f"{row.program} {row.wall:.3f}" if row.samples else f"{row.program} failed" for row in table.rows)
    return f"  {', '.join(rows)}"
