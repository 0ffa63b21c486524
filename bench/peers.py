"""The programs that are compared: for each job the words of a command, or None where a program does not do the job."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.servers import AUTHORITY, GO_PROGRAMS, TLS

ROOT = Path(__file__).parents[1]
ORAS_PY = ROOT / "bench" / ".venv" / "bin" / "python"
ARTIFACT = "application/vnd.example.files"
OURS, GO, CRANE, SKOPEO, ORAS, ORASPY, PYTHON = "ours", "regctl (Go)", "crane", "skopeo", "oras", "oras-py", "python"
Words = list[str] | None


@dataclass(frozen=True)
class Place:
    """Where an image is: a repository of a registry, or with no host a layout directory."""

    path: str
    tag: str = ""
    host: str = ""
    wire: str = ""

    @property
    def name(self) -> str:
        """The name as most programs write it."""
        return f"{self.host}/{self.path}:{self.tag}"

    def tagged(self, tag: str) -> Place:
        """The same place under another tag."""
        return Place(self.path, tag, self.host, self.wire)


class Program:
    """A program; this one does nothing, and the others do what they can. ``serial`` ones take no two requests at once."""

    def __init__(self, name: str, path: str) -> None:
        self.name = name
        self.path = path

    def version(self) -> Words:
        """Say the version."""
        return None

    def usage(self) -> Words:
        """Print the help."""
        return [self.path, "--help"]

    def digest(self, place: Place) -> Words:  # noqa: ARG002
        """Look a digest up."""
        return None

    def tags(self, place: Place) -> Words:  # noqa: ARG002
        """List tags."""
        return None

    def heads(self, place: Place) -> Words:  # noqa: ARG002
        """Ask for the digest of every tag, in one process that is a script over a library."""
        return None

    def copy(self, src: Place, dst: Place) -> Words:  # noqa: ARG002
        """Copy an image or a whole index."""
        return None

    def retag(self, place: Place, tag: str) -> Words:
        """Give an image a second tag."""
        return self.copy(place, place.tagged(tag))

    def save(self, place: Place, file: Path) -> Words:  # noqa: ARG002
        """Write an image to an archive."""
        return None

    def load(self, file: Path, place: Place) -> Words:  # noqa: ARG002
        """Push the image of an archive."""
        return None

    def get_file(self, place: Place, name: str, file: Path) -> Words:  # noqa: ARG002
        """Take one file out of an image."""
        return None

    def modify(self, place: Place, tag: str, *edit: str) -> Words:  # noqa: ARG002
        """Change an image, under another tag."""
        return None

    def put_files(self, place: Place, files: Sequence[str]) -> Words:  # noqa: ARG002
        """Push files as one artifact."""
        return None

    def get_files(self, place: Place, folder: Path) -> Words:  # noqa: ARG002
        """Write the files of an artifact to a folder."""
        return None

    def check(self, config: Path) -> Words:  # noqa: ARG002
        """Compare many tags (regsync)."""
        return None

    def sync(self, config: Path) -> Words:  # noqa: ARG002
        """Bring many tags into step (regsync)."""
        return None


class Python(Program):
    """Python doing nothing: the yardstick of start-up."""

    def version(self) -> Words:
        """Start and end."""
        return [self.path, "-c", "pass"]

    def usage(self) -> Words:
        """Start and end."""
        return self.version()

    def digest(self, place: Place) -> Words:  # noqa: ARG002
        """Start and end."""
        return self.version()


class Regctl(Program):
    """Ours and the Go one: they take the same words."""

    def version(self) -> Words:
        """Say the version."""
        return [self.path, "version"]

    def digest(self, place: Place) -> Words:
        """Look a digest up."""
        return self._words([place], "image", "digest", _regctl(place))

    def tags(self, place: Place) -> Words:
        """List tags."""
        return self._words([place], "tag", "ls", _regctl(place).rpartition(":")[0])

    def copy(self, src: Place, dst: Place) -> Words:
        """Copy an image or a whole index."""
        return self._words([src, dst], "image", "copy", _regctl(src), _regctl(dst))

    def save(self, place: Place, file: Path) -> Words:
        """Write an image to an archive."""
        return self._words([place], "image", "export", _regctl(place), str(file))

    def load(self, file: Path, place: Place) -> Words:
        """Push the image of an archive."""
        return self._words([place], "image", "import", _regctl(place), str(file))

    def get_file(self, place: Place, name: str, file: Path) -> Words:
        """Take one file out of an image."""
        return self._words([place], "image", "get-file", _regctl(place), name, str(file))

    def modify(self, place: Place, tag: str, *edit: str) -> Words:
        """Change an image, under another tag."""
        return self._words([place], "image", "mod", _regctl(place), "--create", tag, *edit)

    def put_files(self, place: Place, files: Sequence[str]) -> Words:
        """Push files as one artifact."""
        named = [word for file in files for word in ("-f", file, "-m", "text/plain")]
        return self._words([place], "artifact", "put", "--artifact-type", ARTIFACT, *named, "--file-title", _regctl(place))

    def get_files(self, place: Place, folder: Path) -> Words:
        """Write the files of an artifact to a folder."""
        return self._words([place], "artifact", "get", "--output", str(folder), _regctl(place))

    def check(self, config: Path) -> Words:
        """Compare many tags (regsync)."""
        return [str(Path(self.path).with_name("regsync")), "check", "-c", str(config)]

    def sync(self, config: Path) -> Words:
        """Bring many tags into step (regsync)."""
        return [str(Path(self.path).with_name("regsync")), "once", "-c", str(config)]

    def _words(self, places: Sequence[Place], *words: str) -> list[str]:
        hosts = dict.fromkeys(place.host for place in places if place.host and place.wire != TLS)
        return [self.path, *words[:2], *(word for host in hosts for word in ("--host", f"reg={host},tls=disabled")), *words[2:]]


class Ours(Regctl):
    """Ours, which is a library as well."""

    def heads(self, place: Place) -> Words:
        """Ask for the digest of every tag."""
        return [str(Path(self.path).with_name("python")), str(ROOT / "bench" / "heads.py"), place.host, place.path, place.wire]


class Crane(Program):
    """crane, of go-containerregistry; it takes 127.0.0.1 for a registry that may speak plain HTTP."""

    def version(self) -> Words:
        """Say the version."""
        return [self.path, "version"]

    def digest(self, place: Place) -> Words:
        """Look a digest up."""
        return [self.path, "digest", place.name]

    def tags(self, place: Place) -> Words:
        """List tags."""
        return [self.path, "ls", f"{place.host}/{place.path}"]

    def copy(self, src: Place, dst: Place) -> Words:
        """Copy an image or a whole index; a layout is pulled to or pushed from."""
        if src.host and dst.host:
            return [self.path, "copy", src.name, dst.name]
        if src.host:
            return [self.path, "pull", "--format=oci", src.name, dst.path]
        return None

    def retag(self, place: Place, tag: str) -> Words:
        """Give an image a second tag."""
        return [self.path, "tag", place.name, tag]

    def save(self, place: Place, file: Path) -> Words:
        """Write an image to an archive."""
        return [self.path, "pull", place.name, str(file)]

    def load(self, file: Path, place: Place) -> Words:
        """Push the image of an archive."""
        return [self.path, "push", str(file), place.name]


class Skopeo(Program):
    """skopeo, of the containers project."""

    def version(self) -> Words:
        """Say the version."""
        return [self.path, "--version"]

    def digest(self, place: Place) -> Words:
        """Look a digest up."""
        secure = [] if place.wire == TLS else ["--tls-verify=false"]
        return [self.path, "inspect", *secure, "--no-tags", "--format", "{{.Digest}}", f"docker://{place.name}"]

    def tags(self, place: Place) -> Words:
        """List tags."""
        secure = [] if place.wire == TLS else ["--tls-verify=false"]
        return [self.path, "list-tags", *secure, f"docker://{place.host}/{place.path}"]

    def copy(self, src: Place, dst: Place) -> Words:
        """Copy an image or a whole index."""
        return self._copy(src, dst, _skopeo(src), _skopeo(dst))

    def save(self, place: Place, file: Path) -> Words:
        """Write an image to an archive."""
        return self._copy(place, Place(""), _skopeo(place), f"oci-archive:{file}:{place.tag}")

    def load(self, file: Path, place: Place) -> Words:
        """Push the image of an archive."""
        return self._copy(Place(""), place, f"oci-archive:{file}", _skopeo(place))

    def _copy(self, src: Place, dst: Place, *names: str) -> list[str]:
        plain = [f"--{side}-tls-verify=false" for side, place in (("src", src), ("dest", dst)) if place.wire != TLS]
        return [self.path, "copy", "-q", "--insecure-policy", "--all", *plain, *names]


class Oras(Program):
    """oras, the Go program."""

    def version(self) -> Words:
        """Say the version."""
        return [self.path, "version"]

    def digest(self, place: Place) -> Words:
        """Look a digest up."""
        return [self.path, "resolve", *_plainly(place), place.name]

    def tags(self, place: Place) -> Words:
        """List tags."""
        return [self.path, "repo", "tags", *_plainly(place), f"{place.host}/{place.path}"]

    def copy(self, src: Place, dst: Place) -> Words:
        """Copy an image or a whole index."""
        words = [self.path, "cp", "--no-tty"]
        for side, place in (("from", src), ("to", dst)):
            words += [f"--{side}{word[1:]}" for word in _plainly(place)] if place.host else [f"--{side}-oci-layout"]
        return [*words, *(place.name if place.host else f"{place.path}:{place.tag}" for place in (src, dst))]

    def retag(self, place: Place, tag: str) -> Words:
        """Give an image a second tag."""
        return [self.path, "tag", *_plainly(place), place.name, tag]

    def save(self, place: Place, file: Path) -> Words:
        """Write an image to an archive."""
        return [self.path, "backup", "--no-tty", *_plainly(place), "--output", str(file), place.name]

    def load(self, file: Path, place: Place) -> Words:
        """Push the image of an archive."""
        return [self.path, "restore", "--no-tty", *_plainly(place), "--input", str(file), place.name]

    def put_files(self, place: Place, files: Sequence[str]) -> Words:
        """Push files as one artifact."""
        return [self.path, "push", "--no-tty", *_plainly(place), "--artifact-type", ARTIFACT, place.name, *files]

    def get_files(self, place: Place, folder: Path) -> Words:
        """Write the files of an artifact to a folder."""
        return [self.path, "pull", "--no-tty", *_plainly(place), "--output", str(folder), place.name]


class OrasPy(Program):
    """oras-py, the Python library, through a few lines of script: it has no program."""

    def version(self) -> Words:
        """Import it and say its version."""
        return self._words("version")

    def usage(self) -> Words:
        """There is no help."""
        return None

    def digest(self, place: Place) -> Words:
        """Fetch the manifest, which is its way to a digest."""
        return self._words("digest", place.name, place.wire)

    def tags(self, place: Place) -> Words:
        """List tags."""
        return self._words("tags", place.name, place.wire)

    def heads(self, place: Place) -> Words:
        """Ask for the digest of every tag, one after the other: the library has one connection."""
        return self._words("heads", place.name, place.wire)

    def put_files(self, place: Place, files: Sequence[str]) -> Words:
        """Push files as one artifact."""
        return self._words("put", place.name, place.wire, *files)

    def get_files(self, place: Place, folder: Path) -> Words:
        """Write the files of an artifact to a folder."""
        return self._words("get", place.name, place.wire, str(folder))

    def _words(self, *words: str) -> list[str]:
        return [self.path, str(ROOT / "bench" / "oraspy.py"), *words]


def installed() -> tuple[list[Program], dict[str, str], list[str]]:
    """Return the programs that are here, ours first, their versions, and the names of those that are missing."""
    beside = Path(sys.executable).parent
    found: list[Program] = [Python(PYTHON, sys.executable), Ours(OURS, str(beside / "regctl"))]
    missing = []
    for name, kind, program in (
        (GO, Regctl, "regctl"),
        (CRANE, Crane, "crane"),
        (SKOPEO, Skopeo, "skopeo"),
        (ORAS, Oras, "oras"),
    ):
        path = shutil.which(program, path=f"{GO_PROGRAMS}:/usr/local/bin:/usr/bin")
        if path:
            found.append(kind(name, path))
        else:
            missing.append(name)
    if ORAS_PY.exists():
        found.append(OrasPy(ORASPY, str(ORAS_PY)))
    else:
        missing.append(ORASPY)
    return found, {program.name: _version_of(program) for program in found}, missing


def environment_of(home: Path, wire: str) -> Mapping[str, str]:
    """Return the environment of a measured command: a home of its own, so that nothing remembers the last run."""
    environment = {
        "HOME": str(home),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(home),
        # As root, skopeo keeps what it learned of blobs in one place for the whole machine; for a user it is below the home.
        "_CONTAINERS_ROOTLESS_UID": "1000",
        "OTEL_TRACES_EXPORTER": "none",
    }
    if wire == TLS:
        environment |= {"SSL_CERT_FILE": str(AUTHORITY), "REQUESTS_CA_BUNDLE": str(AUTHORITY)}
    return environment


def _regctl(place: Place) -> str:
    return place.name if place.host else f"ocidir://{place.path}:{place.tag}"


def _skopeo(place: Place) -> str:
    return f"docker://{place.name}" if place.host else f"oci:{place.path}:{place.tag}"


def _plainly(place: Place) -> list[str]:
    return [] if place.wire == TLS else ["--plain-http"]


def _version_of(program: Program) -> str:
    words = [program.path, "--version"] if isinstance(program, Python) else program.version()
    assert words is not None
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    found = re.search(r"v?\d+\.\d+\.\d+", said)
    return found[0] if found else "unknown"
