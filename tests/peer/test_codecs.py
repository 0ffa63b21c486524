"""The codecs write the same bytes on other processors: here the pinned digests are made again on emulated ones.

Each processor takes other code paths of the codecs: none beyond SSE2, SSE4 and CRC32, AVX2 and BMI2, all there is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EMULATOR = shutil.which("qemu-x86_64")
PROCESSORS = ("qemu64", "Nehalem-v1", "Haswell-v1", "max")
PROGRAM = """
import hashlib, io, sys
sys.path[:0] = sys.argv[1:]
from regclient.kit.compressors import GzipWriter, ZstdWriter
from tests.fakes.texts import WORDS
for writer in (GzipWriter, ZstdWriter):
    out = io.BytesIO()
    with writer(out) as stream:
        stream.write(WORDS)
    print(hashlib.sha256(out.getvalue()).hexdigest())
"""

pytestmark = [
    pytest.mark.peer,
    pytest.mark.slow,
    pytest.mark.skipif(EMULATOR is None, reason="qemu-x86_64 is not installed (Debian: qemu-user)"),
    pytest.mark.skipif(os.uname().machine != "x86_64", reason="this is no x86-64 machine"),
]


def digests(*command: str) -> list[str]:
    """Run the program with its interpreter and return what it prints."""
    done = subprocess.run(
        [*command, os.path.realpath(sys.executable), "-c", PROGRAM, str(ROOT / "src"), str(ROOT), *sys.path],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize("processor", PROCESSORS)
def test_other_processors_write_the_same_bytes(processor: str) -> None:
    assert EMULATOR is not None
    here = digests()

    assert 2 == len(here)
    assert here == digests(EMULATOR, "-cpu", processor)
