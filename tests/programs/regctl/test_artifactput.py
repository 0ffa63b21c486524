"""``artifact put``: what ends up in the manifest, with each flag and without it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.claims import claims
from tests.fakes.console import Console
from tests.fakes.faults import FaultRule
from tests.programs.regctl.conftest import Disk, Served

TYPED = ("--artifact-type", "application/example.a")
EMPTY = "application/vnd.oci.empty.v1+json"
DEFAULT_WARNING = "using default value for artifact-type is not recommended"


def document(regctl: Console, reference: str) -> dict[str, object]:
    found = json.loads(regctl("manifest", "get", reference, "--format", "body").out)
    assert isinstance(found, dict)
    return found


def shown(regctl: Console, reference: str, template: str) -> str:
    return regctl("manifest", "get", reference, "--format", template).out


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files to put, in the directory the program is in."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "a.txt").write_text("eggs")
    (tmp_path / "docs" / "b.txt").write_text("ham")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_something_has_to_name_the_artifact(regctl: Console) -> None:
    assert (1, "", "either a reference or subject must be provided\n") == regctl("artifact", "put", *TYPED, stdin=b"x")


@claims("regctl artifact put --artifact-type")
def test_an_artifact_should_say_what_it_is(regctl: Console, disk: Disk) -> None:
    untyped = regctl("artifact", "put", f"{disk.target}:none", stdin=b"x")

    assert (0, "") == (untyped.code, untyped.out)
    assert DEFAULT_WARNING in untyped.err
    assert (0, "", "") == regctl("artifact", "put", *TYPED, f"{disk.target}:typed", stdin=b"x")
    template = "{{ .ArtifactType }} {{ .Config.MediaType }} {{ (index .Layers 0).MediaType }}"
    assert f"application/vnd.unknown.config+json {EMPTY} application/octet-stream" == shown(
        regctl, f"{disk.target}:none", template
    )
    assert f"application/example.a {EMPTY} application/example.a" == shown(regctl, f"{disk.target}:typed", template)


@claims("regctl artifact put --config-type", "regctl artifact put --config-file")
def test_a_config_has_a_type_of_its_own_or_that_of_the_artifact(regctl: Console, disk: Disk, files: Path) -> None:
    config = ("--config-file", "a.txt")
    for tag, words in (
        ("type", ("--config-type", "a/c")),
        ("both", ("--config-type", "a/c", *config)),
        ("file", (*config, *TYPED)),
    ):
        assert 0 == regctl("artifact", "put", *words, f"{disk.target}:{tag}", stdin=b"x").code
    template = "{{ .ArtifactType }} {{ .Config.MediaType }} {{ .Config.Size }}"

    assert " a/c 2" == shown(regctl, f"{disk.target}:type", template)
    assert " a/c 4" == shown(regctl, f"{disk.target}:both", template)
    assert "application/example.a application/example.a 4" == shown(regctl, f"{disk.target}:file", template)
    assert "config-type is required" in regctl("artifact", "put", *config, f"{disk.target}:bad", stdin=b"x").err
    missing = regctl("artifact", "put", "--config-file", "none", *TYPED, f"{disk.target}:bad", stdin=b"x")
    assert (1, "none: No such file or directory\n") == (missing.code, missing.err)


@pytest.mark.parametrize("flag", ["--artifact-type", "--config-type", "--file-media-type"])
def test_a_type_is_a_media_type_without_parameters(regctl: Console, disk: Disk, flag: str) -> None:
    ended = regctl("artifact", "put", flag, "application/vnd.example;version=1.0", f"{disk.target}:bad", stdin=b"x")

    assert (1, "") == (ended.code, ended.out)
    assert "unsupported media type" in ended.err
    assert not (disk.root / "new").exists()


@claims("regctl artifact put --file", "regctl artifact put --file-media-type")
def test_every_file_is_a_layer_with_its_type(regctl: Console, disk: Disk, files: Path) -> None:
    words = ("-f", "a.txt", "-f", "docs/b.txt", "-m", "t/a", "-m", "t/b", *TYPED)

    assert (0, "", "") == regctl("artifact", "put", *words, f"{disk.target}:two")
    template = "{{ range .Layers }}{{ .MediaType }} {{ .Size }} {{ .Annotations }};{{ end }}"
    assert "t/a 4 map[];t/b 3 map[];" == shown(regctl, f"{disk.target}:two", template)
    assert 1 == regctl("artifact", "put", "-f", "a.txt", "-f", "docs/b.txt", *TYPED, f"{disk.target}:bad").code
    assert 0 == regctl("artifact", "put", "-f", "a.txt", "-m", "t/a", *TYPED, f"{disk.target}:one").code
    assert "t/a 4 map[];" == shown(regctl, f"{disk.target}:one", template)
    assert 0 == regctl("artifact", "put", *TYPED, f"{disk.target}:stdin", stdin=b"12345").code
    assert "application/example.a 5 map[];" == shown(regctl, f"{disk.target}:stdin", template)


def test_a_file_that_is_not_there_is_named(regctl: Console, disk: Disk, files: Path) -> None:
    ended = regctl("artifact", "put", "-f", "nothing", *TYPED, f"{disk.target}:bad")

    assert (1, "", "nothing: No such file or directory\n") == ended


@claims("regctl artifact put --file-title", "regctl artifact put --strip-dirs")
def test_titles_are_the_names_of_files_as_given(regctl: Console, disk: Disk, files: Path) -> None:
    words = ("-f", "docs/b.txt", "-f", "./docs", "-m", "t/a", "-m", "t/b", *TYPED)
    template = "{{ range .Layers }}{{ .Annotations }}{{ end }}"
    for tag, flags in ("titles", ("--file-title",)), ("names", ("--file-title", "--strip-dirs")), ("none", ("--strip-dirs",)):
        assert (0, "", "") == regctl("artifact", "put", *words, *flags, f"{disk.target}:{tag}")

    title = "org.opencontainers.image.title"
    assert f"map[{title}:docs/b.txt]map[{title}:./docs/]" == shown(regctl, f"{disk.target}:titles", template)
    assert f"map[{title}:b.txt]map[{title}:docs/]" == shown(regctl, f"{disk.target}:names", template)
    assert "map[]map[]" == shown(regctl, f"{disk.target}:none", template)


@claims("regctl artifact put --annotation")
def test_annotations_describe_the_artifact(regctl: Console, disk: Disk) -> None:
    flags = ("--annotation", "b=x=y", "--annotation", "a", *TYPED)

    assert 0 == regctl("artifact", "put", *flags, f"{disk.target}:v1", stdin=b"x").code
    assert "map[a: b:x=y]" == shown(regctl, f"{disk.target}:v1", "{{ .Annotations }}")
    assert 0 == regctl("artifact", "put", *TYPED, f"{disk.target}:v1", stdin=b"x").code
    assert "map[]" == shown(regctl, f"{disk.target}:v1", "{{ .Annotations }}")
    assert 1 == regctl("artifact", "put", "--annotation", "=x", *TYPED, f"{disk.target}:v1", stdin=b"x").code


@claims("regctl artifact put --by-digest", "regctl artifact put --format")
def test_an_artifact_can_go_by_its_digest(regctl: Console, disk: Disk) -> None:
    ended = regctl("artifact", "put", "--by-digest", *TYPED, f"{disk.target}:v1", stdin=b"x")
    digest = ended.out.strip()

    assert (0, "") == (ended.code, ended.err)
    assert 1 == regctl("manifest", "head", f"{disk.target}:v1").code
    assert f"{digest}\n" == regctl("manifest", "head", f"{disk.target}@{digest}").out
    template = ("--format", "{{ .Manifest.GetDigest }}")
    assert digest == regctl("artifact", "put", *TYPED, *template, f"{disk.target}:v1", stdin=b"x").out
    assert "" == regctl("artifact", "put", *TYPED, f"{disk.target}:v1", stdin=b"x").out


@claims("regctl artifact put --subject", "regctl artifact put --platform", "regctl artifact put --refers")
def test_a_subject_is_what_the_artifact_is_about(regctl: Console, disk: Disk) -> None:
    subject = f"{disk.source}:v1"
    for word, name, platform in (
        ("--subject", "multi", ()),
        ("--refers", "multi", ()),
        ("--subject", "arm64", ("-p", "linux/arm64")),
    ):
        ended = regctl("artifact", "put", *TYPED, "--by-digest", word, subject, *platform, stdin=f"{word}{name}".encode())
        assert (0, word == "--refers") == (ended.code, "deprecated" in ended.err)
        pushed = document(regctl, f"{disk.source}@{ended.out.strip()}")
        assert isinstance(pushed["subject"], dict)
        assert (disk.digests[name], {"mediaType", "digest", "size"}) == (pushed["subject"]["digest"], set(pushed["subject"]))
    assert 0 == regctl("artifact", "put", *TYPED, f"{disk.target}:plain", stdin=b"x").code
    assert "subject" not in document(regctl, f"{disk.target}:plain")
    assert 1 == regctl("artifact", "put", *TYPED, "--subject", f"{disk.source}:nothing", stdin=b"x").code


@claims("regctl artifact put --external")
def test_a_referrer_can_be_kept_elsewhere(regctl: Console, disk: Disk) -> None:
    subject = ("--subject", f"{disk.source}:v1", *TYPED)
    listed = ("artifact", "list", f"{disk.source}:v1", "--format", "{{ len .Descriptors }}")

    assert (0, "", "") == regctl("artifact", "put", *subject, "--external", disk.target, stdin=b"x")
    assert ("0", "1") == (regctl(*listed).out, regctl(*listed, "--external", disk.target).out)
    assert (0, "", "") == regctl("artifact", "put", *subject, stdin=b"x")
    assert "1" == regctl(*listed).out
    assert (0, "", "") == regctl("artifact", "put", *subject, "--external", disk.target, f"{disk.target}:named", stdin=b"x")
    for words in ((*TYPED, f"{disk.target}:x"), (*subject, f"{disk.source}:x")):
        assert 1 == regctl("artifact", "put", "--external", disk.target, *words, stdin=b"x").code


@claims("regctl artifact put --index")
def test_an_index_collects_artifacts_for_platforms(regctl: Console, disk: Disk) -> None:
    reference = f"{disk.target}:index"
    for platform in ("linux/amd64", "linux/arm64"):
        words = ("--index", "--platform", platform, "--annotation", f"for={platform}", *TYPED, reference)
        assert (0, "", "") == regctl("artifact", "put", *words, stdin=platform.encode())

    template = "{{ range .Manifests }}{{ .ArtifactType }} {{ .Platform }} {{ .Annotations }};{{ end }}"
    expected = "".join(f"application/example.a {platform} map[for:{platform}];" for platform in ("linux/amd64", "linux/arm64"))
    assert expected == shown(regctl, reference, template)
    assert "linux/arm64" == regctl("artifact", "get", reference, "-p", "linux/arm64").out


def test_an_index_that_cannot_be_read_is_not_replaced(served: Served) -> None:
    reference = f"{served.address}/app:index"
    assert 0 == served("artifact", "put", "--index", *TYPED, reference, stdin=b"1").code
    served.registry.fault(FaultRule(status=403, method="GET", path="/v2/app/manifests/index"))

    assert 1 == served("artifact", "put", "--index", *TYPED, reference, stdin=b"2").code


def test_an_image_that_gives_way_to_an_index_is_told_of(regctl: Console, disk: Disk) -> None:
    ended = regctl("artifact", "put", "--index", *TYPED, f"{disk.source}:single", stdin=b"x")

    assert 0 == ended.code
    assert disk.digests["single"] in ended.err


@claims("regctl artifact put --media-type")
def test_the_withdrawn_kind_of_manifest_has_no_config(regctl: Console, disk: Disk) -> None:
    old = ("--media-type", "application/vnd.oci.artifact.manifest.v1+json", *TYPED)
    ended = regctl("artifact", "put", *old, f"{disk.target}:old", stdin=b"x")

    assert (0, True) == (ended.code, "experimental" in ended.err)
    assert ["artifactType", "blobs", "mediaType"] == sorted(document(regctl, f"{disk.target}:old"))
    assert 1 == regctl("artifact", "put", *old, "--config-type", "a/b", f"{disk.target}:bad", stdin=b"x").code
    assert 1 == regctl("artifact", "put", "--media-type", "a/b", f"{disk.target}:bad", stdin=b"x").code


def test_blobs_that_are_there_are_not_sent_again(served: Served, files: Path) -> None:
    words = ("artifact", "put", "-f", "a.txt", *TYPED)
    assert 0 == served(*words, f"{served.address}/app:one").code
    before = len(served.registry.ledger)
    assert 0 == served(*words, f"{served.address}/app:two").code

    assert {"HEAD", "PUT"} >= {
        method for method, path in served.registry.ledger[before:] if "/blobs/" in path or "PUT" == method
    }


def test_standard_input_of_any_size_is_sent_in_parts(served: Served) -> None:
    content = b"0123456789abcdef" * (3 << 16)

    assert (0, "", "") == served("artifact", "put", *TYPED, f"{served.address}/app:big", stdin=content)
    assert content.decode() == served("artifact", "get", f"{served.address}/app:big").out
    assert "PATCH" in {method for method, _ in served.registry.ledger}
