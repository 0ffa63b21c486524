from __future__ import annotations

import json

import pytest

from tests.claims import claims
from tests.fakes import images
from tests.fakes.console import Console
from tests.programs.regctl.conftest import Disk, Served


def test_a_copy_prints_where_it_went_even_when_nothing_moved(regctl: Console, disk: Disk) -> None:
    copy = ("image", "copy", f"{disk.source}:v1", f"{disk.target}:v1")

    assert (0, f"{disk.target}:v1\n", "") == regctl(*copy) == regctl(*copy)
    assert f"{disk.digests['multi']}\n" == regctl("image", "digest", f"{disk.target}:v1").out


def test_a_copy_travels_between_registry_and_layout(served: Served, disk: Disk) -> None:
    target = f"{served.address}/app:v1"

    assert (0, f"{target}\n", "") == served("image", "copy", f"{disk.source}:v1", target)
    assert (0, f"{disk.target}:back\n", "") == served("image", "copy", target, f"{disk.target}:back")
    assert f"{disk.digests['multi']}\n" == served("image", "digest", f"{disk.target}:back").out


@claims("regctl image copy --format")
def test_the_output_of_a_copy_follows_the_template(regctl: Console, disk: Disk) -> None:
    copy = ("image", "copy", f"{disk.source}:single", f"{disk.target}:x")

    assert "" == regctl(*copy, "--format", "").out
    assert "x" == regctl(*copy, "--format", "{{ .Tag }}").out
    assert f"{disk.target}:x\n" == regctl(*copy).out


@claims("regctl image copy --platform")
def test_one_platform_is_copied_without_its_index(regctl: Console, disk: Disk) -> None:
    regctl("image", "copy", f"{disk.source}:v1", f"{disk.target}:all")
    regctl("image", "copy", f"{disk.source}:v1", f"{disk.target}:one", "-p", "linux/arm64")

    assert disk.digests["multi"] == regctl("image", "digest", f"{disk.target}:all").out.strip()
    assert disk.digests["arm64"] == regctl("image", "digest", f"{disk.target}:one").out.strip()


@claims("regctl image copy --platforms")
def test_the_content_of_some_platforms_is_copied_below_the_whole_index(regctl: Console, disk: Disk) -> None:
    regctl("image", "copy", f"{disk.source}:v1", f"{disk.target}:v1", "--platforms", "linux/arm64")

    assert (True, True, False) == (disk.holds("multi"), disk.holds("arm64"), disk.holds("amd64"))
    regctl("image", "copy", "--force-recursive", f"{disk.source}:v1", f"{disk.target}:v1")
    assert disk.holds("amd64")


@claims("regctl image copy --force-recursive", "regctl image copy --fast")
def test_a_damaged_copy_is_mended_when_asked_for(regctl: Console, disk: Disk) -> None:
    copy = ("image", "copy", f"{disk.source}:v1", f"{disk.target}:v1")
    regctl(*copy)
    algorithm, _, hexadecimal = disk.digests["base.layer"].partition(":")
    lost = disk.root / "new" / "blobs" / algorithm / hexadecimal

    for extra, mended in ((), False), (("--fast", "--force-recursive"), False), (("--force-recursive",), True):
        lost.unlink(missing_ok=True)
        regctl(*copy, *extra)
        assert mended is lost.exists(), extra


@claims("regctl image copy --referrers", "regctl image copy --digest-tags")
def test_referrers_and_digest_tags_are_copied_when_asked_for(regctl: Console, disk: Disk) -> None:
    copy = ("image", "copy", f"{disk.source}:single", f"{disk.target}:single")

    regctl(*copy)
    assert (False, False) == (disk.holds("sbom"), disk.holds("cosign"))
    regctl(*copy, "--referrers")
    assert (True, False) == (disk.holds("sbom"), disk.holds("cosign"))
    regctl(*copy, "--digest-tags")
    assert (True, True) == (disk.holds("sbom"), disk.holds("cosign"))


@claims("regctl image copy --referrers-src", "regctl image copy --referrers-tgt")
def test_referrers_are_read_and_written_elsewhere(regctl: Console, disk: Disk) -> None:
    elsewhere = f"ocidir://{disk.root}/refs"
    copy = ("image", "copy", f"{disk.source}:single", f"{disk.target}:single", "--referrers")

    regctl(*copy, "--referrers-tgt", elsewhere)
    assert not disk.holds("sbom")
    assert "sha256-" in regctl("tag", "ls", elsewhere).out
    more = f"ocidir://{disk.root}/more:x"
    regctl("image", "copy", f"{disk.target}:single", more, "--referrers", "--referrers-src", elsewhere)
    assert "sha256-" in regctl("tag", "ls", more).out


@pytest.mark.parametrize("side", ["src", "tgt"])
def test_a_place_for_referrers_needs_referrers(regctl: Console, disk: Disk, side: str) -> None:
    ended = regctl("image", "copy", f"{disk.source}:v1", f"{disk.target}:v1", f"--referrers-{side}", disk.source)

    assert (1, "") == (ended.code, ended.out)
    assert "need the referrers option" in ended.err


