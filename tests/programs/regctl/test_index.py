"""``index``: create, add, delete."""

from __future__ import annotations

import pytest

from tests.claims import claims
from tests.fakes.console import Console
from tests.programs.regctl.conftest import Disk, Served

PLATFORMS = "{{ range .Manifests }}{{ .Platform }} {{ end }}"
INDEX = "application/vnd.oci.image.index.v1+json"
LIST = "application/vnd.docker.distribution.manifest.list.v2+json"


def shown(regctl: Console, reference: str, template: str) -> str:
    return regctl("manifest", "get", reference, "--format", template).out


@claims("regctl index create --ref", "regctl index create --platform")
def test_an_index_is_made_of_images_and_of_parts_of_indexes(regctl: Console, disk: Disk) -> None:
    target, source = f"{disk.target}:v1", f"{disk.source}:v1"
    single = ("--ref", f"{disk.source}:annotated")

    assert (0, "", "") == regctl("index", "create", target, *single, "--ref", source, "--platform", "linux/arm64")
    assert "linux/amd64 linux/arm64 " == shown(regctl, target, PLATFORMS)
    assert (True, False) == (disk.holds("arm64.layer"), disk.holds("arm7.layer"))
    assert (0, "", "") == regctl("index", "create", target, "--ref", source)
    assert f"{INDEX} " == shown(regctl, target, "{{ range .Manifests }}{{ .MediaType }} {{ end }}")
    assert (0, "", "") == regctl("index", "create", target)
    assert "0" == shown(regctl, target, "{{ len .Manifests }}")


@claims("regctl index create --digest")
def test_manifests_of_the_repository_are_listed_first(regctl: Console, disk: Disk) -> None:
    words = ("--ref", f"{disk.source}:annotated", "--digest", disk.digests["arm64"])

    assert (0, "", "") == regctl("index", "create", f"{disk.source}:made", *words)
    expected = f"{disk.digests['arm64']} {disk.digests['annotated']} "
    assert expected == shown(regctl, f"{disk.source}:made", "{{ range .Manifests }}{{ .Digest }} {{ end }}")
    assert 1 == regctl("index", "create", f"{disk.source}:made", "--digest", f"sha256:{'0' * 64}").code


@claims(
    "regctl index create --annotation",
    "regctl index create --artifact-type",
    "regctl index create --media-type",
    "regctl index create --subject",
)
def test_an_index_says_what_it_is_unless_it_is_docker_s(regctl: Console, disk: Disk) -> None:
    words = ("--annotation", "a=1", "--artifact-type", "a/b", "--subject", "single")
    template = "{{ .MediaType }} {{ .Annotations }} {{ with .ArtifactType }}{{ . }}{{ end }} {{ .Subject.Digest }}"

    assert 0 == regctl("index", "create", f"{disk.source}:made", *words).code
    assert f"{INDEX} map[a:1] a/b {disk.digests['single']}" == shown(regctl, f"{disk.source}:made", template)
    assert 0 == regctl("index", "create", f"{disk.source}:made").code
    assert "map[] false" == shown(
        regctl, f"{disk.source}:made", "{{ .Annotations }} {{ if .Subject }}true{{ else }}false{{ end }}"
    )
    assert 0 == regctl("index", "create", f"{disk.source}:docker-made", "-m", LIST, *words).code
    assert f"{LIST} map[a:1]" == shown(regctl, f"{disk.source}:docker-made", "{{ .MediaType }} {{ .Annotations }}")
    assert 1 == regctl("index", "create", f"{disk.source}:made", "-m", "a/b").code
    assert 0 == regctl("index", "create", f"{disk.source}:made", "--subject", disk.digests["single"]).code
    assert 1 == regctl("index", "create", f"{disk.source}:made", "--subject", "nothing").code


@claims("regctl index create --desc-annotation", "regctl index create --desc-platform")
def test_new_entries_say_what_they_are_told_to(regctl: Console, disk: Disk) -> None:
    template = "{{ range .Manifests }}{{ .Platform }} {{ .Annotations }}{{ end }}"
    single = ("--ref", f"{disk.source}:single")

    assert 0 == regctl("index", "create", f"{disk.target}:v1", *single).code
    assert "linux/amd64 map[]" == shown(regctl, f"{disk.target}:v1", template)
    flags = ("--desc-annotation", "a=1", "--desc-platform", "linux/s390x")
    assert 0 == regctl("index", "create", f"{disk.target}:v1", *single, *flags).code
    assert "linux/s390x map[a:1]" == shown(regctl, f"{disk.target}:v1", template)


@claims("regctl index create --referrers", "regctl index create --digest-tags")
def test_what_belongs_to_images_comes_along_when_asked_for(regctl: Console, disk: Disk) -> None:
    single = ("--ref", f"{disk.source}:single")

    assert 0 == regctl("index", "create", f"{disk.target}:v1", *single).code
    assert (False, False) == (disk.holds("sbom"), disk.holds("cosign"))
    assert 0 == regctl("index", "create", f"{disk.target}:v1", *single, "--referrers").code
    assert (True, False) == (disk.holds("sbom"), disk.holds("cosign"))
    assert 0 == regctl("index", "create", f"{disk.target}:v1", *single, "--referrers", "--digest-tags").code
    assert (True, True) == (disk.holds("sbom"), disk.holds("cosign"))


