from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from regclient.client import Client
from regclient.errors import (
    Incomplete,
    InvalidReference,
    ManifestNotFound,
    Mismatch,
    PlatformNotFound,
    Unsupported,
    UnsupportedMediaType,
)
from regclient.hosts import HostSettings
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.image import ImageManifest
from regclient.model.index import IndexManifest
from regclient.model.mediatype import DOCKER_LAYER_GZIP, OCI_CONFIG, OCI_LAYER_GZIP
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.checkbase import BASE_DIGEST, BASE_NAME, BaseQuestion, check_base
from regclient.repository import Repository
from tests.fakes import images
from tests.fakes.registry import FakeRegistry

HOST = "registry.example"
BASE = Reference.parse(f"{HOST}/base:v1")
AMD64, ARM64 = Platform("linux", "amd64"), Platform("linux", "arm64")
STEPS = ("ADD base", "RUN base", "COPY app")


class Workshop:
    """A registry with a base and what is built on it."""

    def __init__(self) -> None:
        self.registry = FakeRegistry(HOST)
        self.client = Client([HostSettings(HOST)], transport=self.registry.transport)
        self.app, self.base = (self.registry.repository(name) for name in ("app", "base"))

    def open(self, reference: Reference) -> Repository:
        return self.client.repository(reference)

    def check(self, question: BaseQuestion | None = None, name: str = "v1") -> None:
        self.registry.forget()
        check_base(self.open(Reference.parse(f"{HOST}/app")), name, self.open, question or BaseQuestion())

    def requests(self) -> dict[str, int]:
        counts = self.registry.counts()
        return {word: number for word, number in counts.items() if number}


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


def image(
    repository: Repository,
    tag: str | None,
    layers: Sequence[str],
    steps: Sequence[object],
    *,
    platform: Platform = AMD64,
    layer_type: str = OCI_LAYER_GZIP,
    name: str = "",
    digest: str = "",
) -> ImageManifest:
    """Push an image of these layers, whose history has these steps (text, or a whole entry)."""
    history = [{"created": "2024-01-02T03:04:05Z", "created_by": step} if isinstance(step, str) else step for step in steps]
    config = {"architecture": platform.architecture, "os": platform.os, "history": history}
    manifest = ImageManifest.build(
        config=images.blob(repository, json.dumps(config).encode(), OCI_CONFIG),
        layers=[images.blob(repository, content.encode(), layer_type) for content in layers],
        annotations={key: value for key, value in ((BASE_NAME, name), (BASE_DIGEST, digest)) if value},
    )
    repository.put_manifest(manifest, tag)
    return manifest


def index(repository: Repository, tag: str, *children: tuple[Platform | None, Descriptor], name: str = "") -> IndexManifest:
    manifest = IndexManifest.build(
        manifests=[child.replace(platform=platform) for platform, child in children],
        annotations={BASE_NAME: name} if name else {},
    )
    repository.put_manifest(manifest, tag)
    return manifest


def usual(shop: Workshop, name: str = "") -> None:
    """Push a base, and an image built on it."""
    image(shop.base, "v1", "ab", STEPS[:2])
    image(shop.app, "v1", "abc", STEPS, name=name)


def by_hand(**more: object) -> BaseQuestion:
    return BaseQuestion(base=BASE, **more)  # type: ignore[arg-type]  # fields of the question


def test_an_image_on_its_base_is_told_by_layers_and_history_in_four_requests(shop: Workshop) -> None:
    usual(shop)

    shop.check(by_hand())
    assert 4 == sum(shop.requests().values())


def test_a_base_with_another_layer_has_changed(shop: Workshop) -> None:
    usual(shop)
    image(shop.base, "v1", "aX", STEPS[:2])

    with pytest.raises(Mismatch, match="layer 1"):
        shop.check(by_hand())


def test_a_base_with_another_history_has_changed_unless_that_is_not_looked_at(shop: Workshop) -> None:
    usual(shop)
    image(shop.base, "v1", "ab", ("ADD base", "RUN other"))

    with pytest.raises(Mismatch, match="entry 1 of the history"):
        shop.check(by_hand())
    shop.check(by_hand(history=False))


def test_layers_are_compared_by_content_and_not_by_whose_name_their_type_has(shop: Workshop) -> None:
    image(shop.base, "v1", "ab", STEPS[:2], layer_type=DOCKER_LAYER_GZIP)
    image(shop.app, "v1", "abc", STEPS)

    shop.check(by_hand())


@pytest.mark.parametrize(("mine", "same"), [("2024-01-02T04:04:05+01:00", True), ("2024-01-02T03:04:06Z", False), ("x", False)])
def test_times_in_the_history_are_compared_as_moments(shop: Workshop, mine: str, same: bool) -> None:  # noqa: FBT001
    image(shop.base, "v1", "a", ["ADD base"])
    image(shop.app, "v1", "ab", [{"created": mine, "created_by": "ADD base"}])

    if same:
        shop.check(by_hand())
    else:
        with pytest.raises(Exception, match="history"):
            shop.check(by_hand())


def test_a_history_without_dates_is_compared_too(shop: Workshop) -> None:
    image(shop.base, "v1", "a", [{"created_by": "ADD base"}])
    image(shop.app, "v1", "ab", [{"created_by": "ADD base"}])
    image(shop.app, "other", "ab", [{"created_by": "ADD other"}])

    shop.check(by_hand())
    with pytest.raises(Mismatch):
        shop.check(by_hand(), "other")


