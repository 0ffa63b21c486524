"""Ask Go's regctl what it shows of each sample, and write tests/vectors/goview/vectors.json. Needs regctl."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.vectors.goview.cases import cases  # noqa: E402 - found through the path set above
from tests.vectors.goview.samples import sample_layout  # noqa: E402

REGCTL = shutil.which("regctl", path=str(Path.home() / "go" / "bin")) or shutil.which("regctl") or "regctl"
VERSION = "v0.11.5"


def ask(question: tuple[str, tuple[str, ...], str, str]) -> dict[str, object]:
    """Run one command with one template."""
    name, command, template, folder = question
    run = subprocess.run(
        [REGCTL, *command, "--format", template],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    found: dict[str, object] = {"noun": name, "template": template, "output": run.stdout}
    return {**found, "failure": run.stderr.strip()} if run.returncode else found


def main() -> None:
    """Record everything."""
    tagged = subprocess.run([REGCTL, "version", "--format", "{{.VCSTag}}"], capture_output=True, text=True, check=True)
    if tagged.stdout != VERSION:
        raise SystemExit(f"regctl {VERSION} is needed, found {tagged.stdout}")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        sample_layout().write(Path(folder) / "lay")
        questions = [(name, command, template, folder) for name, command, templates in cases() for template in templates]
        found = list(pool.map(ask, questions))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in found)
    target = ROOT / "tests" / "vectors" / "goview" / "vectors.json"
    target.write_text(f'{{"regctl": "{VERSION}", "cases": [\n{lines}\n]}}\n', "utf-8")


if __name__ == "__main__":
    main()