@claims("regctl index create --by-digest", "regctl index create --format")
def test_an_index_can_go_by_its_digest(regctl: Console, disk: Disk) -> None:
    words = ("index", "create", f"{disk.target}:v1", "--ref", f"{disk.source}:single")
    digest = regctl(*words, "--by-digest").out.strip()

    assert 1 == regctl("manifest", "head", f"{disk.target}:v1").code
    assert f"{digest}\n" == regctl("manifest", "head", f"{disk.target}@{digest}").out
    assert digest == regctl(*words, "--format", "{{ .Manifest.GetDigest }}").out
    assert "" == regctl(*words).out


@claims("regctl index add --ref", "regctl index add --platform", "regctl index add --digest")
def test_entries_are_added_once(regctl: Console, disk: Disk) -> None:
    target, source = f"{disk.target}:v1", f"{disk.source}:v1"
    assert 0 == regctl("index", "create", target, "--ref", source, "--platform", "linux/amd64").code
    for platform in ("linux/arm64", "linux/amd64", "linux/arm/v7"):
        assert (0, "", "") == regctl("index", "add", target, "--ref", source, "--platform", platform)

    assert "linux/amd64 linux/arm64 linux/arm/v7 " == shown(regctl, target, PLATFORMS)
    assert 0 == regctl("index", "add", f"{disk.source}:none", "--digest", disk.digests["docker.amd64"]).code
    assert "linux/amd64 " == shown(regctl, f"{disk.source}:none", PLATFORMS)
    ended = regctl("index", "add", f"{disk.source}:single", "--ref", source)
    assert (1, True) == (ended.code, "application/vnd.oci.image.manifest.v1+json" in ended.err)


@claims("regctl index add --desc-annotation", "regctl index add --desc-platform")
def test_added_entries_say_what_they_are_told_to(regctl: Console, disk: Disk) -> None:
    words = ("index", "add", f"{disk.source}:none", "--ref", f"{disk.source}:single")
    template = "{{ range .Manifests }}{{ .Platform }} {{ .Annotations }};{{ end }}"
    assert 0 == regctl(*words).code
    assert 0 == regctl(*words, "--desc-annotation", "a=1", "--desc-platform", "linux/s390x").code

    assert "linux/amd64 map[];linux/s390x map[a:1];" == shown(regctl, f"{disk.source}:none", template)


@claims("regctl index add --referrers", "regctl index add --digest-tags")
def test_what_belongs_to_added_images_comes_along_when_asked_for(regctl: Console, disk: Disk) -> None:
    assert 0 == regctl("index", "create", f"{disk.target}:v1").code
    words = ("index", "add", f"{disk.target}:v1", "--ref", f"{disk.source}:single")
    held = []
    for flags in (), ("--referrers",), ("--digest-tags", "--referrers"):
        assert 0 == regctl(*words, *flags).code
        held.append((disk.holds("sbom"), disk.holds("cosign")))

    assert [(False, False), (True, False), (True, True)] == held


@claims("regctl index delete --platform", "regctl index delete --digest")
def test_every_entry_that_matches_is_taken_off(regctl: Console, disk: Disk) -> None:
    target = f"{disk.source}:v1"

    assert (0, "", "") == regctl("index", "delete", target, "--platform", "linux/arm64", "--digest", disk.digests["amd64"])
    assert "linux/arm/v7 " == shown(regctl, target, PLATFORMS)
    assert f"{disk.digests['arm64']}\n" == regctl("manifest", "head", f"{disk.source}@{disk.digests['arm64']}").out
    assert 1 == regctl("index", "delete", f"{disk.source}:single", "--digest", disk.digests["amd64"]).code


def test_an_index_without_the_entry_stays_as_it_is_to_the_byte(regctl: Console, disk: Disk) -> None:
    assert (0, "", "") == regctl("index", "delete", f"{disk.source}:v1", "--platform", "linux/s390x", "--digest", "nothing")
    assert f"{disk.digests['multi']}\n" == regctl("manifest", "head", f"{disk.source}:v1").out


@pytest.mark.parametrize("command", ["add", "delete"])
def test_an_index_by_its_digest_alone_gets_a_new_one_which_is_printed(regctl: Console, disk: Disk, command: str) -> None:
    flags = ("--ref", f"{disk.source}:docker-single") if command == "add" else ("--platform", "linux/arm64")
    digest = regctl("index", command, f"{disk.source}@{disk.digests['multi']}", *flags).out.strip()

    assert f"{digest}\n" == regctl("manifest", "head", f"{disk.source}@{digest}").out
    assert f"{disk.digests['multi']}\n" == regctl("manifest", "head", f"{disk.source}:v1").out


def test_an_index_is_made_in_a_registry(served: Served, disk: Disk) -> None:
    reference = f"{served.address}/app:v1"
    for platform in ("linux/amd64", "linux/arm64"):
        assert 0 == served("index", "create", reference, "--ref", f"{disk.source}:v1", "--platform", platform).code
        assert f"{platform} " == served("manifest", "get", reference, "--format", PLATFORMS).out
    assert 0 == served("index", "add", reference, "--ref", f"{disk.source}:v1", "--platform", "linux/amd64").code
    assert 0 == served("index", "delete", reference, "--platform", "linux/arm64").code
    assert "linux/amd64 " == served("manifest", "get", reference, "--format", PLATFORMS).out


def test_a_layout_named_by_tag_and_digest_gets_the_tag_when_the_digest_is_right(regctl: Console, disk: Disk) -> None:
    empty = "sha256:dff9de10919148711140d349bf03f1a99eb06f94b03e51715ccebfa7cdc518e2"

    assert 1 == regctl("index", "create", f"{disk.target}:x@sha256:{'0' * 64}").code
    assert (0, "", "") == regctl("index", "create", f"{disk.target}:x@{empty}")
    assert "x\n" == regctl("tag", "ls", disk.target).out
