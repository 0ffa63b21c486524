from __future__ import annotations

import io
from pathlib import Path

import pytest

from regclient.layout.repository import LayoutRepository
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.image import ImageManifest
from regclient.model.reference import Reference
from tests.claims import claims
from tests.fakes.archives import Item, directory, symlink, tar_of
from tests.fakes.console import Console, Ended
from tests.programs.regctl.conftest import Disk

LOWER = tar_of(directory("bin/"), Item("bin/tool", b"tool", mode=0o755), Item("old", b"old"), symlink("link", "bin/tool"))
UPPER = tar_of(Item(".wh.old"), Item("new", b"new"))


@pytest.fixture
def place(tmp_path: Path) -> str:
    """An image of two layers."""
    repository = LayoutRepository(Reference.parse(f"ocidir://{tmp_path}/files"))
    layers = [repository.put_blob(io.BytesIO(raw), Descriptor.of(raw, mediatype.OCI_LAYER)) for raw in (LOWER, UPPER)]
    config = repository.put_blob(io.BytesIO(b"{}"), Descriptor.of(b"{}", mediatype.OCI_CONFIG))
    repository.put_manifest(ImageManifest.build(config=config, layers=layers), "v1")
    return f"ocidir://{tmp_path}/files"


@pytest.mark.parametrize("command", ["get-file", "cat"])
def test_a_file_goes_to_standard_output(regctl: Console, place: str, command: str) -> None:
    assert (0, "tool", "") == regctl("image", command, f"{place}:v1", "/bin/tool")
    assert (0, "tool", "") == regctl("image", command, f"{place}:v1", "link")
    assert (0, "", "") == regctl("image", command, f"{place}:v1", "bin")
    assert (0, "tool", "") == regctl("blob", command, place, str(Descriptor.of(LOWER).digest), "bin/tool")


def test_a_file_written_keeps_its_permissions(regctl: Console, place: str, tmp_path: Path) -> None:
    assert (0, "", "") == regctl("image", "get-file", f"{place}:v1", "link", str(tmp_path / "tool"))
    assert (0, "", "") == regctl("blob", "get-file", place, str(Descriptor.of(UPPER).digest), "new", str(tmp_path / "new"))

    assert (b"tool", 0o755) == ((tmp_path / "tool").read_bytes(), (tmp_path / "tool").stat().st_mode & 0o755)
    assert (b"new", 0) == ((tmp_path / "new").read_bytes(), (tmp_path / "new").stat().st_mode & 0o111)


@pytest.mark.parametrize(("path", "told"), [("old", "file deleted"), ("none", "not found"), (".wh.old", "removed files")])
def test_what_is_not_there_is_an_error_and_no_file(regctl: Console, place: str, tmp_path: Path, path: str, told: str) -> None:
    ended = regctl("image", "get-file", f"{place}:v1", path, str(tmp_path / "out"))

    assert (1, "") == (ended.code, ended.out)
    assert told in ended.err
    assert not (tmp_path / "out").exists()


@claims("regctl image get-file --format", "regctl blob get-file --format")
def test_a_template_shows_the_header_instead_of_the_content(regctl: Console, place: str, tmp_path: Path) -> None:
    def shown(*words: str) -> Ended:
        return regctl(*words, str(tmp_path / "out"), "--format", "{{.Header.Name}} {{.Header.Linkname}} {{.Header.Size}}")

    assert (0, "link bin/tool 0", "") == shown("image", "get-file", f"{place}:v1", "link")
    assert (0, "new  3", "") == shown("blob", "get-file", place, str(Descriptor.of(UPPER).digest), "new")
    assert not (tmp_path / "out").exists()


@claims("regctl image get-file --platform")
def test_the_file_is_that_of_the_platform(regctl: Console, disk: Disk) -> None:
    get = ("image", "get-file", f"{disk.source}:v1", "app")

    assert "arm64" * 50 == regctl(*get, "--platform", "linux/arm64").out
    assert "amd64" * 50 == regctl(*get, "-p", "linux/amd64").out
    assert 1 == regctl(*get, "--platform", "linux/s390x").code
    assert 1 == regctl(*get, "--platform", "?").code


def test_a_bad_digest_is_an_error(regctl: Console, place: str) -> None:
    assert 1 == regctl("blob", "get-file", place, "junk", "a").code
