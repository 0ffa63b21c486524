"""From an argument to a manifest."""

from __future__ import annotations

import pytest

from regclient.goshapes.located import Located
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.regbot.sandbox import fetching, objects
from regclient.regbot.sandbox.calls import Arguments, CallFailed
from regclient.repository import ManifestHead
from regclient.settings.machine import local_platform
from tests.fakes import images
from tests.fakes.bot import APP, Bench, handed_back


def test_objects_are_taken_as_they_are_and_names_are_fetched() -> None:
    bench = Bench()
    image = images.image(bench.registry.repository("app"), "v1")
    found = Located(image, Reference.parse(f"{APP}:v1"))
    made = handed_back(objects.manifest_made(found))

    held = fetching.fetched(bench.session, Arguments("f", [made]), 1)
    assert (image.raw, found.reference) == (held.raw, held.reference)
    assert image.raw == fetching.headed(bench.session, Arguments("f", [made]), 1).raw
    assert [] == bench.registry.ledger, "no request was needed"
    assert image.raw == fetching.fetched(bench.session, Arguments("f", [f"{APP}:v1"]), 1).raw
    with pytest.raises(CallFailed, match=r"^manifest pull failed: "):
        fetching.fetched(bench.session, Arguments("f", [f"{APP}:none"]), 1)
    with pytest.raises(CallFailed, match=rf'^Failed retrieving "{APP}:none" manifest: '):
        fetching.headed(bench.session, Arguments("f", [f"{APP}:none"]), 1)


def test_a_head_is_completed_by_its_digest() -> None:
    bench = Bench()
    image = images.image(bench.registry.repository("app"), "v1")
    head = fetching.head(bench.session, Reference.parse(f"{APP}:v1"))
    images.image(bench.registry.repository("app"), "v1", seed="moved")

    assert image.raw == fetching.content_of(bench.session, head).raw
    unknown = Located(ManifestHead("", None, 0), Reference.parse(f"{APP}:v1"))
    assert image.raw != fetching.content_of(bench.session, unknown).raw
    gone = Located(ManifestHead("", images.blob(bench.registry.repository("app"), b"x").digest, 0), unknown.reference)
    with pytest.raises(CallFailed, match=r"^manifest pull failed: "):
        fetching.content_of(bench.session, gone)


def test_a_platform_that_is_none_is_this_machines_with_a_warning() -> None:
    bench = Bench()

    assert Platform("linux", "arm64") == fetching.platform_of(bench.session, "linux/arm64")
    assert local_platform() == fetching.platform_of(bench.session, "")
    assert "" == bench.log
    assert local_platform() == fetching.platform_of(bench.session, "l!nux")
    assert 'level=WARN msg="Could not parse platform" platform=l!nux err=' in bench.log
