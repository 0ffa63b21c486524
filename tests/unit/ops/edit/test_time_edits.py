import pytest

from regclient.errors import Incomplete, ManifestNotFound, Mismatch, ParseError
from regclient.model.imageconfig import ImageConfig
from regclient.model.reference import Reference
from regclient.ops.edit.config_edits import SetLabel
from regclient.ops.edit.edit import Edit
from regclient.ops.edit.time_edits import SetConfigTime, TimeOptions
from tests.fakes import images
from tests.fakes.editing import ARM64, EARLY, HOST, LATE, Studio, child_of, config_in, config_of, push_image

NEW = "2024-05-06T07:08:09Z"


def times(config: ImageConfig) -> list[str]:
    return [config.created, *(entry.created for entry in config.history)]


def after(*edits: Edit, **changes: object) -> list[str]:
    studio = Studio()
    studio.image(**changes)
    return times(config_in(studio.app, studio.edit("v1", *edits).manifest))


def test_every_time_is_set() -> None:
    assert [NEW] * 4 == after(SetConfigTime(TimeOptions(set=NEW)))
    assert ["2024-05-06T07:08:09.25+02:00"] * 4 == after(SetConfigTime(TimeOptions(set="2024-05-06T07:08:09.250+02:00")))


def test_only_later_times_are_set() -> None:
    assert [NEW, EARLY, EARLY, NEW] == after(SetConfigTime(TimeOptions(set=NEW, after=EARLY)))


def test_the_time_may_be_in_a_label() -> None:
    assert [EARLY] * 4 == after(SetConfigTime(TimeOptions(from_label="time")))
    assert [NEW] * 4 == after(SetLabel("time", NEW), SetConfigTime(TimeOptions(from_label="time")))
    with pytest.raises(Incomplete, match="label missing"):
        after(SetConfigTime(TimeOptions(from_label="missing")))
    with pytest.raises(ParseError):
        after(SetLabel("time", "soon"), SetConfigTime(TimeOptions(from_label="time")))
    with pytest.raises(Mismatch, match="elsewhere"):
        after(SetConfigTime(TimeOptions(set=NEW, from_label="time")))


def test_the_labels_of_all_images_have_to_agree() -> None:
    studio = Studio()
    studio.multi()

    with pytest.raises(Mismatch, match=f"label time is {NEW}, but {EARLY} elsewhere"):
        studio.edit("multi", SetLabel("time", NEW, (ARM64,)), SetConfigTime(TimeOptions(from_label="time")))


def test_the_first_layers_keep_their_times() -> None:
    assert [NEW, EARLY, NEW, NEW] == after(SetConfigTime(TimeOptions(set=NEW, base_layers=1)))
    assert [NEW, EARLY, EARLY, LATE] == after(SetConfigTime(TimeOptions(set=NEW, base_layers=9)))
    assert [NEW] * 4 == after(SetConfigTime(TimeOptions(set=NEW, base_layers=-1)))


def test_what_is_the_bases_keeps_its_times() -> None:
    studio = Studio()
    studio.image()
    history = config_of("amd64")["history"]
    assert isinstance(history, list)
    push_image(studio.home("base"), "v1", {**config_of("amd64"), "history": history[:2]})
    push_image(studio.home("base"), "other", {**config_of("amd64"), "history": history[1:]})

    def found(name: str, layers: int = 0) -> list[str]:
        options = TimeOptions(set=NEW, base=Reference.parse(f"{HOST}/base:{name}"), base_layers=layers)
        return times(config_in(studio.app, studio.edit("v1", SetConfigTime(options)).manifest))

    assert [NEW, EARLY, EARLY, NEW] == found("v1") == found("v1", 1)
    assert [NEW] * 4 == found("other")
    assert [NEW, EARLY, NEW, NEW] == found("other", 1)
    with pytest.raises(ManifestNotFound):
        found("gone")


def test_what_has_no_time_gets_none() -> None:
    assert ["", "", NEW] == after(
        SetConfigTime(TimeOptions(set=NEW)), created=None, history=[{"created_by": "a"}, {"created": LATE}]
    )
    studio = Studio()
    images.artifact(studio.app, name="artifact")
    assert studio.edit("artifact", SetConfigTime(TimeOptions(set=NEW))).idle


def test_times_are_set_in_every_image() -> None:
    studio = Studio()
    studio.multi()

    index = studio.edit("multi", SetConfigTime(TimeOptions(set=NEW))).manifest

    assert [[NEW] * 4] * 2 == [times(config_in(studio.app, child_of(studio.app, index, at))) for at in (0, 1)]


def test_options_need_a_time() -> None:
    for time, limit in (("", ""), ("", NEW), ("now", ""), (NEW, "now")):
        with pytest.raises(ParseError):
            TimeOptions(set=time, after=limit)
