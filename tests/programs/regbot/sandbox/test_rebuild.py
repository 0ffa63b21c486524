"""From edited tables back to documents: what was edited changes, what was not keeps its bytes."""

from __future__ import annotations

import json

import pytest

from regclient.errors import InvalidManifest, UnsupportedMediaType
from regclient.memory import MemoryRepository
from regclient.model.image import ImageManifest
from regclient.model.imageconfig import ImageConfig
from regclient.model.index import IndexManifest
from regclient.model.manifest import Manifest, parse_manifest
from regclient.model.reference import Reference
from regclient.regbot.sandbox.export import config_data, manifest_data
from regclient.regbot.sandbox.rebuild import rebuilt_config, rebuilt_manifest
from regclient.regbot.sandbox.wire import Value
from tests.fakes import images
from tests.fakes.bot import handed_back, seen, sent_back
from tests.tables import table

CONFIG = {
    "created": "2021-03-04T05:06:07.123456789+02:00",
    "author": "A",
    "architecture": "amd64",
    "os": "linux",
    "moby": {"unknown": 1},
    "config": {
        "ExposedPorts": {"443/tcp": {}, "80/tcp": {}},
        "Env": ["A=<b&c>"],
        "Volumes": {"/data": {}},
        "Labels": {"a": "b"},
        "StopTimeout": 5,
        "Healthcheck": {"Test": ["CMD"], "Interval": 1000000000},
        "Extra": True,
    },
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "1" * 64]},
    "history": [
        {"created": "2021-03-04T05:06:07Z", "created_by": "one", "odd": 1},
        {"created": "2021-03-04T05:06:08Z", "created_by": "two", "empty_layer": True},
    ],
}


def config() -> ImageConfig:
    return ImageConfig.parse(json.dumps(CONFIG).encode())


@pytest.fixture
def repository() -> MemoryRepository:
    return MemoryRepository(Reference.parse("registry.example/app").repository_only())


def changed(manifest: Manifest, **members: Value) -> Manifest:
    return rebuilt_manifest(manifest, {**sent_back(manifest_data(manifest)), **{k: handed_back(v) for k, v in members.items()}})


def test_what_was_not_edited_keeps_its_bytes(repository: MemoryRepository) -> None:
    pretty = parse_manifest(json.dumps(json.loads(images.image(repository, "v1").raw), indent=3).encode())
    kinds = [pretty, images.index(repository), images.image(repository, "v2", docker=True), images.schema1(repository)]
    subject = images.artifact(repository, kinds[0])

    assert [manifest.raw for manifest in (*kinds, subject)] == [changed(manifest).raw for manifest in (*kinds, subject)]
    original = config()
    assert original.raw == rebuilt_config(original, sent_back(config_data(original))).raw


def test_edited_manifests_keep_what_no_table_shows(repository: MemoryRepository) -> None:
    image = images.image(repository, "v1")
    document = json.loads(image.raw)
    document["custom"] = {"kept": True}
    document["layers"][1]["odd"] = 1
    original = parse_manifest(json.dumps(document).encode())
    assert isinstance(original, ImageManifest)
    layers = sent_back(manifest_data(original))["layers"]
    assert isinstance(layers, dict)

    found = changed(original, layers={1: layers[2.0]}, annotations={"n": 5, "f": 0.5, "b": True}, artifactType="a/b")

    assert isinstance(found, ImageManifest)
    assert ("a/b", {"n": "5", "f": "0.5", "b": "true"}) == (found.artifact_type, dict(found.annotations))
    written = json.loads(found.raw)
    assert [document["layers"][1]] == written["layers"]
    assert {"kept": True} == written["custom"]


def test_a_new_descriptor_is_read_as_strictly_as_any_other(repository: MemoryRepository) -> None:
    image = images.image(repository, "v1")
    new = {"mediaType": "a/b", "digest": "sha256:" + "2" * 64, "size": 5, "data": [1, 255], "urls": ["u"]}

    found = changed(image, config=new)

    assert isinstance(found, ImageManifest)
    assert ("a/b", b"\x01\xff", ("u",)) == (found.config.media_type, found.config.data, found.config.urls)
    for wrong in (None, {"mediaType": "a"}, {**new, "size": "x"}, {**new, "size": 0.5}, {**new, "digest": "x"}):
        with pytest.raises(InvalidManifest):
            changed(image, config=wrong)


