"""What a script sees of our nouns: both names of each field, and Lua's words for Go's kinds of nothing."""

from __future__ import annotations

import pytest

from regclient.memory import MemoryRepository
from regclient.model import mediatype
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.imageconfig import ImageConfig
from regclient.model.ratelimit import RateLimit
from regclient.model.reference import Reference
from regclient.regbot.sandbox.export import config_data, descriptor_data, manifest_data, rate_limit_data, value_of
from regclient.regbot.sandbox.wire import Record, Value
from regclient.repository import ManifestHead
from tests.fakes import images
from tests.fakes.bot import seen


@pytest.fixture
def repository() -> MemoryRepository:
    return MemoryRepository(Reference.parse("registry.example/app").repository_only())


def fields(value: Value) -> dict[Value, Value]:
    found = seen(value)
    assert isinstance(found, dict)
    return found


def test_a_field_goes_by_both_names_and_a_table_under_them_is_one_table(repository: MemoryRepository) -> None:
    image = images.image(repository, "v1", annotations={"a": "b"})
    data = manifest_data(image)
    found = fields(data)

    assert {"SchemaVersion": 2, "schemaVersion": 2} == found["Versioned"]
    assert found["MediaType"] == found["mediaType"] == mediatype.OCI_MANIFEST
    assert found["Config"] == found["config"]
    assert {"a": "b"} == found["annotations"]
    assert None is found["subject"]
    assert isinstance(data, Record)
    assert ["Config"] == [go for go, json, _ in data.fields if json == "config"]


def test_descriptors_have_empty_tables_for_what_they_lack() -> None:
    found = fields(descriptor_data(EMPTY))

    assert [ord("{"), ord("}")] == list(found["data"])  # type: ignore[call-overload]
    assert ([], {}, None) == (found["urls"], found["annotations"], found["platform"])
    assert "digestAlgo" not in found


def test_every_kind_of_manifest_is_shown(repository: MemoryRepository) -> None:
    docker = fields(manifest_data(images.image(repository, "docker", docker=True)))
    index = fields(manifest_data(images.index(repository)))
    old = fields(manifest_data(images.schema1(repository)))
    signed = fields(manifest_data(images.schema1(repository, signed=True)))

    assert {"SchemaVersion", "schemaVersion", "MediaType", "mediaType"} == set(docker["Versioned"])  # type: ignore[call-overload]
    assert "mediaType" not in docker
    assert ["amd64", "arm64"] == [entry["platform"]["architecture"] for entry in index["manifests"]]  # type: ignore[attr-defined]
    assert 2 == len(old["fsLayers"]) == len(old["history"])  # type: ignore[arg-type]
    assert {"Manifest", "Canonical"} == set(signed)


def test_a_head_shows_empty_fields_one_level_down() -> None:
    kinds = {
        mediatype.OCI_MANIFEST: "Manifest",
        mediatype.OCI_INDEX: "Index",
        mediatype.DOCKER_LIST: "ManifestList",
        mediatype.OCI_ARTIFACT: "ArtifactManifest",
        mediatype.DOCKER_SCHEMA1_SIGNED: "SignedManifest",
    }
    for media_type, name in kinds.items():
        assert [name] == list(fields(manifest_data(ManifestHead(media_type, Descriptor.of(b"").digest, 5))))


def test_configs_show_times_as_text_and_the_names_of_ports() -> None:
    raw = (
        b'{"created":"2024-01-02T03:04:05.5Z","architecture":"arm64","os":"linux","variant":"v8",'
        b'"config":{"ExposedPorts":{"80/tcp":{}},"Volumes":{"/data":{}},"Labels":{"a":"b"},'
        b'"Healthcheck":{"Test":["CMD"],"Interval":1000000000}},"rootfs":{"type":"layers","diff_ids":[]}}'
    )
    found = fields(config_data(ImageConfig.parse(raw)))
    inner = found["config"]

    assert "2024-01-02 03:04:05.5 +0000 UTC" == found["created"] == found["Created"]
    assert "arm64" == found["Platform"]["architecture"]  # type: ignore[index]
    assert "platform" not in found
    assert "os" not in found
    assert isinstance(inner, dict)
    assert ({"80/tcp": {}}, {"/data": {}}) == (inner["ExposedPorts"], inner["Volumes"])
    assert 1_000_000_000 == inner["Healthcheck"]["Interval"]
    assert "labels" not in inner


def test_rate_limits_go_by_their_go_names_and_other_values_are_themselves() -> None:
    shown = {"Remain": 5, "Limit": 9, "Reset": 0, "Set": True, "Policies": ["9;w=1"]}

    assert shown == fields(rate_limit_data(RateLimit(remain=5, limit=9, known=True, policies=("9;w=1",))))
    assert [1, {"a": None}] == value_of((1, {"a": None}))
