import pytest

from regclient.client import Client
from regclient.edits import SetAnnotation, SetLabel
from regclient.errors import InvalidReference
from regclient.hosts import HostSettings
from regclient.layout.repository import LayoutSettings
from regclient.model.descriptor import Descriptor
from regclient.model.reference import Reference
from regclient.ops.edit.editor import ImageEditor, editor_options, target_reference
from tests.fakes import images
from tests.fakes.registry import FakeRegistry
from tests.tables import table

HOST = "registry.example"
DIGEST = Descriptor.of(b"").digest


@pytest.fixture
def registry() -> FakeRegistry:
    return FakeRegistry(HOST)


@pytest.fixture
def editor(registry: FakeRegistry) -> ImageEditor:
    images.index(registry.repository("app"), "v1")
    return Client([HostSettings(HOST)], transport=registry.transport).edit(f"{HOST}/app:v1")


def test_edits_are_chained_and_every_editor_stays_what_it_is(editor: ImageEditor) -> None:
    first = editor.add(SetLabel("a", "1"))
    second = first.add(SetLabel("a", "2"), SetAnnotation("b", "c"))

    assert [0, 1, 3] == [len(each.edits) for each in (editor, first, second)]
    assert first.plan().manifest != second.plan().manifest


def test_a_plan_and_the_push_agree(editor: ImageEditor, registry: FakeRegistry) -> None:
    chain = editor.add(SetLabel("a", "1"))

    plan = chain.plan("v2")

    assert ("v1",) == registry.repository("app").tags().tags
    done = chain.push("v2")
    assert (plan.reference, plan.manifest) == (done.reference, done.manifest)
    assert f"{HOST}/app:v2" == done.reference.name
    assert done.manifest.digest == registry.repository("app").resolve("v2").digest


def test_without_a_name_the_result_is_known_by_its_digest(editor: ImageEditor, registry: FakeRegistry) -> None:
    done = editor.add(SetLabel("a", "1")).push()

    assert f"{HOST}/app@{done.manifest.digest}" == done.reference.name
    assert ("v1",) == registry.repository("app").tags().tags


def test_the_name_can_be_taken_over(editor: ImageEditor, registry: FakeRegistry) -> None:
    done = editor.add(SetLabel("a", "1")).push(replace=True)

    assert f"{HOST}/app:v1" == done.reference.name
    assert done.manifest.digest == registry.repository("app").resolve("v1").digest


def test_a_result_can_go_anywhere(editor: ImageEditor, registry: FakeRegistry, tmp_path: object) -> None:
    editor.push(f"{HOST}/other:v9")
    editor.push(Reference.parse(f"ocidir://{tmp_path}/lay:v9"))

    assert registry.repository("app").resolve("v1").digest == registry.repository("other").resolve("v9").digest


@table(
    ("source", "create", "replace", "expected"),
    [
        ("r.example/a:v1", "", False, "r.example/a"),
        ("r.example/a:v1", "", True, "r.example/a:v1"),
        (f"r.example/a:v1@{DIGEST}", "", True, f"r.example/a:v1@{DIGEST}"),
        ("r.example/a:v1", "v2", True, "r.example/a:v2"),
        (f"r.example/a@{DIGEST}", "v2", False, "r.example/a:v2"),
        ("r.example/a:v1", "r.example/b", False, "r.example/b:latest"),
        ("ocidir://x/y:v1", "v2", False, "ocidir://x/y:v2"),
        ("ocidir://x:v1", "ocidir://y", False, "ocidir://y"),
    ],
)
def test_the_target_is_a_tag_beside_the_image_or_a_whole_reference(
    source: str,
    create: str,
    replace: bool,  # noqa: FBT001 - a column of the table
    expected: str,
) -> None:
    assert expected == target_reference(Reference.parse(source), create, replace=replace).name


def test_a_name_that_is_none_is_refused(editor: ImageEditor) -> None:
    for create in ("not a tag", "Not/A:name"):
        with pytest.raises(InvalidReference):
            editor.push(create)
    with pytest.raises(InvalidReference):
        Client().edit("")


def test_a_layout_gets_the_tag_beside_a_digest_and_a_registry_does_not(
    editor: ImageEditor, registry: FakeRegistry, tmp_path: object
) -> None:
    home = registry.repository("app")
    old = home.resolve("v1").digest
    client = Client([HostSettings(HOST)], transport=registry.transport)
    client.copy(f"{HOST}/app:v1", f"ocidir://{tmp_path}/lay:v1")

    there = client.edit(f"{HOST}/app:v1@{old}", SetLabel("a", "1")).push(replace=True)
    here = client.edit(f"ocidir://{tmp_path}/lay:v1@{old}", SetLabel("a", "1")).push(replace=True)

    assert f"{HOST}/app:v1@{there.manifest.digest}" == there.reference.name
    assert old == home.resolve("v1").digest
    assert here.manifest.digest == client.digest(f"ocidir://{tmp_path}/lay:v1")


def test_new_layers_are_dated_by_the_clock_or_by_what_layouts_are() -> None:
    assert "2023-11-14T22:13:20.25Z" == editor_options(Client().repository, 1_700_000_000.25).created
    client = Client(layout=LayoutSettings(created=1_700_000_000))
    assert "2023-11-14T22:13:20Z" == client.edit("ocidir://x:v1").options.created
