from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from regclient.errors import InvalidManifest
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.imageconfig import ContainerConfig, History, ImageConfig, RootFs
from regclient.model.platform import Platform
from tests.tables import table
from tests.vectors.model.read import Vector, document_of, output_bytes, vectors

DIFF = "sha256:" + "ab" * 32
MINIMAL = b'{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}'


def changed(case: Vector) -> ImageConfig:
    config = ImageConfig.parse(document_of(case))
    name, value = case["texts"]
    if not name:
        return config.replace(author=value)
    labels = {key: text for key, text in config.labels.items() if key != name}
    return config.replace(labels={**labels, name: value} if value else labels)


@table("case", vectors("config"))
def test_changed_configs_have_gos_bytes(case: Vector) -> None:
    if case.get("failed"):
        with pytest.raises(InvalidManifest):
            changed(case)
        return
    found = changed(case)
    # Go writes the document anew even when nothing changes; we keep the bytes.
    expected = document_of(case) if found == ImageConfig.parse(document_of(case)) else output_bytes(case)

    assert expected == found.raw
    assert (Digest.of(expected), len(expected)) == (found.digest, found.descriptor.size)


def test_written_is_what_go_would_write() -> None:
    spaced = ImageConfig.parse(MINIMAL.replace(b",", b" , "))

    assert MINIMAL.decode() == spaced.written()


def test_everything_is_read() -> None:
    history = {"created": "2024-01-02T03:04:05.5Z", "created_by": "RUN x", "author": "a", "comment": "c", "empty_layer": True}
    document = {
        "created": "2024-01-02T03:04:05+01:00",
        "author": "me",
        "architecture": "arm64",
        "os": "linux",
        "variant": "v8",
        "config": {"User": "u", "Labels": {"a": "b"}},
        "rootfs": {"type": "layers", "diff_ids": [DIFF]},
        "history": [history],
    }
    found = ImageConfig.parse(json.dumps(document).encode())

    assert datetime(2024, 1, 2, 2, 4, 5, tzinfo=UTC) == found.created_at
    assert ("me", Platform("linux", "arm64", "v8"), (DIFF,)) == (found.author, found.platform, found.diff_ids)
    assert (History("2024-01-02T03:04:05.5Z", "RUN x", "a", "c", empty_layer=True),) == found.history
    assert datetime(2024, 1, 2, 3, 4, 5, 500000, tzinfo=UTC) == found.history[0].created_at
    assert ({"a": "b"}, "u") == (found.labels, found.config.user)


def test_what_is_not_there_is_empty() -> None:
    found = ImageConfig.parse(MINIMAL)

    assert (None, "", (), {}) == (found.created_at, found.author, found.history, found.labels)
    assert None is History().created_at
    assert mediatype.OCI_CONFIG == found.media_type


def test_the_descriptor_is_made_true() -> None:
    described = Descriptor(mediatype.DOCKER_CONFIG, Digest.of(b"", "sha512"), 0)
    found = ImageConfig.parse(MINIMAL, descriptor=described)

    assert Descriptor(mediatype.DOCKER_CONFIG, Digest.of(MINIMAL, "sha512"), len(MINIMAL)) == found.descriptor
    assert "sha512" == found.replace(author="x").digest.algorithm
    assert mediatype.DOCKER_CONFIG == found.replace(author="x").media_type


def test_replacing_by_the_same_is_no_change() -> None:
    found = ImageConfig.parse(b" " + MINIMAL)

    assert found is found.replace(author="", labels={}, history=[], diff_ids=[], platform=Platform("linux", "amd64"))


def test_members_nobody_knows_survive_everywhere() -> None:
    raw = (
        b'{"docker_version":"24", "architecture":"amd64","container_config":{"Cmd":null, "x":1.0},"os":"linux",'
        b'"config":{"Hostname":"h","Env":["A=1"],"Image":"sha256:x","Healthcheck":{"Test":["NONE"],"StartInterval":5}},'
        b'"rootfs":{"type":"layers","base_layer":"b","diff_ids":[]},"history":[{"created_by":"x","size":7}]}'
    )
    found = ImageConfig.parse(raw).replace(author="me", labels={"l": "1"})

    assert (
        b'{"docker_version":"24","author":"me","architecture":"amd64","container_config":{"Cmd":null, "x":1.0},"os":"linux",'
        b'"config":{"Hostname":"h","Env":["A=1"],"Image":"sha256:x","Labels":{"l":"1"},'
        b'"Healthcheck":{"Test":["NONE"],"StartInterval":5}},'
        b'"rootfs":{"type":"layers","base_layer":"b","diff_ids":[]},"history":[{"created_by":"x","size":7}]}' == found.raw
    )


def test_a_new_config_reads_back_as_itself() -> None:
    found = ImageConfig.build(
        created="2024-01-01T00:00:00Z",
        platform=Platform("linux", "amd64"),
        config=ContainerConfig(env=("A=1",)),
        labels={"a": "b"},
        diff_ids=[DIFF],
        history=[History(created_by="x")],
        media_type=mediatype.DOCKER_CONFIG,
        algorithm="sha384",
    )

    assert found == ImageConfig.parse(found.raw, descriptor=found.descriptor)
    assert (("A=1",), {"a": "b"}, "sha384") == (found.config.env, found.labels, found.digest.algorithm)


def test_rootfs_and_diff_ids_can_be_changed_together() -> None:
    found = ImageConfig.parse(MINIMAL).replace(rootfs=RootFs(type="other"), diff_ids=[DIFF])

    assert RootFs("other", (DIFF,)) == found.rootfs


def test_equal_configs_hash_alike() -> None:
    assert 1 == len({ImageConfig.parse(MINIMAL), ImageConfig.parse(MINIMAL)})


@table(
    "raw",
    [
        b"[]",
        b'{"history":{}}',
        b'{"history":[1]}',
        b'{"rootfs":[]}',
        b'{"config":"x"}',
        b'{"rootfs":{"diff_ids":[1]}}',
        b'{"os":1}',
    ],
)
def test_broken_configs_are_refused(raw: bytes) -> None:
    with pytest.raises(InvalidManifest):
        ImageConfig.parse(raw)


def test_steps_of_histories_are_the_same_whatever_the_zones_of_their_times() -> None:
    step = History(created="2024-02-03T04:05:06Z", created_by="a")

    assert step.same(History(created="2024-02-03T05:05:06+01:00", created_by="a"))
    assert not step.same(History(created="2024-02-03T04:05:07Z", created_by="a"))
    assert not step.same(History(created="2024-02-03T04:05:06Z", created_by="b"))
    assert not step.same(History(created_by="a"))
