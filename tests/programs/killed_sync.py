"""A sync that is killed fifty times: run as a program, it goes on each time, dies at one more numbered write, and at last ends.

Each run is a forked process that ends itself, without any clean-up, just before one of its writes (see ``killed.py``). The
numbers come from a fixed seed. After each death, whatever the mirror has a tag for must be the source's, with every byte below
it. Prints how many runs were killed, and how many tags there were after each.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path

from regclient import Client, Reference, SyncConfig, SyncDefaults, SyncStep, run_sync
from regclient.hosts import TLS, HostBook, HostSettings
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutSettings
from regclient.transport.sender import Sender
from tests.programs.killed import KILLED, Death, MortalTransport
from tests.programs.test_killed import missing_below

REF_NAME = "org.opencontainers.image.ref.name"
DEATHS = 50
SEED = 6
LONGEST = {"ocidir": 12, "reg": 24}
"""Writes at most before a death, by the home of the mirror: so many that a run gets somewhere, and so few that fifty deaths
come before the end. A blob takes several writes to a registry: its session, each piece, its end."""


def sync(source: str, target: str, registry: str, last: int) -> int:
    """Sync all tags and die at the write number ``last``; return how many images failed."""
    death = Death(last)
    hosts = HostBook([HostSettings(registry, tls=TLS.DISABLED)])
    layout = LayoutSettings(writing=Writing(sync=False, step=death.step), created=0.0)
    sender = Sender(hosts)
    config = SyncConfig((SyncStep(source, target, "repository"),), SyncDefaults(referrers=True, parallel=3))
    with Client(hosts, layout=layout, transport=MortalTransport(sender, death)) as client:
        result = run_sync(config, client)
    sender.close()
    return result.failed


def killed(source: str, target: str, registry: str, last: int) -> int:
    """Sync in a process of its own; return how it ended."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = min(sync(source, target, registry, last), 1)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def tags_in(layout: Path) -> dict[str, str]:
    """Return the digests of a layout's tags by now, without those that only list referrers."""
    index = layout / "index.json"
    entries = json.loads(index.read_text())["manifests"] if index.exists() else []
    named = [(entry.get("annotations", {}).get(REF_NAME, ""), entry["digest"]) for entry in entries]
    return {tag: digest for tag, digest in named if tag and not tag.startswith("sha256-")}


def wrong(source: Path, mirror: Path) -> list[str]:
    """Return the tags of the mirror that are not the source's, or lack something below them."""
    there = tags_in(source)
    return [tag for tag, digest in tags_in(mirror).items() if there[tag] != digest or missing_below(mirror, digest)]


def main(source: str, target: str, mirror: str, registry: str) -> int:
    """Kill a sync to ``target``, whose layout is in ``mirror``, again and again, look at it each time, and let it end."""
    chance = random.Random(SEED)
    longest = LONGEST[Reference.parse(target).scheme]
    progress: list[int] = []
    for _ in range(DEATHS):
        code = killed(f"ocidir://{source}", target, registry, chance.randrange(1, longest))
        bad = wrong(Path(source), Path(mirror))
        if code != KILLED or bad:
            sys.stderr.write(f"after {len(progress)} deaths, ended with {code}: {bad}")
            return 1
        progress.append(len(tags_in(Path(mirror))))
    code = killed(f"ocidir://{source}", target, registry, 1 << 30)
    sys.stdout.write(json.dumps(progress))
    return code or int(tags_in(Path(source)) != tags_in(Path(mirror)) or bool(wrong(Path(source), Path(mirror))))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