def test_annotations_name_the_base(shop: Workshop) -> None:
    usual(shop, name=str(BASE))

    shop.check()
    image(shop.base, "v1", "X", STEPS[:1])
    with pytest.raises(Mismatch):
        shop.check()


def test_an_annotated_digest_settles_it_in_two_requests(shop: Workshop) -> None:
    known = image(shop.base, "v1", "ab", STEPS[:2])
    image(shop.app, "v1", "not even built on it", STEPS, name=str(BASE), digest=str(known.digest))

    shop.check()
    assert 2 == sum(shop.requests().values())
    image(shop.base, "v1", "X", STEPS[:1])
    with pytest.raises(Mismatch):
        shop.check()


def test_a_digest_given_with_the_base_settles_it_in_one_request_without_the_image(shop: Workshop) -> None:
    known = image(shop.base, "v1", "ab", STEPS[:2])

    shop.check(by_hand(digest=known.digest), "missing")
    assert 1 == sum(shop.requests().values())
    with pytest.raises(Mismatch):
        shop.check(by_hand(digest=EMPTY.digest), "missing")


def test_an_annotated_digest_wins_over_one_that_is_given(shop: Workshop) -> None:
    known = image(shop.base, "v1", "ab", STEPS[:2])
    image(shop.app, "v1", "abc", STEPS, name=str(BASE), digest=str(EMPTY.digest))
    image(shop.app, "named", "abc", STEPS, name=str(BASE))

    with pytest.raises(Mismatch):
        shop.check(BaseQuestion(digest=known.digest))
    shop.check(BaseQuestion(digest=known.digest), "named")


def platforms(shop: Workshop, arm: str = "ab") -> None:
    """Push a base for two platforms, and an index of images on it."""
    bases = [(AMD64, "ab"), (ARM64, "ab")]
    index(shop.base, "v1", *((p, image(shop.base, None, text, STEPS[:2], platform=p).descriptor) for p, text in bases))
    apps = [(AMD64, "abc"), (ARM64, f"{arm}c")]
    index(shop.app, "v1", *((p, image(shop.app, None, text, STEPS, platform=p).descriptor) for p, text in apps))


def test_every_image_of_an_index_is_compared_unless_one_is_asked_for(shop: Workshop) -> None:
    platforms(shop)
    shop.check(by_hand())
    platforms(shop, arm="aX")

    with pytest.raises(Mismatch, match="linux/arm64: layer 1"):
        shop.check(by_hand())
    shop.check(by_hand(platform=AMD64))
    with pytest.raises(PlatformNotFound):
        shop.check(by_hand(platform=Platform("linux", "s390x")))


def test_a_base_named_above_counts_for_every_image_of_the_index(shop: Workshop) -> None:
    image(shop.base, "v1", "ab", STEPS[:2])
    child = image(shop.app, None, "abc", STEPS)
    index(shop.app, "v1", (AMD64, child.descriptor), name=str(BASE))

    shop.check()


def test_images_without_a_platform_are_compared_and_attestations_are_not(shop: Workshop) -> None:
    image(shop.base, "v1", "ab", STEPS[:2])
    child, attestation = image(shop.app, None, "abc", STEPS), image(shop.app, None, "sbom", ())
    artifact = images.artifact(shop.app)
    unknown = Platform("unknown", "unknown")
    index(shop.app, "v1", (None, child.descriptor), (unknown, attestation.descriptor), (None, artifact.descriptor))

    shop.check(by_hand())
    image(shop.base, "v1", "X", ())
    with pytest.raises(Mismatch):
        shop.check(by_hand())


def test_one_image_finds_its_platform_in_an_index_of_bases(shop: Workshop) -> None:
    platforms(shop)
    image(shop.app, "arm", "abc", STEPS, platform=ARM64)

    shop.check(by_hand(), "arm")


def test_without_a_base_there_is_nothing_to_compare(shop: Workshop) -> None:
    usual(shop)

    with pytest.raises(Incomplete, match="annotation"):
        shop.check()


def test_an_image_shorter_than_its_base_is_no_answer(shop: Workshop) -> None:
    image(shop.base, "v1", "ab", STEPS[:2])
    image(shop.app, "v1", "a", STEPS)
    image(shop.app, "history", "ab", STEPS[:1])
    image(shop.base, "bare", "", ())

    with pytest.raises(Unsupported, match="1 layers"):
        shop.check(by_hand())
    with pytest.raises(Unsupported, match="1 entries"):
        shop.check(by_hand(), "history")
    with pytest.raises(Unsupported, match="no layers"):
        shop.check(BaseQuestion(base=BASE.with_tag("bare")))


def test_a_base_that_was_made_anew_has_changed_also_when_it_is_longer_now(shop: Workshop) -> None:
    image(shop.base, "v1", "xyz", STEPS)
    image(shop.app, "v1", "a", STEPS[:1])
    with pytest.raises(Mismatch, match="layer 0"):
        shop.check(by_hand())

    image(shop.base, "v1", "a", ("another", *STEPS))
    with pytest.raises(Mismatch, match="entry 0"):
        shop.check(by_hand())


def test_what_is_not_there_or_no_image_is_an_error(shop: Workshop) -> None:
    usual(shop, name="not a/Name")
    images.schema1(shop.base, "old")

    with pytest.raises(InvalidReference):
        shop.check()
    with pytest.raises(ManifestNotFound):
        shop.check(BaseQuestion(base=BASE.with_tag("gone")))
    with pytest.raises(ManifestNotFound):
        shop.check(by_hand(), "gone")
    with pytest.raises(UnsupportedMediaType):
        shop.check(BaseQuestion(base=BASE.with_tag("old")))
