import pytest

from regclient.client import Client
from regclient.concurrency import Workers
from regclient.errors import Cancelled, SideError
from regclient.events import Event, Planned
from regclient.hosts import HostSettings
from regclient.memory import MemoryRepository
from regclient.model.descriptor import Descriptor
from regclient.ops.edit.apply import run_edit
from regclient.ops.edit.config_edits import SetLabel
from regclient.ops.edit.edit import Edit
from regclient.ops.edit.manifest_edits import SetAnnotation
from tests.fakes import images
from tests.fakes.editing import Studio, child_of, config_in, reaches_all
from tests.fakes.journal import JournalRepository
from tests.fakes.registry import FakeRegistry


def test_manifests_are_edited_before_configs_and_each_in_the_order_given() -> None:
    studio = Studio()
    studio.image()

    image = studio.edit("v1", SetLabel("a", "1"), SetAnnotation("b", "1"), SetLabel("a", "2"), SetAnnotation("b", "2")).manifest

    assert ("2", "2") == (config_in(studio.app, image).labels["a"], image.annotations["b"])


def test_a_plan_sends_nothing() -> None:
    studio = Studio()
    studio.multi()

    plan = studio.plan("multi", SetLabel("a", "b"), create="new")

    assert ("multi",) == studio.app.tags().tags
    assert not reaches_all_of(studio.app, plan.manifest.descriptor)
    assert plan.manifest == studio.edit("multi", SetLabel("a", "b"), create="new").manifest
    assert reaches_all(studio.app, studio.app.get_manifest("new"))


def reaches_all_of(home: MemoryRepository, manifest: Descriptor) -> bool:
    return home.stat_blob(manifest) is not None


def test_nothing_is_sent_when_nothing_changes_but_a_new_name_is_made() -> None:
    studio = Studio()
    index = studio.multi()

    assert studio.edit("multi", SetLabel("arch"), SetLabel("x")).idle is False
    assert studio.edit("multi", SetLabel("x")).idle
    assert index.digest == studio.edit("multi", SetLabel("x"), create="new").manifest.digest
    assert ("multi", "new") == tuple(sorted(studio.app.tags().tags))


def test_what_happens_is_told() -> None:
    studio = Studio()
    studio.image()
    heard: list[object] = []
    with Workers(1) as workers:
        target = studio.target("new")
        run_edit(studio.app, "v1", target, [SetLabel("a", "b")], studio.options, workers=workers, observer=heard.append)

    assert Planned(0, 1, 0) in heard
    assert ["blob", "blob", "manifest", "manifest"] == [event.kind for event in heard if isinstance(event, Event)]


def test_the_requests_are_no_more_than_what_the_edit_needs() -> None:
    registry = FakeRegistry("registry.example")
    images.index(registry.repository("app"), "v1")
    client = Client([HostSettings("registry.example")], transport=registry.transport)

    def requests(edit: Edit) -> dict[str, int]:
        registry.forget()
        client.edit("registry.example/app:v1", edit).push()
        return {word: number for word, number in registry.counts().items() if number}

    assert {"GET manifests": 1, "PUT manifests": 1, "GET referrers": 1} == requests(SetAnnotation("a", "b"))
    assert {
        "GET manifests": 3,
        "GET blobs": 2,
        "POST uploads?mount": 2,
        "PUT upload?digest": 2,
        "GET referrers": 3,
        "PUT manifests": 3,
    } == requests(SetLabel("a", "b"))
    assert {"GET manifests": 3, "GET blobs": 2} == requests(SetLabel("missing"))


def test_a_failure_at_any_step_leaves_no_name_on_what_is_not_whole() -> None:
    studio = Studio()
    studio.multi()
    studio.homes["whole"] = whole = JournalRepository()
    studio.edit("multi", SetLabel("a", "b"), create="whole:v1")

    assert set() == whole.missing()
    # Two configs, four layers, two images and their index.
    assert 9 == len(whole.writes)
    for number in range(1, 10):
        studio.homes["failing"] = failing = JournalRepository(fail_at=number)
        with pytest.raises(SideError, match=r"write \d failed"):
            studio.edit("multi", SetLabel("a", "b"), create="failing:v1")
        assert () == failing.tags().tags


def test_a_cancelled_run_leaves_no_name() -> None:
    studio = Studio()
    studio.multi()

    with Workers(1) as workers:

        def cancel(_: object) -> None:
            workers.cancel.cancel()

        target = studio.target("new")
        with pytest.raises(Cancelled):
            run_edit(studio.app, "multi", target, [SetLabel("a", "b")], studio.options, workers=workers, observer=cancel)

    assert ("multi",) == studio.app.tags().tags


def test_the_children_are_those_of_the_new_index() -> None:
    studio = Studio()
    before = studio.multi()

    after = studio.edit("multi", SetLabel("a", "b")).manifest

    for position in (0, 1):
        assert child_of(studio.app, after, position).digest != before.manifests[position].digest
