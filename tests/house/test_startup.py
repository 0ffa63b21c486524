"""Start-up is part of the product: what the quickest commands must not import, for each costs milliseconds of every run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from regclient.cli.app import MADE_BETWEEN_SWEEPS
from regclient.model.index import IndexManifest
from tests.fakes.certificates import CERTIFICATE, server_context
from tests.fakes.registry import FakeRegistry
from tests.house.source import ROOT

PROGRAM = "from regclient.regctl.app import main; main()"
HEAVY = {
    *(
        "argparse",
        "asyncio",
        "concurrent.futures",
        "email",
        "http.client",
        "logging",
        "random",
        "shutil",
        "subprocess",
        "tempfile",
    ),
    *("encodings.idna", "hashlib", "ipaddress", "json", "pathlib", "lupa", "re2", "rich", "traceback", "urllib.parse", "yaml"),
    *("regclient.answers", "regclient.concurrency", "regclient.events", "regclient.goview", "regclient.kit.gotemplate"),
    *("regclient.layout", "regclient.model.descriptor", "regclient.model.manifest", "regclient.pretty", "regclient.workers"),
    *(
        "regclient.kit.atomicfile",
        "regclient.regctl.image_edit",
        "regclient.settings.regctl",
        "regclient.remote.upload",
        "regclient.remote.download",
    ),
}
"""What a question for a digest does without. The standard library's own modules do not import these either."""


def run(program: str, *words: str, **environment: str) -> tuple[str, set[str]]:
    """Run a Python; return what it said, and every module it imported."""
    command = [sys.executable, "-X", "importtime", "-c", program, *words]
    variables = {"PYTHONPATH": str(ROOT / "src"), **environment}
    ran = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    lines = [line for line in ran.stderr.splitlines() if line.startswith("import time:")]
    return ran.stdout, {line.rpartition("|")[2].strip() for line in lines}


def regctl(*words: str, **environment: str) -> tuple[str, set[str]]:
    """Run regctl; return what it said, and the modules it imported that a Python which does nothing does not."""
    said, imported = run(PROGRAM, *words, **environment)
    return said, imported - run("pass")[1]


def registry_with(digestible: IndexManifest) -> FakeRegistry:
    registry = FakeRegistry()
    registry.repository("app").put_manifest(digestible, "v1")
    return registry


def test_the_version_is_said_without_the_libraries_that_anything_else_needs() -> None:
    said, imported = regctl("version")

    assert "VCSTag" in said
    assert {"regclient.cli.app", "regclient.kit.flags.grammar"} <= imported
    assert set() == imported & {*HEAVY, "collections.abc", "dataclasses", "enum", "re", "socket", "ssl", "threading", "typing"}


def test_a_digest_is_looked_up_with_what_that_takes(tmp_path: Path) -> None:
    index = IndexManifest.build()
    with registry_with(index).serve() as host:
        flag = ("--host", f"reg={host},tls=disabled")
        said, imported = regctl("image", "digest", *flag, f"{host}/app:v1", HOME=str(tmp_path))

    assert f"{index.digest}\n" == said
    assert {"regclient.transport.engine", "socket"} <= imported
    assert set() == imported & {*HEAVY, "base64", "ssl"}


def test_a_digest_over_tls_takes_openssl_and_no_more(tmp_path: Path) -> None:
    index = IndexManifest.build()
    trusted = tmp_path / "trusted.pem"
    trusted.write_text(CERTIFICATE)
    with registry_with(index).serve(tls=server_context(tmp_path)) as host:
        said, imported = regctl("image", "digest", f"{host}/app:v1", HOME=str(tmp_path), SSL_CERT_FILE=str(trusted))

    assert f"{index.digest}\n" == said
    assert "ssl" in imported
    assert set() == imported & HEAVY


def test_a_start_is_not_searched_for_garbage_again_and_again() -> None:
    told = "import gc, os; os._exit = lambda code: print(code, gc.get_threshold()[0]); "

    said, _ = run(told + PROGRAM, "version")

    assert f"0 {MADE_BETWEEN_SWEEPS}" == said.splitlines()[-1]
