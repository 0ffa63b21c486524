"""Legal monsters come out of archives in little memory and linear time; those beyond the limit end early."""

from __future__ import annotations

import gzip
import sys
import tarfile
import time
from pathlib import Path

import pytest

from tests.heavy.launch import weighed
from tests.programs.world import MANIFEST, Layout

pytestmark = [pytest.mark.heavy, pytest.mark.slow]

LIMIT = 100 << 20
REGCTL = str(Path(sys.executable).with_name("regctl"))
ZEROS = 6 << 30


def layout_of(root: Path, layer: Path) -> str:
    """Write an artifact whose only layer is a packed directory."""
    layout = Layout(root / "layout")
    described = layout.describe("application/x-tar", layer.read_bytes(), annotations={"org.opencontainers.image.title": "d/"})
    config = layout.describe("a/config", b"{}")
    layout.tag(
        "v1", layout.document(MANIFEST, {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [described]})
    )
    layout.finish()
    return f"ocidir://{layout.root}:v1"


def fetched(reference: str, target: Path, *flags: str) -> tuple[int, int, float]:
    """Unpack in a process of its own; return its exit code, the most memory it held and the seconds it took."""
    target.mkdir()
    begun = time.monotonic()
    usage = weighed([REGCTL, "artifact", "get", reference, "-o", str(target), *flags])
    return usage.code, usage.memory, time.monotonic() - begun


def test_gibibytes_of_zeros_end_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "zeros.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as out:
        header = tarfile.TarInfo("zeros")
        header.size = ZEROS
        out.write(header.tobuf(tarfile.PAX_FORMAT))
        for _ in range(ZEROS >> 20):
            out.write(bytes(1 << 20))
    reference = layout_of(tmp_path, path)
    code, memory, seconds = fetched(reference, tmp_path / "refused")

    assert (1, True, True) == (code, memory < LIMIT, seconds < 30)
    assert [] == [file for file in (tmp_path / "refused").rglob("*") if file.is_file()]
    code, memory, _ = fetched(reference, tmp_path / "wanted", "--unpack-limit", str(ZEROS + (1 << 20)))
    assert (0, True) == (code, memory < LIMIT)
    assert ZEROS == (tmp_path / "wanted" / "d" / "zeros").stat().st_size


def test_very_many_empty_entries_take_little_memory_and_linear_time(tmp_path: Path) -> None:
    seconds = []
    for count in 20_000, 200_000:
        root = tmp_path / str(count)
        root.mkdir()
        # Written header by header: what this process once held would count as the other's.
        with gzip.open(root / "many.tar", "wb", compresslevel=1) as out:
            for number in range(count):
                header = tarfile.TarInfo(f"{number % 512}")
                header.type = tarfile.DIRTYPE
                out.write(header.tobuf(tarfile.PAX_FORMAT))
        code, memory, took = fetched(layout_of(root, root / "many.tar"), root / "target")
        assert (0, True) == (code, memory < LIMIT)
        seconds.append(took)

    assert seconds[1] < 20 * seconds[0]
