"""A user's home with regctl's settings file in it, and the program as that user runs it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path

from regclient.regctl.app import ROOT
from tests.fakes.console import Console, Ended


@dataclass(frozen=True)
class Home:
    """One home; ``environ`` is what the program sees besides ``HOME``."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, stdin: bytes = b"") -> Ended:
        """Run a command line of regctl."""
        return Console(ROOT)(*words, stdin=stdin, environ={"HOME": str(self.folder), **self.environ})

    @property
    def path(self) -> Path:
        """The settings file."""
        return self.folder / ".regctl" / "config.json"

    def store(self, **members: object) -> None:
        """Write the settings file."""
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(json.dumps(members))

    def stored(self) -> dict[str, object]:
        """Read the settings file; empty when there is none."""
        document: dict[str, object] = json.loads(self.path.read_text()) if self.path.exists() else {}
        return document

    def host(self, name: str) -> dict[str, object] | None:
        """Read the entry of a host; None when there is none."""
        hosts = self.stored().get("hosts", {})
        assert isinstance(hosts, dict)
        found: dict[str, object] | None = hosts.get(name)
        return found

    def helper(self, script: str) -> str:
        """Make a credential helper of a shell script and return the name to store."""
        path = self.folder / "docker-credential-fake"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)


def docker_login(address: str, user: str = "user", password: str = "secret") -> dict[str, str]:
    """The environment of somebody whom Docker knows at a registry."""
    auth = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"DOCKER_AUTH_CONFIG": json.dumps({"auths": {address: {"auth": auth}}})}
