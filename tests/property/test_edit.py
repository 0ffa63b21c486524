"""Laws of edits: whatever is chained, the image is whole; what is undone is as it was; what changes nothing sends nothing."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regclient import edits as e
from regclient.errors import NotFound
from regclient.kit.compression import open_decompressed
from regclient.memory import MemoryRepository
from regclient.model import mediatype
from regclient.model.digest import Digest
from regclient.model.image import ImageManifest
from regclient.model.index import IndexManifest
from regclient.model.manifest import Manifest, parse_manifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.config import read_config
from tests.fakes import images
from tests.fakes.editing import ARM64, CREATED, Studio, config_of
from tests.programs.edited import tar_of
from tests.property.examples import share

QUICK = settings(max_examples=share(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
BASE, APP = tar_of("etc/", "etc/os"), tar_of("app/", "app/run", owner="")
NAMES, VALUES = st.sampled_from(["a", "arch", "é", "<&>", "org.example.x"]), st.sampled_from(["", "1", "<b>", "né"])
PLATFORMS = st.sampled_from([(), (ARM64,), (Platform("linux", "s390x"),)])
TIMES = st.builds(
    e.TimeOptions,
    set=st.sampled_from([CREATED, "1999-12-31T23:59:59.5+01:00"]),
    after=st.sampled_from(["", "2020-06-01T00:00:00Z"]),
    base_layers=st.integers(0, 3),
)
MANIFESTS = st.one_of(
    st.builds(e.SetAnnotation, NAMES, VALUES, platforms=PLATFORMS, everywhere=st.booleans()),
    st.just(e.PromoteAnnotations()),
    st.just(e.LabelsToAnnotations()),
    st.builds(e.SetBase, st.just(Reference.parse("alpine:3")), st.just(Digest.of(b"base"))),
    st.sampled_from([e.ToDocker(), e.ToOCI(), e.ToOCIReferrers(), e.RemoveExternalUrls()]),
    st.builds(e.RemoveLayersCreatedBy, st.sampled_from(["ADD", "make", "."])),
    st.builds(e.InlineContent, st.sampled_from([-1, 0, 500, 100_000])),
)
CONFIGS = st.one_of(
    st.builds(e.SetLabel, NAMES, VALUES, PLATFORMS),
    st.builds(e.SetEnv, NAMES, VALUES, PLATFORMS),
    st.builds(e.SetAuthor, VALUES),
    st.builds(e.SetCmd, st.lists(VALUES, max_size=2).map(tuple)),
    st.builds(e.SetEntrypoint, st.lists(VALUES, max_size=2).map(tuple)),
    st.builds(e.SetUser, VALUES, PLATFORMS),
    st.builds(e.SetWorkdir, VALUES, PLATFORMS),
    st.builds(e.AddPort, NAMES),
    st.builds(e.RemovePort, st.sampled_from(["80/tcp", "a"])),
    st.builds(e.AddVolume, NAMES),
    st.builds(e.RemoveVolume, st.sampled_from(["/data", "a"])),
    st.builds(e.SetConfigTime, TIMES),
    st.builds(e.RemoveBuildArg, st.just("X"), st.just("1")),
)
LAYERS = st.one_of(
    st.builds(e.SetLayerTime, TIMES),
    st.builds(e.StripLayerFile, st.sampled_from(["etc/os", "app", "none"])),
    st.builds(e.CompressLayers, st.sampled_from(["none", "gzip", "zstd"])),
    st.builds(e.SetDigestAlgorithm, st.sampled_from(["sha256", "sha384", "sha512"])),
    st.just(e.MakeReproducible()),
)
CHAINS = st.lists(st.one_of(MANIFESTS, CONFIGS, LAYERS), min_size=1, max_size=6)


def studio_of() -> Studio:
    """Return a studio with an index of two images with real layers, called ``v1``."""
    studio = Studio()
    entries = []
    for architecture in ("amd64", "arm64"):
        layers = [images.blob(studio.app, tar, mediatype.OCI_LAYER) for tar in (BASE, APP)]
        document = {
            **config_of(architecture),
            "rootfs": {"type": "layers", "diff_ids": [str(Digest.of(tar)) for tar in (BASE, APP)]},
        }
        raw = json.dumps(document, separators=(",", ":")).encode()
        child = ImageManifest.build(config=images.blob(studio.app, raw, mediatype.OCI_CONFIG), layers=layers)
        studio.app.put_manifest(child, None)
        entries.append(child.descriptor.replace(platform=Platform("linux", architecture)))
    studio.app.put_manifest(IndexManifest.build(manifests=entries), "v1")
    return studio


def check(home: MemoryRepository, manifest: Manifest) -> None:
    """Check that a manifest is what it says, that everything below is there, and that configs fit their layers."""
    assert manifest.raw == parse_manifest(manifest.raw, expect=manifest.descriptor).raw
    if isinstance(manifest, IndexManifest):
        for entry in manifest.manifests:
            child = home.get_manifest(entry.digest)
            assert (entry.size, entry.media_type) == (len(child.raw), child.media_type)
            assert entry.data in {None, child.raw}
            check(home, child)
        return
    assert isinstance(manifest, ImageManifest)
    config = read_config(home, manifest.config)
    assert len(config.diff_ids) == len(manifest.layers) == sum(not entry.empty_layer for entry in config.history)
    for layer, diff_id in zip(manifest.layers, config.diff_ids, strict=True):
        with home.open_blob(layer) as stored:
            content = open_decompressed(stored)
            plain = content.readall()
        assert diff_id == str(Digest.of(plain, diff_id.partition(":")[0]))
        assert content.compression.name.lower() == mediatype.layer_compression(layer.media_type)
        assert layer.data is None or layer.inline is not None
    families = {mediatype.is_docker(part.media_type) for part in (manifest.descriptor, manifest.config, *manifest.layers)}
    assert 1 == len(families)


@QUICK
@given(CHAINS, st.sampled_from(["", "v2", "other:v1"]))
def test_any_chain_of_edits_gives_an_image_that_is_whole(chain: list[e.Edit], create: str) -> None:
    studio = studio_of()
    try:
        plan = studio.plan("v1", *chain, create=create)
    except NotFound:  # every layer may be gone before the step that should match one
        return
    home = studio.home("other" if ":" in create else "app")
    done = studio.edit("v1", *chain, create=create)

    assert plan.manifest == done.manifest
    assert str(plan) == str(done)
    check(home, done.manifest)
    if create:
        assert done.manifest.digest == home.resolve(create.rpartition(":")[2]).digest


@QUICK
@given(CHAINS)
def test_a_chain_that_was_done_and_changes_nothing_more_sends_nothing(chain: list[e.Edit]) -> None:
    studio = studio_of()
    try:
        once = studio.edit("v1", *chain, create="once").manifest
        twice = studio.edit("once", *chain, create="twice").manifest
    except NotFound:
        return
    if once.digest == twice.digest:
        assert studio.plan("once", *chain).idle


INVERSES = st.sampled_from(
    [
        (e.SetAnnotation("new", "1", everywhere=True), e.SetAnnotation("new", everywhere=True)),
        (e.SetLabel("new", "<1>"), e.SetLabel("new")),
        (e.SetEnv("A", "2"), e.SetEnv("A", "1")),
        (e.SetEnv("NEW", "2"), e.SetEnv("NEW")),
        (e.SetAuthor("B"), e.SetAuthor("A")),
        (e.SetCmd(()), e.SetCmd(("run",))),
        (e.SetEntrypoint(("x",)), e.SetEntrypoint(())),
        (e.SetUser("x"), e.SetUser("")),
        (e.SetWorkdir("/x"), e.SetWorkdir("")),
        (e.AddPort("1"), e.RemovePort("1")),
        (e.RemovePort("80/tcp"), e.AddPort("80/tcp")),
        (e.AddVolume("/x"), e.RemoveVolume("/x")),
        (e.ToDocker(), e.ToOCI()),
        (e.SetDigestAlgorithm("sha512"), e.SetDigestAlgorithm("sha256")),
        (e.CompressLayers("zstd"), e.CompressLayers("none")),
        (e.CompressLayers("gzip"), e.CompressLayers("none")),
        (e.InlineContent(100_000), e.InlineContent(0)),
    ]
)


@QUICK
@given(st.lists(INVERSES, min_size=1, max_size=4, unique_by=lambda pair: type(pair[0]).__name__))
def test_edits_undone_in_turn_give_the_digest_there_was(pairs: list[tuple[e.Edit, e.Edit]]) -> None:
    studio = studio_of()
    before = studio.app.resolve("v1").digest

    changed = studio.edit("v1", *(edit for edit, _ in pairs), create="changed").manifest
    back = studio.edit("changed", *(undo for _, undo in reversed(pairs))).manifest

    assert before != changed.digest
    assert before == back.digest
