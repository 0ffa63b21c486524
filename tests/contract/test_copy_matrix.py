"""Copies between every two kinds of home: the same image, the same options, the same result."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from regclient.errors import Denied, RegistryFault, SideError, Unsupported, root_cause
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository, LayoutSettings
from regclient.memory import MemoryRepository
from regclient.model.descriptor import Descriptor, DescriptorFilter
from regclient.model.digest import Digest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.model.referrers import fallback_tag
from regclient.ops.copy import CopyOptions, copy
from regclient.ops.select import referrers_of
from regclient.remote.repository import RemoteRepository
from regclient.repository import Repository
from regclient.server.exchange import Policy
from tests.fakes import images
from tests.fakes.registry import FakeRegistry

Open = Callable[[str], Repository]
KINDS = ("memory", "layout", "registry", "old registry")
EVERYTHING = CopyOptions(referrers=True, digest_tags=True)


def opener(kind: str, host: str, folder: Path) -> Open:
    """Return what opens repositories of one kind by name, on one host or in one folder."""
    if kind == "memory":
        return cache(lambda name: MemoryRepository(f"{host}/{name}"))
    if kind == "layout":
        return lambda name: LayoutRepository(folder / host / name, LayoutSettings(writing=Writing(sync=False)))
    registry = FakeRegistry(host)
    registry.quirks.referrers = kind == "registry"
    return lambda name: RemoteRepository(Reference.parse(f"{host}/{name}"), registry.transport)


@pytest.fixture(params=KINDS)
def open_src(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    return opener(request.param, "src.example", tmp_path)


@pytest.fixture(params=KINDS)
def open_dst(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    return opener(request.param, "dst.example", tmp_path)


@pytest.fixture
def src(open_src: Open) -> Repository:
    return open_src("app")


@pytest.fixture
def dst(open_dst: Open) -> Repository:
    return open_dst("app")


def referrers(repository: Repository, subject: Digest) -> list[Digest]:
    return [entry.digest for entry in repository.referrers(subject).descriptors]


def test_an_index_arrives_unchanged(src: Repository, dst: Repository) -> None:
    index = images.nested_index(src, "v1")
    copy(src, "v1", dst, "v2")
    assert index.raw == dst.get_manifest("v2").raw
    again = MemoryRepository("again.example/app")
    copy(dst, "v2", again, "v3")
    assert index.raw == again.get_manifest("v3").raw


def test_a_retag_in_the_same_repository(src: Repository) -> None:
    index = images.index(src, "v1")
    copy(src, "v1", src, "v2")
    assert index.raw == src.get_manifest("v2").raw


def test_referrers_and_digest_tags_arrive(src: Repository, dst: Repository) -> None:
    index = images.index(src, "v1")
    sbom = images.artifact(src, index)
    signature = images.digest_tag(src, index)
    copy(src, "v1", dst, "v1", options=EVERYTHING)
    assert [sbom.digest] == referrers(dst, index.digest)
    assert signature.raw == dst.get_manifest(f"{fallback_tag(index.digest)}.sig").raw


def test_referrers_kept_elsewhere_arrive_elsewhere(open_src: Open, open_dst: Open) -> None:
    image = images.image(open_src("app"), "v1")
    sbom = images.artifact(open_src("extra"), image)
    options = CopyOptions(referrers=True, referrers_src=open_src("extra"), referrers_dst=open_dst("extra"))
    copy(open_src("app"), "v1", open_dst("app"), "v1", options=options)
    assert [sbom.digest] == referrers(open_dst("extra"), image.digest)
    assert referrers(open_dst("app"), image.digest) == []


def test_a_fast_copy_of_what_is_there_looks_no_further(src: Repository, dst: Repository) -> None:
    image = images.image(src, "v1")
    copy(src, "v1", dst, "v1")
    images.artifact(src, image)
    copy(src, "v1", dst, "v1", options=CopyOptions(referrers=True, fast=True))
    assert referrers(dst, image.digest) == []
    copy(src, "v1", dst, "v1", options=CopyOptions(referrers=True))
    assert len(referrers(dst, image.digest)) == 1


def test_a_child_whose_tag_leads_back_to_its_index_arrives(src: Repository, dst: Repository) -> None:
    child, parent = images.cycle(src, "v1")
    copy(src, "v1", dst, "v1", options=EVERYTHING)
    assert child.raw == dst.get_manifest("v1").raw
    assert parent.raw == dst.get_manifest(f"{fallback_tag(child.digest)}.loop").raw
    assert parent.raw == dst.get_manifest(f"{fallback_tag(parent.digest)}.loop").raw


def test_a_digest_tag_on_the_image_itself_arrives(src: Repository, dst: Repository) -> None:
    image = images.image(src, "v1")
    mirrored = f"{fallback_tag(image.digest)}.mirror"
    src.put_manifest(image, mirrored)
    copy(src, "v1", dst, "v1", options=EVERYTHING)
    assert image.digest == dst.resolve(mirrored).digest


def test_a_reader_sees_the_bytes_and_may_fail(src: Repository, dst: Repository) -> None:
    images.image(src, "v1")
    seen = list[Digest]()

    def read(blob: Descriptor, content: object) -> object:
        seen.append(blob.digest)
        return content

    copy(src, "v1", dst, "v1", options=CopyOptions(reader=read))  # type: ignore[arg-type]
    assert len(seen) == 3
    images.image(src, "v2", seed="other")
    with pytest.raises(SideError):
        copy(src, "v2", dst, "v2", options=CopyOptions(reader=lambda _, content: io.BytesIO(content.read()[1:])))
    assert "v2" not in dst.tags().tags


def test_a_target_that_may_not_be_written_refuses_with_its_own_error(src: Repository) -> None:
    images.image(src, "v1")
    registry = FakeRegistry("dst.example", policy=Policy(read_only=True))
    dst = RemoteRepository(Reference.parse("dst.example/app"), registry.transport)
    with pytest.raises(SideError, match=r"^destination") as caught:
        copy(src, "v1", dst, "v1")
    assert isinstance(root_cause(caught.value), Denied | RegistryFault | Unsupported)


@pytest.mark.parametrize("platform", [None, Platform.parse("linux/arm64")])
def test_referrers_are_found_by_tag_filter_and_place_in_every_home(open_src: Open, platform: Platform | None) -> None:
    app, extra = open_src("app"), open_src("extra")
    index = images.index(app, "v1")
    subject = index.manifests[1] if platform else index.descriptor
    wanted = images.artifact(app, subject, artifact_type="application/wanted")
    other = images.artifact(app, subject, artifact_type="application/other")
    elsewhere = images.artifact(extra, subject, content=b"elsewhere")
    found = [entry.digest for entry in referrers_of(app, "v1", platform=platform).descriptors]
    assert {wanted.digest, other.digest} == set(found)
    only = DescriptorFilter(artifact_type="application/wanted")
    assert [wanted.digest] == [entry.digest for entry in referrers_of(app, "v1", only, platform=platform).descriptors]
    there = referrers_of(app, "v1", platform=platform, source=extra).descriptors
    assert [elsewhere.digest] == [entry.digest for entry in there]
