"""The same lines through the Go regctl and ours, live: on our registry against the recordings, and on a real registry.

Skipped, with the reason, where the Go program is missing or is another version than the one recorded.
"""

from __future__ import annotations

import json
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peer.servers import CUE, DEBIAN, DISTRIBUTION, Kind, registry_server
from tests.programs.edited import write_layout
from tests.programs.ours import in_process
from tests.programs.places import by_process, go_program, world
from tests.programs.recording import VERSION, load
from tests.programs.transcript import Line, Program, Result, Scenario, all_scenarios, play, prepared

pytestmark = pytest.mark.peer

SCENARIOS = all_scenarios()
ON_REGISTRIES = [(name, scenario) for name, scenario in SCENARIOS if scenario.name.endswith(", on a registry")]
# The other tags have parts that are missing on purpose, which these registries refuse.
SEEDED = ("single", "v1", "multi", "windows", "nested", "annotated", "unknown", "docker", "docker-single", "artifact")
EDITED = (
    *("plain", "multi", "attested", "docker", "docker-plain", "args", "bare", "undated", "none", "tars", "empty"),
    *("built", "built-plain", "base-old", "base", "inline", "artifact"),
)
# Its HEAD and GET of a blob differ in their headers; its empty list is `null`, which Go writes anew and we show as it is.
ODD = {CUE: re.compile(r"blob get .* --format|artifact list .* --format (raw-)?(body|raw)")}


def named(value: object) -> str:
    return value.name if isinstance(value, Scenario | Kind) else str(value)


@pytest.fixture(scope="module")
def go() -> Path:
    program = go_program("regctl")
    if program is None:
        pytest.skip("Go's regctl is not installed (make peers)")
    version = subprocess.run([program, "version", "--format", "{{.VCSTag}}"], capture_output=True, text=True, check=True).stdout
    if version.strip() != VERSION:
        pytest.skip(f"{program} is {version.strip()}, and the recordings are of {VERSION}")
    return program


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS, ids=named)
def test_the_go_program_still_does_what_was_recorded(go: Path, name: str, scenario: Scenario) -> None:
    recorded = load(name)[scenario.name]
    with world() as (root, registry):
        results, state = play(scenario, root, registry, by_process(str(go)))

    assert [(line.stdout, line.code) for line in recorded.results] == [(line.stdout, line.code) for line in results]
    assert recorded.state == state


@pytest.mark.parametrize("kind", [DEBIAN, DISTRIBUTION, CUE], ids=named)
@pytest.mark.parametrize(("name", "scenario"), ON_REGISTRIES, ids=named)
def test_both_programs_do_the_same_on_a_real_registry(
    go: Path, kind: Kind, name: str, scenario: Scenario, tmp_path: Path
) -> None:
    theirs = played(kind, scenario, tmp_path / "go", by_process(str(go)))
    ours = played(kind, scenario, tmp_path / "ours", in_process)

    odd = ODD.get(kind, re.compile(r"(?!)"))
    assert [shown(line, result, odd) for line, result in zip(scenario.lines, theirs[0], strict=True)] == [
        shown(line, result, odd) for line, result in zip(scenario.lines, ours[0], strict=True)
    ]
    # Where layers are compressed anew digests differ, and so does on purpose what some scenarios leave behind.
    assert scenario.unpacked or scenario.differs or theirs[1] == ours[1]


def played(kind: Kind, scenario: Scenario, folder: Path, program: Program) -> tuple[list[Result], dict[str, object]]:
    """Play a scenario on a fresh real registry and return the results and the tags with their digests."""
    root = prepared(folder / "world")
    with registry_server(kind, folder / "server") as server:
        seeds = [(f"ocidir://{root}/src:{tag}", f"{server.host}/app:{tag}") for tag in SEEDED]
        if any("/edit" in line.text for line in scenario.lines):
            write_layout(folder / "seed")  # the play writes its own
            seeds += [(f"ocidir://{folder}/seed:{tag}", f"{server.host}/edit:{tag}") for tag in EDITED]
        for seed, place in seeds:
            done = in_process(["--host", f"reg={server.host},tls=disabled", "image", "copy", seed, place], b"", root)
            assert 0 == done.code, done.stderr
        results, _ = play(scenario, root, server.host, program)
        return results, dict(tags_of(server.host))


def shown(line: Line, result: Result, odd: re.Pattern[str]) -> tuple[str, bytes, int]:
    """Return what is compared of a line; what differs on purpose, or by a registry's oddities, is left out."""
    return (line.text, b"", 0) if line.differs or odd.match(line.text) else (line.text, result.stdout, result.code)


def tags_of(host: str) -> Iterator[tuple[str, object]]:
    """Ask a registry, without our client, for every tag of every repository and the digest behind it."""
    for repository in json.load(urllib.request.urlopen(f"http://{host}/v2/_catalog")).get("repositories") or ():
        try:
            tags = json.load(urllib.request.urlopen(f"http://{host}/v2/{repository}/tags/list"))["tags"] or ()
        except OSError:
            continue
        for tag in sorted(tags):
            yield f"{repository}:{tag}", digest_of(host, repository, tag)


def digest_of(host: str, repository: str, tag: str) -> str:
    """Ask for the digest of one tag."""
    kinds = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"
    docker = "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json"
    request = urllib.request.Request(f"http://{host}/v2/{repository}/manifests/{tag}", method="HEAD")
    request.add_header("Accept", f"{kinds}, {docker}")
    with urllib.request.urlopen(request) as answer:
        return str(answer.headers["Docker-Content-Digest"])
