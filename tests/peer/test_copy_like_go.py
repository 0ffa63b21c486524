"""Random graphs copied by the Go regctl and by us, registry to registry, leave the same content and the same tags."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from regclient.client import Client
from regclient.hosts import TLS, HostSettings
from regclient.memory import MemoryRepository
from regclient.model.platform import Platform
from regclient.ops.copyplan import CopyOptions
from tests.fakes import images
from tests.fakes.graphs import built, random_steps
from tests.fakes.registry import FakeRegistry
from tests.programs.places import go_program

pytestmark = [pytest.mark.peer, pytest.mark.slow]
ROUNDS = 6
LOCKED_UP = 3.0
OPTIONS = {
    "--referrers": CopyOptions(referrers=True),
    "--digest-tags": CopyOptions(digest_tags=True),
    "--referrers --digest-tags": CopyOptions(referrers=True, digest_tags=True),
    "--force-recursive": CopyOptions(recursive=True),
    "--platforms linux/arm64": CopyOptions(platforms=(Platform("linux", "arm64"),)),
    "--fast --referrers": CopyOptions(fast=True, referrers=True),
    "": CopyOptions(),
}


@pytest.fixture
def registry() -> Iterator[tuple[FakeRegistry, str]]:
    made = FakeRegistry()
    with made.serve() as host:
        yield made, host


def contents(repository: MemoryRepository) -> tuple[set[object], set[object], dict[str, object]]:
    return {*repository._manifests}, {*repository._blobs}, dict(repository._tags)


def copied_by_go(go: Path, words: str, src: str, dst: str, home: Path) -> bool:
    """Copy with the Go program; False when it locks up, as it does in some circles of referrers and digest tags."""
    host = src.partition("/")[0]
    command = [str(go), "--host", f"reg={host},tls=disabled", "image", "copy", *words.split(), src, dst]
    try:
        subprocess.run(command, check=True, capture_output=True, env={"HOME": str(home)}, timeout=LOCKED_UP)
    except subprocess.TimeoutExpired:
        return False
    return True


@pytest.mark.parametrize("words", OPTIONS)
def test_both_programs_copy_the_same(registry: tuple[FakeRegistry, str], words: str, tmp_path: Path) -> None:
    fake, host = registry
    go = go_program("regctl")
    if go is None:
        pytest.skip("Go's regctl is not installed (make peers)")
    chance = random.Random(words)
    compared = 0
    for name in map(str, range(ROUNDS)):
        source = fake.repository(f"{name}/src")
        built(source, random_steps(chance))
        with Client([HostSettings(host, tls=TLS.DISABLED)]) as client:
            for content in (b"first", b"second"):
                client.copy(f"{host}/{name}/src:top", f"{host}/{name}/ours:top", OPTIONS[words])
                if not copied_by_go(go, words, f"{host}/{name}/src:top", f"{host}/{name}/go:top", tmp_path):
                    break
                compared += 1
                assert contents(fake.repository(f"{name}/go")) == contents(fake.repository(f"{name}/ours")), f"round {name}"
                # The second time there is something new beside what is there.
                images.artifact(source, source.get_manifest("top"), content=content)
    assert compared > ROUNDS