@claims("regctl image copy --include-external")
def test_external_layers_are_fetched_when_asked_for(regctl: Console, disk: Disk) -> None:
    copy = ("image", "copy", f"{disk.source}:untyped", f"{disk.target}:x")

    assert 0 == regctl(*copy).code
    ended = regctl(*copy, "--include-external", "--force-recursive")
    assert 1 == ended.code
    assert "sha256:" + "e" * 64 in ended.err


@claims("regctl image digest --platform", "regctl image digest --format")
def test_the_digest_of_an_image_is_printed(regctl: Console, disk: Disk) -> None:
    assert f"{disk.digests['multi']}\n" == regctl("image", "digest", f"{disk.source}:v1").out
    assert f"{disk.digests['arm64']}\n" == regctl("image", "digest", f"{disk.source}:v1", "-plinux/arm64").out
    template = ("--format", "{{ .GetDescriptor.Digest }}")
    assert disk.digests["multi"] == regctl("image", "digest", f"{disk.source}:v1", *template).out


@claims("regctl image digest --require-digest", "regctl image digest --list", "regctl image digest --require-list")
def test_the_flags_of_manifest_head_are_those_of_image_digest(served: Served) -> None:
    images.image(served.registry.repository("app"), "v1")
    served.registry.quirks.head_digests = False
    asked = ("image", "digest", f"{served.address}/app:v1")

    assert served(*asked).out != "\n" == served(*asked, "--require-digest=false").out
    assert "list" in served(*asked, "--list", "-v", "info").err
    assert "level=INFO" not in served(*asked, "-v", "info").err
    assert 1 == served(*asked, "--require-list", "-p", "linux").code
    assert 0 == served(*asked, "-p", "linux").code


@claims("regctl image manifest --format", "regctl image manifest --platform")
def test_the_manifest_of_an_image_is_shown(regctl: Console, disk: Disk) -> None:
    index = json.loads(regctl("image", "manifest", f"{disk.source}:v1", "--format", "body").out)
    image = json.loads(regctl("image", "manifest", f"{disk.source}:v1", "--format", "body", "-p", "linux/arm64").out)

    assert ("manifests" in index, "layers" in image) == (True, True)
    assert regctl("image", "manifest", f"{disk.source}:v1") == regctl("manifest", "get", f"{disk.source}:v1")


@claims("regctl image manifest --list", "regctl image manifest --require-list")
def test_the_old_flags_about_lists_only_speak(regctl: Console, disk: Disk) -> None:
    asked = ("image", "manifest", f"{disk.source}:v1", "--format", "body")

    assert regctl(*asked).out == regctl(*asked, "--list=false").out
    assert "list option" in regctl(*asked, "--list", "-v", "info").err
    assert (0, 1) == (regctl(*asked, "-plinux").code, regctl(*asked, "-plinux", "--require-list").code)


@claims("regctl image inspect --format", "regctl image inspect --platform")
def test_the_config_of_an_image_is_shown(regctl: Console, disk: Disk) -> None:
    arm = regctl("image", "inspect", f"{disk.source}:v1", "-p", "linux/arm64")

    assert "arm64" == json.loads(arm.out)["architecture"]
    assert arm.out.startswith('{\n  "created"')
    assert "arm" == json.loads(regctl("image", "inspect", f"{disk.source}:v1", "-p", "linux/arm/v7").out)["architecture"]
    assert "linux" == regctl("image", "inspect", f"{disk.source}:single", "--format", "{{ .OS }}").out
    raw = regctl("image", "inspect", f"{disk.source}:single", "--format", "raw").out
    assert "\n" + regctl("image", "inspect", f"{disk.source}:single", "--format", "body").out == raw
    assert "" == regctl("image", "inspect", f"{disk.source}:single", "--format", "headers").out


def test_an_artifact_has_no_config_to_show(regctl: Console, disk: Disk) -> None:
    ended = regctl("image", "inspect", f"{disk.source}:artifact")

    assert (1, "") == (ended.code, ended.out)
    assert "unsupported media type" in ended.err


@claims("regctl image ratelimit --format")
def test_the_rate_limit_is_what_the_registry_says(regctl: Console, disk: Disk) -> None:
    ended = regctl("image", "ratelimit", f"{disk.source}:v1")

    assert {"Remain": 0, "Limit": 0, "Reset": 0, "Set": False, "Policies": None} == json.loads(ended.out)
    assert "false" == regctl("image", "ratelimit", f"{disk.source}:v1", "--format", "{{ .Set }}").out


@claims(
    "regctl image delete --force-tag-dereference", "regctl image delete --ignore-missing", "regctl image delete --referrers"
)
def test_an_image_is_deleted_as_a_manifest_is(served: Served) -> None:
    repository = served.registry.repository("app")
    subject = images.image(repository, "v1")
    attached = images.artifact(repository, subject)
    served.registry.quirks.referrers = False
    tag, digest = f"{served.address}/app:v1", f"{served.address}/app@{attached.digest}"

    assert 1 == served("image", "delete", tag).code
    assert (0, "", "") == served("image", "delete", tag, "--force-tag-dereference")
    assert 1 == served("image", "delete", tag, "--force-tag-dereference").code
    assert (0, "", "") == served("image", "delete", tag, "--force-tag-dereference", "--ignore-missing")
    served.registry.forget()
    assert 0 == served("image", "delete", digest, "--referrers").code
    assert "GET manifests" in served.registry.counts("app")
