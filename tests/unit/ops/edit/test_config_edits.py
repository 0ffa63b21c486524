import json

import pytest

from regclient.errors import ParseError
from regclient.model.imageconfig import ImageConfig
from regclient.model.platform import Platform
from regclient.ops.edit.config_edits import (
    AddPort,
    AddVolume,
    RemoveBuildArg,
    RemovePort,
    RemoveVolume,
    SetAuthor,
    SetCmd,
    SetEntrypoint,
    SetEnv,
    SetLabel,
    SetPlatform,
    SetUser,
    SetWorkdir,
)
from regclient.ops.edit.edit import Edit
from tests.fakes.editing import ARM64, Studio, child_of, config_in
from tests.tables import table

HISTORY = (
    "ARG X=1",
    "ARG XY",
    "ARG X",
    "RUN |2 X=1 Y=2 make",
    "RUN |1 X=1 make",
    "RUN |2 AX=1 X=10 make",
    "RUN |1 X=1",
    "COPY X=1 /",
)


def edited(*edits: Edit, **changes: object) -> ImageConfig:
    studio = Studio()
    studio.image(**changes)
    return config_in(studio.app, studio.edit("v1", *edits).manifest)


def steps_after(*edits: Edit) -> list[str]:
    steps = [{"created_by": text, **({"empty_layer": True} if text.startswith("ARG") else {})} for text in HISTORY]
    return [entry.created_by for entry in edited(*edits, history=steps).history]


def test_what_a_container_starts_with_is_set() -> None:
    config = edited(
        SetAuthor("B"), SetCmd(("a", "b")), SetEntrypoint(("/x",)), SetUser("1000"), SetWorkdir("/srv"), SetLabel("new", "1")
    )

    container = config.config
    assert ("B", ("a", "b"), ("/x",), "1000", "/srv") == (
        config.author,
        container.cmd,
        container.entrypoint,
        container.user,
        container.working_dir,
    )
    assert {"arch": "amd64", "time": "2020-01-02T03:04:05Z", "new": "1"} == config.labels


def test_what_is_empty_is_removed_from_the_document() -> None:
    raw = json.loads(edited(SetAuthor(""), SetCmd(()), SetLabel("arch"), SetEnv("A"), RemovePort("80/tcp")).raw)

    assert "author" not in raw
    assert {"Env": ["PATH=/bin"], "Volumes": {"/data": {}}, "Labels": {"time": "2020-01-02T03:04:05Z"}} == raw["config"]


@table(
    "edit",
    [
        SetAuthor("A"),
        SetCmd(("run",)),
        SetEntrypoint(()),
        SetUser(""),
        SetWorkdir(""),
        SetPlatform(Platform("linux", "x86_64")),
        SetEnv("A", "1"),
        SetEnv("missing"),
        SetLabel("arch", "amd64"),
        SetLabel("missing"),
        SetLabel("a", "b", (ARM64,)),
        SetEnv("a", "b", (ARM64,)),
        SetUser("x", (ARM64,)),
        SetWorkdir("x", (ARM64,)),
        AddPort("80/tcp"),
        RemovePort("80"),
        AddVolume("/data"),
        RemoveVolume("/d"),
        RemoveBuildArg("X", "2"),
        RemoveBuildArg("X", "x", pattern=True),
    ],
)
def test_a_value_in_place_changes_nothing(edit: Edit) -> None:
    studio = Studio()
    manifest = studio.image()

    plan = studio.edit("v1", edit)

    assert manifest == plan.manifest
    assert plan.idle


def test_ports_and_volumes_are_sets_of_texts_as_written() -> None:
    container = edited(AddPort("53"), AddPort("53"), RemovePort("80/tcp"), AddVolume("/x"), RemoveVolume("/data")).config

    assert (("53",), ("/x",)) == (container.exposed_ports, container.volumes)


def test_a_variable_is_changed_in_its_place() -> None:
    assert ("PATH=/x", "A=1", "B=2") == edited(SetEnv("PATH", "/x"), SetEnv("B", "2")).config.env
    assert ("B=3", "A") == edited(SetEnv("B", "3"), config={"Env": ["B", "A"]}).config.env


def test_only_the_images_of_some_platforms_are_edited() -> None:
    studio = Studio()
    studio.multi()

    index = studio.edit("multi", *(kind("k", "v", (ARM64,)) for kind in (SetLabel, SetEnv)), SetUser("u", (ARM64,))).manifest

    first, second = (config_in(studio.app, child_of(studio.app, index, at)) for at in (0, 1))
    assert ("", None, ("PATH=/bin", "A=1")) == (first.config.user, first.labels.get("k"), first.config.env)
    assert ("u", "v", ("PATH=/bin", "A=1", "k=v")) == (second.config.user, second.labels.get("k"), second.config.env)


def test_the_platform_is_that_of_the_config_and_of_nothing_else() -> None:
    studio = Studio()
    index = studio.multi()

    changed = studio.edit("multi", SetPlatform(Platform("linux", "s390x"))).manifest

    assert [entry.platform for entry in index.manifests] == [entry.platform for entry in changed.manifests]  # type: ignore[attr-defined]
    assert "s390x" == config_in(studio.app, child_of(studio.app, changed, 0)).platform.architecture


def test_a_build_argument_leaves_the_history() -> None:
    assert [
        "ARG XY",
        "RUN |1  Y=2 make",
        "RUN  make",
        "RUN |2 AX=1 X=10 make",
        "RUN ",
        "COPY X=1 /",
    ] == steps_after(RemoveBuildArg("X", "1"))


def test_the_value_of_a_build_argument_may_be_a_pattern() -> None:
    found = steps_after(RemoveBuildArg("X", "[0-9]+", pattern=True))

    assert ["RUN |1  Y=2 make", "RUN  make", "RUN |1 AX=1  make"] == found[1:4]
    assert steps_after(RemoveBuildArg("X", "(1|2)0?", pattern=True)) == found
    with pytest.raises(ParseError):
        edited(RemoveBuildArg("X", "(", pattern=True))


def test_members_nobody_knows_stay_where_they_were() -> None:
    config = edited(SetLabel("a", "b"), container_config={"x": 1}, docker_version="1.2")

    assert config.raw.endswith(b'"container_config":{"x":1},"docker_version":"1.2"}')
