"""The jobs that are measured: one row each, with what it needs, over which wires it goes, and what is to be reached."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.images import CHANGED, EARLY, ENTRIES, LATE, Seed, Sizes, entry
from bench.peers import GO, ORASPY, PYTHON, SKOPEO, Place, Program, Words
from bench.servers import FAR, PLAIN, SOURCE, TARGET, TLS, Servers
from regclient import Client

EVERYWHERE = (PLAIN, TLS, FAR)
NEAR = (PLAIN, TLS)
QUICK_FAR = ("digest", "check", "1 GiB blob")
"""Cases that a quick run also makes over the far wire; TLS is left to the whole one."""

GO_AND_SKOPEO = {GO: 1.0, SKOPEO: 1.0}
LIKE_GO = {GO: 1.2}
HALF_OF_GO = {GO: 0.5}
OFTEN = 3
"""Rounds that large blobs near get in any case."""


@dataclass(frozen=True)
class Stage:
    """What all runs share: servers, what images are made with, and folders for what is kept and what one run writes."""

    servers: Servers
    seed: Seed
    layouts: Path
    scratch: Path

    @property
    def client(self) -> Client:
        """The client to prepare with."""
        return self.seed.client

    @property
    def sizes(self) -> Sizes:
        """How large everything is."""
        return self.seed.sizes


@dataclass(frozen=True)
class Run:
    """One run of one job: where things are for it. ``number`` makes what it writes new."""

    stage: Stage
    wire: str
    number: int

    def src(self, image: str) -> Place:
        """Return an image at the source registry."""
        return Place(image, "v1", self.stage.servers.host(self.wire, SOURCE), self.wire)

    def dst(self, name: str = "") -> Place:
        """Return a repository of the target registry, a new one unless it is named."""
        return Place(name or f"out{self.number}", "v1", self.stage.servers.host(self.wire, TARGET), self.wire)

    def layout(self, image: str) -> Place:
        """Return an image in a layout."""
        return Place(str(self.stage.layouts / image), "v1")

    def new_layout(self) -> Place:
        """Return a layout that is not there yet; it is removed after the run."""
        return Place(str(self.stage.scratch / f"layout{self.number}"), "v1")

    def file(self, name: str) -> Path:
        """Return a file or folder to write; it is removed after the run."""
        return self.stage.scratch / f"{self.number}-{name}"

    def folder(self, name: str) -> Path:
        """Return an empty folder to write to; it is removed after the run."""
        made = self.file(name)
        made.mkdir()
        return made

    def kept(self, name: str) -> Path:
        """Return a file or folder that stays."""
        return self.stage.layouts / name

    def clean(self) -> None:
        """Remove what the run wrote."""
        shutil.rmtree(self.stage.scratch)
        self.stage.scratch.mkdir()


@dataclass(frozen=True)
class Case:
    """One job.

    ``prepare`` is called before each run, off the clock; ``rounds`` are at most so many runs of each program, ``least`` of them
    even when the time is over, for memory and disk of a virtual machine make one run of large things say little. With ``warm``
    there is one more that does not count, where what is looked for is a few milliseconds, or where there is time for few runs
    and the first would pay for memory that nobody has touched yet. One that is not ``counted`` takes too long to be done once
    more for the sake of its requests. With ``beside`` only those peers take part, where the cap of a connection sets the pace
    of all others alike and a minute of each says nothing new.
    """

    name: str
    words: Callable[[Program, Run], Words]
    needs: tuple[str, ...] = ()
    goals: Mapping[str, float] = field(default_factory=dict)
    wires: tuple[str, ...] = (PLAIN,)
    rounds: int = 7
    least: int = 1
    warm: bool = False
    counted: bool = True
    beside: tuple[str, ...] = ()
    prepare: Callable[[Run], None] | None = None
    directory: Callable[[Run], Path] | None = None

    @property
    def quickly(self) -> Case:
        """The same with fewer rounds and wires."""
        far = any(part in self.name for part in QUICK_FAR)
        wires = tuple(wire for wire in self.wires if wire == PLAIN or (wire == FAR and far))
        return replace(self, wires=wires, rounds=5 if self.rounds > 10 else min(self.rounds, 2), least=1)


def copies(image: str, what: str, goals: Mapping[str, float], *, slow: tuple[str, ...] = ()) -> list[Case]:
    """Return the copies of an image between every pair of homes; over the far wire beside the ``slow`` ones only, if any.

    Over that wire the number of requests at once decides. Skopeo sends six where the others send three, so ours is measured
    once more beside it, with six.
    """
    to_registry: list[tuple[str, Callable[[Program, Run], Words]]] = [
        ("registry to registry", lambda program, run: program.copy(run.src(image), run.dst())),
        ("layout to registry", lambda program, run: program.copy(run.layout(image), run.dst())),
    ]
    to_layout: list[tuple[str, Callable[[Program, Run], Words]]] = [
        ("registry to layout", lambda program, run: program.copy(run.src(image), run.new_layout())),
    ]
    local = Case(
        f"{what}: layout to layout",
        lambda program, run: program.copy(run.layout(image), run.new_layout()),
        (image,),
        {**goals, GO: min(goals[GO], 0.7)},
    )
    alike = [
        Case(
            f"{what}: {route}, six at once",
            words,
            (image,),
            {SKOPEO: goals[SKOPEO]},
            (FAR,),
            beside=(SKOPEO,),
            prepare=_six_at_once,
        )
        for route, words in (*to_registry, *to_layout)
        if slow
    ]
    every = [
        Case(
            f"{what}: {route}",
            words,
            (image,),
            goals,
            wires,
            beside=beside,
            warm=bool(slow) and wires == NEAR,
            least=OFTEN if slow and wires == NEAR else 1,
        )
        for route, words in (*to_registry, *to_layout)
        for wires, beside in (((NEAR, ()), ((FAR,), slow)) if slow else ((EVERYWHERE, ()),))
    ]
    return [*every, *alike, local]


def whole(image: str, size: str, wires: tuple[str, ...]) -> list[Case]:
    """Return what is done with an image of large layers: export, import, one file, edits."""
    archive = f"{image}.tar"
    return [
        Case(
            f"export of {size}",
            lambda program, run: program.save(run.src(image), run.file("out.tar")),
            (image,),
            wires=wires,
            rounds=3,
        ),
        Case(
            f"import of {size}",
            lambda program, run: program.load(run.kept(archive), run.dst()),
            (image,),
            wires=wires,
            rounds=3,
            prepare=_exported(image),
        ),
        *(
            Case(
                f"get-file of {size}, {when}",
                lambda program, run, name=name: program.get_file(run.src(image), name, run.file("got")),  # type: ignore[misc]
                (image,),
                {GO: 1.0},
                wires,
                rounds=3,
            )
            for when, name in (("early", EARLY), ("late", LATE))
        ),
        *edits(image, size, LATE, wires, {} if wires == (FAR,) else HALF_OF_GO),  # far away, the line is most of it
    ]


def edits(image: str, size: str, name: str, wires: tuple[str, ...], goals: Mapping[str, float]) -> list[Case]:
    """Return the edits of an image; ``name`` is the file that is stripped."""
    return [
        Case(
            f"mod {what} of {size}",
            lambda program, run, edit=edit: program.modify(run.src(image), f"mod{run.number}", *edit),  # type: ignore[misc]
            (image,),
            goals,
            wires,
            rounds=1,
            counted=False,
        )
        for what, edit in (
            ("timestamps", ("--time", "set=2020-01-01T00:00:00Z")),
            ("strip-file", ("--layer-strip-file", name)),
            ("recompress", ("--layer-compress", "zstd")),
        )
    ]


def _six_at_once(run: Run) -> None:
    """Let ours have as many requests at once as skopeo takes."""
    config = run.file("home") / ".regctl" / "config.json"
    config.parent.mkdir(parents=True)
    hosts = (run.stage.servers.host(run.wire, side) for side in (SOURCE, TARGET))
    config.write_text(
        json.dumps({"hosts": {host: {"tls": "disabled", "hostname": host, "reqConcurrent": 6} for host in hosts}})
    )


def _pushed(image: str) -> Callable[[Run], None]:
    def prepare(run: Run) -> None:
        source, target = run.stage.servers.host(PLAIN, SOURCE), run.stage.servers.host(PLAIN, TARGET)
        run.stage.client.copy(f"{source}/{image}:v1", f"{target}/there/{image}:v1")

    return prepare


def _exported(image: str) -> Callable[[Run], None]:
    def prepare(run: Run) -> None:
        archive = run.kept(f"{image}.tar")
        if not archive.exists():
            run.stage.client.export(f"{run.stage.servers.host(PLAIN, SOURCE)}/{image}:v1", archive)

    return prepare


def _artifact(program: Program, run: Run) -> Words:
    names = [f"file{number}.txt" for number in range(run.stage.sizes.artifact)]
    return program.put_files(run.dst(), names)


def _artifact_pushed(run: Run) -> None:
    from regclient import ArtifactFile, ArtifactPutOptions  # noqa: PLC0415 - of one case only

    reference = f"{run.stage.servers.host(PLAIN, SOURCE)}/artifact:v1"
    files = [ArtifactFile(path, title=path.name) for path in sorted(run.kept("files-of-artifact").iterdir())]
    run.stage.client.put_artifact(reference, files, ArtifactPutOptions(artifact_type="application/vnd.example.files"))


def _heads(program: Program, run: Run) -> Words:
    return program.heads(run.src("heads"))


def _check(program: Program, run: Run) -> Words:
    source, target = run.src("heads"), run.dst("heads")
    config = run.file("regsync.yml")
    tls = "enabled" if run.wire == TLS else "disabled"
    creds = [f"  - {{registry: '{place.host}', tls: {tls}}}" for place in (source, target)]
    sync = f"  - {{source: '{source.host}/heads', target: '{target.host}/heads', type: repository}}"
    config.write_text("\n".join(["version: 1", "creds:", *creds, "defaults: {parallel: 4}", "sync:", sync, ""]))
    return program.check(config)


def _sync(program: Program, run: Run) -> Words:
    source, target = run.src("entries"), run.dst("mirror")
    config = run.file("regsync.yml")
    creds = [f"  - {{registry: '{place.host}', tls: disabled, reqConcurrent: 16}}" for place in (source, target)]
    steps = [
        f"  - {{source: '{source.host}/{name}', target: '{target.host}/mirror/{name}', type: repository}}" for name in ENTRIES
    ]
    config.write_text("\n".join(["version: 1", "creds:", *creds, "defaults: {parallel: 4}", "sync:", *steps, ""]))
    return program.sync(config)


def _changed(run: Run) -> None:
    """Bring the mirror into step, and then change some images at the source: content that nobody has seen yet."""
    from regclient import SyncConfig, SyncDefaults, SyncStep, run_sync  # noqa: PLC0415 - of one case only

    client, hosts = run.stage.client, run.stage.servers
    source, target = hosts.host(PLAIN, SOURCE), hosts.host(PLAIN, TARGET)
    steps = [SyncStep(f"{source}/{name}", f"{target}/mirror/{name}", "repository") for name in ENTRIES]
    done = run_sync(SyncConfig(tuple(steps), SyncDefaults(parallel=4)), client)
    assert not done.failed, done.errors
    for number in range(0, run.stage.sizes.entries, run.stage.sizes.entries // CHANGED):
        entry(client, source, number, f"layer {number} of run {run.number}".encode())


CASES: tuple[Case, ...] = (
    Case("version", lambda program, _: program.version(), goals={PYTHON: 4.0}, rounds=15, warm=True),
    Case("--help", lambda program, _: program.usage(), goals={PYTHON: 4.0}, rounds=15, warm=True),
    Case(
        "digest of a tag",
        lambda program, run: program.digest(run.src("tiny")),
        ("tiny",),
        {PYTHON: 9.0, ORASPY: 0.5},
        EVERYWHERE,
        rounds=15,
        warm=True,
    ),
    Case("tag ls of 10,000 tags", lambda program, run: program.tags(run.src("tags")), ("tags",), {GO: 1.0}, EVERYWHERE),
    Case("HEAD of 300 tags, library", _heads, ("heads",), {}, EVERYWHERE, rounds=3),
    Case("regsync check of 300 tags", _check, ("heads",), {GO: 1.0}, EVERYWHERE, rounds=3),
    Case("regsync once, 10 of 200 images changed", _sync, ("entries",), HALF_OF_GO, (FAR,), rounds=5, prepare=_changed),
    Case("retag", lambda program, run: program.retag(run.src("tiny"), f"again{run.number}"), ("tiny",), wires=EVERYWHERE),
    Case(
        "copy of what is there",
        lambda program, run: program.copy(run.src("tiny"), run.dst("there/tiny")),
        ("tiny",),
        wires=EVERYWHERE,
        prepare=_pushed("tiny"),
    ),
    *copies("tiny", "200 tiny layers", LIKE_GO),
    *copies("platforms", "12 platforms", LIKE_GO),
    *copies("big", "8 x 64 MiB", GO_AND_SKOPEO, slow=(GO,)),
    *(
        Case(
            "1 GiB blob: registry to layout",
            lambda program, run: program.copy(run.src("single"), run.new_layout()),
            ("single",),
            goals,
            wires,
            rounds=rounds,
            beside=beside,
            warm=wires == NEAR,
            least=rounds,
        )
        for wires, goals, rounds, beside in ((NEAR, GO_AND_SKOPEO, OFTEN, ()), ((FAR,), {GO: 0.4}, 1, (GO,)))
    ),
    *whole("tree", "1 GiB", NEAR),
    *whole("quarter", "256 MiB", (FAR,)),
    *edits("files", "100,000 files", "directory0/file7", EVERYWHERE, {GO: 1.0}),
    Case(
        "artifact put of 500 files",
        _artifact,
        (),
        {GO: 1.0},
        EVERYWHERE,
        rounds=3,
        directory=lambda run: run.kept("files-of-artifact"),
    ),
    Case(
        "artifact get of 500 files",
        lambda program, run: program.get_files(run.src("artifact"), run.folder("out")),
        (),
        {GO: 1.0},
        EVERYWHERE,
        rounds=3,
        prepare=_artifact_pushed,
    ),
)