def test_indexes_and_subjects_are_edited_too(repository: MemoryRepository) -> None:
    index = images.index(repository)
    entries = sent_back(manifest_data(index))["manifests"]
    assert isinstance(entries, dict)

    found = changed(index, manifests={1.0: entries[2.0]}, subject=entries[1.0])

    assert isinstance(found, IndexManifest)
    assert [index.manifests[1]] == list(found.manifests)
    assert index.manifests[0] == found.subject
    assert None is changed(found, subject=None).subject


def test_an_entry_set_to_nil_is_gone_and_no_other(repository: MemoryRepository) -> None:
    index = images.index(repository, platforms=("linux/amd64", "linux/arm64", "windows/amd64", "linux/s390x"))
    entries = sent_back(manifest_data(index))["manifests"]
    assert isinstance(entries, dict)
    del entries[1.0], entries[3.0]

    found = rebuilt_manifest(index, {**sent_back(manifest_data(index)), "manifests": entries})

    assert isinstance(found, IndexManifest)
    assert [index.manifests[1], index.manifests[3]] == list(found.manifests)


def table_of(value: Value, *names: Value) -> dict[Value, Value]:
    """Return a table inside others."""
    for name in names:
        assert isinstance(value, dict)
        value = value[name]
    assert isinstance(value, dict)
    return value


def copied(value: Value, *names: Value) -> dict[Value, Value]:
    """Return the copy that a script makes of a table inside an object, by ``pairs``: each field has both its names."""
    return table_of(handed_back(seen(value)), *names)


def orders(entry: dict[Value, Value]) -> list[dict[Value, Value]]:
    """Return a table in several orders of its keys: Lua has none, so that nothing may depend on it."""
    rising = dict(sorted(entry.items(), key=str))
    return [entry, rising, dict(reversed(rising.items()))]


@table(
    ("name", "value"),
    [
        ("mediaType", "edited/x"),
        ("digest", "sha256:" + "9" * 64),
        ("size", 99999.0),
        ("artifactType", "edited/x"),
        ("urls", {1.0: "https://a"}),
        ("annotations", {"k": "edited"}),
        ("platform", {"os": "a", "architecture": "b", "variant": "c", "os.version": "1", "os.features": {1.0: "f"}}),
        ("platform", None),
    ],
)
def test_a_copy_of_a_descriptor_is_read_by_the_names_of_documents(
    repository: MemoryRepository, name: str, value: Value
) -> None:
    index = images.index(repository)
    original = sent_back(manifest_data(index))
    entry = copied(manifest_data(index), "manifests", 1.0)
    entry |= {name: value, "foo": "bar"}
    wanted = rebuilt_manifest(index, {**original, "manifests": {1.0: {**table_of(original, "manifests", 1.0), name: value}}})

    found = [rebuilt_manifest(index, {**original, "manifests": {1.0: same}}) for same in orders(entry)]

    assert [wanted.raw] * 3 == [manifest.raw for manifest in found]


def test_a_copy_keeps_what_no_table_shows(repository: MemoryRepository) -> None:
    document = json.loads(images.image(repository, "v1").raw)
    document["layers"][0]["odd"] = 1
    original = parse_manifest(json.dumps(document).encode())
    entry = copied(manifest_data(original), "layers", 1.0)
    entry |= {"annotations": {"a": "b"}, "foo": "bar"}

    written = json.loads(changed(original, layers=[entry]).raw)

    assert [{**document["layers"][0], "annotations": {"a": "b"}}] == written["layers"]


def test_copies_of_a_config_are_read_by_the_names_of_documents() -> None:
    original = config()
    platform, rootfs, history, inner = (
        copied(config_data(original), name) for name in ("Platform", "rootfs", "history", "config")
    )
    platform["architecture"] = "arm64"
    table_of(rootfs, "diff_ids")[1.0] = "sha256:" + "3" * 64
    table_of(history, 2.0)["comment"] = "edited"
    inner["User"] = "u"
    copies: dict[Value, Value] = {"Platform": platform, "rootfs": rootfs, "history": history, "config": inner}

    written = json.loads(rebuilt_config(original, {**sent_back(config_data(original)), **copies}).raw)

    expected = json.loads(json.dumps(CONFIG))
    expected["architecture"] = "arm64"
    expected["rootfs"]["diff_ids"] = ["sha256:" + "3" * 64]
    expected["history"][1]["comment"] = "edited"
    expected["config"]["User"] = "u"
    assert expected == written


