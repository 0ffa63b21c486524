"""``blob``: content by digest, from one repository to another or from a script."""

from __future__ import annotations

import pytest

from regclient.cli.logs import DEBUG
from regclient.model.descriptor import Descriptor
from regclient.regbot.sandbox.calls import CallFailed
from regclient.regbot.sandbox.wire import Value
from tests.claims import claims
from tests.fakes import images
from tests.fakes.bot import APP, Bench, sent_back

OTHER = "registry.example/other"


@pytest.fixture
def bench() -> Bench:
    return Bench(level=DEBUG)


@claims("lua blob.get", "lua blob.head")
@pytest.mark.parametrize("name", ["blob.get", "blob.head"])
def test_a_blob_is_found_by_its_digest_or_that_of_its_reference(bench: Bench, name: str) -> None:
    digest = str(images.blob(bench.registry.repository("app"), b"content").digest)

    made = bench.one(name, APP, digest)
    assert made == bench.one(name, f"{APP}@{digest}") == bench.one(name, made)
    assert f'msg="Retrieve blob" script=test ref={APP}@{digest} digest={digest}' in bench.log
    with pytest.raises(
        CallFailed, match=rf'^Failed retrieving "{APP}:latest" blob "{"sha256:" + "0" * 64}": blob .* not found'
    ):
        bench.call(name, APP, "sha256:" + "0" * 64)
    with pytest.raises(CallFailed, match=r'blob "": invalid digest'):
        bench.call(name, APP)
    with pytest.raises(CallFailed, match=r"string expected, got nil"):
        bench.call(name, APP, None)


@claims("lua blob.put")
def test_blobs_configs_and_strings_are_pushed(bench: Bench) -> None:
    image = images.image(bench.registry.repository("app"), "v1")
    layer = image.layers[0]
    made = bench.one("image.config", f"{APP}:v1")
    edited = bench.one("imageconfig:export", made, {**sent_back(made), "author": "B"})
    other = bench.registry.repository("other")

    assert (str(layer.digest), layer.size) == bench.call("blob.put", OTHER, bench.one("blob.get", APP, str(layer.digest)))
    assert (str(image.config.digest), image.config.size) == bench.call("blob.put", OTHER, made)
    assert image.config.digest != bench.call("blob.put", OTHER, edited)[0]
    text = Descriptor.of("päck".encode())
    assert (str(text.digest), 5) == bench.call("blob.put", OTHER, "päck")

    assert [True] * 3 == [other.stat_blob(blob) is not None for blob in (layer, image.config, text)]
    wrong: Value
    for wrong in (None, 5, {}):
        with pytest.raises(CallFailed, match=r"bad argument #2 to 'blob\.put' \(blob content expected\)"):
            bench.call("blob.put", OTHER, wrong)


def test_a_dry_run_pushes_nothing_and_returns_what_it_would(bench: Bench) -> None:
    layer = images.blob(bench.registry.repository("app"), b"content")
    dry = Bench(registry=bench.registry, dry_run=True)

    assert (str(layer.digest), 7) == dry.call("blob.put", OTHER, dry.one("blob.get", APP, str(layer.digest)))
    assert (str(layer.digest), 7) == dry.call("blob.put", OTHER, "content")

    assert [f"put blob {layer.digest} to {OTHER}"] * 2 == dry.session.intended
    assert [] == [method for method, _ in bench.registry.ledger if method not in {"GET", "HEAD"}]


def test_what_cannot_be_pushed_says_so(bench: Bench) -> None:
    made = bench.one("blob.get", APP, str(images.blob(bench.registry.repository("app"), b"content").digest))
    bench.client.close()

    with pytest.raises(CallFailed, match=r"^Failed to put blob: "):
        bench.call("blob.put", "ocifile://nowhere", made)


def test_many_blobs_hold_no_slots(bench: Bench) -> None:
    digest = str(images.blob(bench.registry.repository("app"), b"content").digest)

    made = [bench.one("blob.get", APP, digest) for _ in range(20)]

    assert 20 == len(made)
    assert 20 == len(bench.registry.ledger)
