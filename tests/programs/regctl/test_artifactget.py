"""``artifact get``: which artifact, which files, and where they go."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from tests.claims import claims
from tests.fakes.console import Console
from tests.programs.regctl.conftest import Disk, Served
from tests.programs.world import MANIFEST, Layout

TITLE = "org.opencontainers.image.title"
SBOM = "application/example.sbom"


@pytest.fixture
def files(tmp_path: Path, regctl: Console) -> str:
    """An artifact of three files and a config."""
    reference = f"ocidir://{tmp_path}/files:v1"
    layout = Layout(tmp_path / "files")
    layers = [
        layout.describe(f"t/{number}", text.encode(), annotations={TITLE: title})
        for number, (title, text) in enumerate({"a.txt": "1", "d/b.txt": "2", "/d/e/../c.txt": "3"}.items())
    ]
    config = layout.describe("a/config", b"{}")
    layout.tag("v1", layout.document(MANIFEST, {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}))
    layout.finish()
    return reference


@pytest.fixture
def subject(regctl: Console, disk: Disk) -> str:
    """An image with three SBOMs of different age and rank."""
    regctl("image", "copy", f"{disk.source}:single", f"{disk.target}:v1")
    for content, created, rank in (("old", "2021", "3"), ("new", "2023", "1"), ("mid", "2022", "2")):
        words = ("--annotation", f"org.opencontainers.image.created={created}", "--annotation", f"rank={rank}")
        put = ("artifact", "put", "--artifact-type", SBOM, "--subject", f"{disk.target}:v1", *words)
        assert 0 == regctl(*put, stdin=content.encode()).code
    return f"{disk.target}:v1"


def layout_with(root: Path, *layers: tuple[str, bytes]) -> str:
    """Write an artifact of layers with these titles, byte for byte."""
    layout = Layout(root / "made")
    described = [layout.describe("t/x", content, annotations={TITLE: title}) for title, content in layers]
    config = layout.describe("a/config", b"{}")
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": described}
    layout.tag("v1", layout.document(MANIFEST, manifest))
    layout.finish()
    return f"ocidir://{layout.root}:v1"


def tar_of(**files: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name.replace("__", "/"))
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


def test_something_has_to_name_the_artifact(regctl: Console) -> None:
    assert (1, "", "either a reference or subject must be provided\n") == regctl("artifact", "get")


@claims("regctl artifact get --file", "regctl artifact get --file-media-type")
def test_one_file_goes_to_standard_output_as_it_is(regctl: Console, files: str) -> None:
    assert (0, "2", "") == regctl("artifact", "get", files, "--file", "d/b.txt")
    assert (0, "1", "") == regctl("artifact", "get", files, "-m", "t/0")
    assert (0, "1", "") == regctl("artifact", "get", files, "-m", "t/0", "-m", "t/1", "-f", "a.txt")
    several = regctl("artifact", "get", files)
    assert (1, "", True) == (several.code, several.out, "3 files match" in several.err)
    assert 1 == regctl("artifact", "get", files, "-f", "nothing").code


@claims("regctl artifact get --config", "regctl artifact get --config-file")
def test_the_config_is_shown_or_written(regctl: Console, files: str, tmp_path: Path) -> None:
    path = tmp_path / "config"

    assert (0, "{}", "") == regctl("artifact", "get", files, "--config")
    assert (0, "", "") == regctl("artifact", "get", files, "--config", "--config-file", str(path))
    assert "{}" == path.read_text()
    assert (0, "1", "") == regctl("artifact", "get", files, "--config-file", str(path), "-f", "a.txt")
    assert 1 == regctl("artifact", "get", files, "--config-file", str(path)).code
    assert 1 == regctl("artifact", "get", files, "--config", "--config-file", str(tmp_path)).code


@claims("regctl artifact get --output", "regctl artifact get --strip-dirs")
def test_files_are_written_under_their_titles(regctl: Console, files: str, tmp_path: Path) -> None:
    for name, flags, expected in (
        ("whole", (), ["a.txt", "d/b.txt", "d/c.txt"]),
        ("flat", ("--strip-dirs",), ["a.txt", "b.txt", "c.txt"]),
    ):
        target = tmp_path / name
        target.mkdir()
        assert (0, "", "") == regctl("artifact", "get", files, "--output", str(target), *flags)
        assert expected == sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file())
        assert "123" == "".join((target / path).read_text() for path in expected)
    for bad in ("missing", "whole/a.txt"):
        assert 1 == regctl("artifact", "get", files, "--output", str(tmp_path / bad)).code


def test_a_layer_without_title_is_named_by_its_digest(regctl: Console, disk: Disk, tmp_path: Path) -> None:
    assert 0 == regctl("artifact", "get", f"{disk.source}:artifact", "-o", str(tmp_path)).code
    assert "alone" == (tmp_path / disk.digests["artifact.layer"].partition(":")[2]).read_text()


def test_directories_are_unpacked(regctl: Console, tmp_path: Path) -> None:
    reference = layout_with(tmp_path, ("docs/", gzip.compress(tar_of(a="1", d__b="2"))), ("./", tar_of(top="3")))
    for name, flags in ("whole", ()), ("flat", ("--strip-dirs",)):
        target = tmp_path / name
        target.mkdir()
        assert (0, "", "") == regctl("artifact", "get", reference, "-o", str(target), *flags)
        base = target if flags else target / "docs"
        assert ("1", "2", "3") == ((base / "a").read_text(), (base / "d/b").read_text(), (target / "top").read_text())


@pytest.mark.parametrize("title", ["../evil", "a/../../evil", "../../evil/", "/..", "."])
def test_titles_do_not_lead_out_of_the_directory(regctl: Console, tmp_path: Path, title: str) -> None:
    reference = layout_with(tmp_path, (title, tar_of(x="1")))
    target = tmp_path / "outer" / "target"
    target.mkdir(parents=True)

    assert 1 == regctl("artifact", "get", reference, "-o", str(target)).code
    assert ([], ["target"]) == (list(target.iterdir()), [path.name for path in target.parent.iterdir()])


def test_a_title_does_not_write_through_a_link_that_leads_out(regctl: Console, tmp_path: Path) -> None:
    reference = layout_with(tmp_path, ("out/evil", b"x"))
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "out").symlink_to(tmp_path)

    assert 1 == regctl("artifact", "get", reference, "-o", str(tmp_path / "target")).code
    assert not (tmp_path / "evil").exists()


def test_a_damaged_file_does_not_appear(regctl: Console, tmp_path: Path) -> None:
    reference = layout_with(tmp_path, ("a", b"right"))
    (tmp_path / "target").mkdir()
    for path in (tmp_path / "made" / "blobs" / "sha256").iterdir():
        if path.read_bytes() == b"right":
            path.write_bytes(b"wrong")

    assert 1 == regctl("artifact", "get", reference, "-o", str(tmp_path / "target")).code
    assert [] == list((tmp_path / "target").iterdir())


@claims("regctl artifact get --unpack-limit")
def test_a_bomb_ends_at_the_limit(regctl: Console, tmp_path: Path) -> None:
    reference = layout_with(tmp_path, ("d/", gzip.compress(tar_of(zeros="\0" * 100_000))))
    (tmp_path / "target").mkdir()
    words = ("artifact", "get", reference, "-o", str(tmp_path / "target"))
    ended = regctl(*words, "--unpack-limit", "50000")

    assert (1, True) == (ended.code, "larger than the limit of 50000 bytes" in ended.err)
    assert not (tmp_path / "target" / "d" / "zeros").exists()
    assert 0 == regctl(*words).code


@claims(
    "regctl artifact get --subject",
    "regctl artifact get --refers",
    "regctl artifact get --latest",
    "regctl artifact get --sort-annotation",
    "regctl artifact get --sort-desc",
)
def test_a_referrer_is_found_from_its_subject(regctl: Console, subject: str) -> None:
    wanted = ("--filter-artifact-type", SBOM)
    for word in ("--subject", "--refers"):
        several = regctl("artifact", "get", word, subject, *wanted)
        assert (0, "old") == (several.code, several.out)
        assert "referrers match" in several.err
        assert ("deprecated" in several.err) == (word == "--refers")
    asked = ("artifact", "get", "--subject", subject, *wanted)

    assert (0, "new", "") == regctl(*asked, "--latest")
    assert (0, "new", "") == regctl(*asked, "--sort-annotation", "rank")
    assert (0, "old", "") == regctl(*asked, "--sort-annotation", "rank", "--sort-desc")
    assert 1 == regctl(*asked, "--latest", "--sort-annotation", "rank").code


@claims("regctl artifact get --filter-annotation", "regctl artifact get --filter-artifact-type")
def test_referrers_are_chosen_by_what_they_say(regctl: Console, subject: str) -> None:
    asked = ("artifact", "get", "--subject", subject)

    assert (0, "mid", "") == regctl(*asked, "--filter-annotation", "rank=2")
    assert 1 == regctl(*asked, "--filter-annotation", "rank=9").code
    assert 1 == regctl(*asked, "--filter-annotation", "rank=2", "--filter-artifact-type", "a/b").code


def test_a_name_is_used_before_a_subject(regctl: Console, disk: Disk, subject: str) -> None:
    assert (0, "alone", "") == regctl("artifact", "get", f"{disk.source}:artifact", "--subject", subject)


@claims("regctl artifact get --platform")
def test_a_platform_is_that_of_the_subject_or_of_an_entry(regctl: Console, disk: Disk) -> None:
    subject = f"{disk.source}:v1"
    typed = ("--artifact-type", SBOM, "--platform", "linux/arm64")
    assert 0 == regctl("artifact", "put", *typed, "--subject", subject, stdin=b"arm").code
    assert 0 == regctl("artifact", "put", *typed, "--index", f"{disk.target}:index", stdin=b"entry").code

    assert 1 == regctl("artifact", "get", "--subject", subject).code
    assert (0, "arm", "") == regctl("artifact", "get", "--subject", subject, "-p", "linux/arm64")
    assert (0, "entry", "") == regctl("artifact", "get", f"{disk.target}:index", "-p", "linux/arm64")
    assert 1 == regctl("artifact", "get", f"{disk.target}:index", "-p", "linux/s390x").code


@claims("regctl artifact get --external")
def test_a_referrer_is_fetched_from_where_it_is_kept(regctl: Console, disk: Disk) -> None:
    subject = ("--subject", f"{disk.source}:v1")
    assert 0 == regctl("artifact", "put", "--artifact-type", SBOM, *subject, "--external", disk.target, stdin=b"x").code

    assert 1 == regctl("artifact", "get", *subject).code
    assert (0, "x", "") == regctl("artifact", "get", *subject, "--external", disk.target)
    alone = regctl("artifact", "get", f"{disk.source}:artifact", "--external", disk.target)
    assert (0, "alone", True) == (alone.code, alone.out, "subject" in alone.err)


@claims("regctl artifact get --slow-referrers")
def test_referrers_that_no_list_names_are_found_by_reading_everything(regctl: Console, disk: Disk) -> None:
    subject = ("--subject", f"{disk.target}:v1")
    regctl("image", "copy", f"{disk.source}:single", f"{disk.target}:v1")
    assert 0 == regctl("artifact", "put", "--artifact-type", SBOM, *subject, f"{disk.target}:named", stdin=b"x").code
    assert 0 == regctl("tag", "rm", f"{disk.target}:{disk.digests['single'].replace(':', '-')}").code

    assert 1 == regctl("artifact", "get", *subject).code
    assert (0, "x", "") == regctl("artifact", "get", *subject, "--slow-referrers")


def test_every_way_works_on_a_registry(served: Served, tmp_path: Path) -> None:
    put = ("artifact", "put", "--artifact-type", SBOM)
    assert 0 == served(*put, f"{served.address}/app:v1", stdin=b"one").code
    assert 0 == served(*put, "--subject", f"{served.address}/app:v1", stdin=b"two").code

    assert (0, "one", "") == served("artifact", "get", f"{served.address}/app:v1")
    assert (0, "two", "") == served("artifact", "get", "--subject", f"{served.address}/app:v1")
    assert "{}" == json.dumps(json.loads(served("artifact", "get", f"{served.address}/app:v1", "--config").out))
    assert 0 == served("artifact", "get", f"{served.address}/app:v1", "-o", str(tmp_path)).code
    assert [b"one"] == [path.read_bytes() for path in tmp_path.iterdir()]