def test_a_table_of_a_script_may_use_either_names(repository: MemoryRepository) -> None:
    image = images.image(repository, "v1")
    digest = "sha256:" + "2" * 64
    new = {"MediaType": "a/b", "Digest": digest, "Size": 5, "Annotations": {"n": 1}, "URLs": ["u"], "Data": [1]}
    new["Platform"] = {"OS": "o", "Architecture": "a", "OSVersion": "1", "OSFeatures": ["f"]}

    written = json.loads(changed(image, config=new).raw)["config"]

    platform = {"architecture": "a", "os": "o", "os.version": "1", "os.features": ["f"]}
    expected = {"urls": ["u"], "annotations": {"n": "1"}, "data": "AQ==", "platform": platform}
    assert {"mediaType": "a/b", "digest": digest, "size": 5, **expected} == written
    entry = {"CreatedBy": "x", "EmptyLayer": True}
    history = json.loads(rebuilt_config(config(), {**sent_back(config_data(config())), "history": {1.0: entry}}).raw)["history"]
    assert [{"created_by": "x", "empty_layer": True}] == history


def test_the_name_of_a_document_counts_however_a_table_is_ordered(repository: MemoryRepository) -> None:
    image = images.image(repository, "v1")
    digest = "sha256:" + "2" * 64
    new: dict[Value, Value] = {"mediaType": "a/b", "MEDIATYPE": "c/d", "mediatype": "e/f", "digest": digest, "z": "1", "a": "2"}

    found = {changed(image, config=same).raw for same in orders(new)}

    assert ["a/b"] == [json.loads(raw)["config"]["mediaType"] for raw in found]


def test_a_media_type_of_another_kind_is_refused(repository: MemoryRepository) -> None:
    docker = images.image(repository, "v1", docker=True)

    with pytest.raises(UnsupportedMediaType):
        changed(images.artifact(repository, docker), mediaType=docker.media_type)


def test_edited_configs_keep_ports_volumes_and_what_no_table_shows() -> None:
    original = config()
    table = sent_back(config_data(original))
    inner, history = table["config"], table["history"]
    assert isinstance(inner, dict)
    assert isinstance(history, dict)
    inner["Labels"]["team"] = "x"
    inner["ExposedPorts"]["8080/tcp"] = {}
    table["history"] = {1.0: history[2.0], 2.0: {"created_by": "three", "created": "2025-01-01T00:00:00Z"}}

    written = json.loads(rebuilt_config(original, table).raw)

    assert {"a": "b", "team": "x"} == written["config"]["Labels"]
    assert ["443/tcp", "80/tcp", "8080/tcp"] == sorted(written["config"]["ExposedPorts"])
    assert {"/data": {}} == written["config"]["Volumes"]
    assert (True, {"unknown": 1}) == (written["config"]["Extra"], written["moby"])
    assert (5, 1_000_000_000) == (written["config"]["StopTimeout"], written["config"]["Healthcheck"]["Interval"])
    assert [CONFIG["history"][1], {"created": "2025-01-01T00:00:00Z", "created_by": "three"}] == written["history"]  # type: ignore[index]
    assert CONFIG["created"] == written["created"]


def test_an_entry_of_a_config_set_to_nil_is_gone_and_no_other() -> None:
    original = config()
    table = sent_back(config_data(original))
    inner, history = table["config"], table["history"]
    assert isinstance(inner, dict)
    assert isinstance(history, dict)
    inner["Env"] = {2.0: "PATH=/bin"}
    del history[1.0]

    written = json.loads(rebuilt_config(original, table).raw)

    assert (["PATH=/bin"], [CONFIG["history"][1]]) == (written["config"]["Env"], written["history"])  # type: ignore[index]


def test_times_are_taken_in_gos_form_and_that_of_documents() -> None:
    original = config()
    table = sent_back(config_data(original))

    assert "2024-01-02T03:04:05.5Z" == rebuilt_config(original, {**table, "created": "2024-01-02 03:04:05.5 +0000 UTC"}).created
    assert "2024-01-02T03:04:05Z" == rebuilt_config(original, {**table, "created": "2024-01-02T03:04:05Z"}).created
    assert "" == rebuilt_config(original, {**table, "created": None}).created
    with pytest.raises(InvalidManifest):
        rebuilt_config(original, {**table, "created": "yesterday"})
    with pytest.raises(InvalidManifest):
        rebuilt_config(original, {**table, "history": {1.0: "x"}})
