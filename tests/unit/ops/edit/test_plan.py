from regclient.ops.edit.config_edits import SetLabel
from regclient.ops.edit.conversions import ToOCIReferrers
from regclient.ops.edit.layer_steps import RemoveLayer
from regclient.ops.edit.plan import Change
from tests.fakes.editing import Studio, config_in


def test_a_plan_says_what_becomes_of_each_part_and_what_is_sent() -> None:
    studio = Studio()
    before = studio.image()
    plan = studio.plan("v1", SetLabel("a", "b"), RemoveLayer(1), create="new")

    assert [
        f"layer {before.layers[1].digest} is removed",
        f"config {before.config.digest} becomes {plan.uploads[0].blob.digest}",
        f"manifest {before.digest} becomes {plan.manifest.digest}",
        f"config {plan.uploads[0].blob.digest} ({len(plan.uploads[0].content)} bytes) to memory.example/app",
        f"manifest {plan.manifest.digest} ({len(plan.manifest.raw)} bytes) to memory.example/app as new",
    ] == str(plan).splitlines()
    studio.edit("v1", SetLabel("a", "b"), RemoveLayer(1), create="new")
    assert plan.uploads[0].content == config_in(studio.app, plan.manifest).raw


def test_a_plan_of_nothing_says_so() -> None:
    studio = Studio()
    image = studio.image()

    plan = studio.plan("v1", ToOCIReferrers())

    assert plan.idle
    assert f"nothing changes in memory.example/app@{image.digest}" == str(plan)


def test_what_is_new_was_nothing_before() -> None:
    assert ["layer b is new", "layer a becomes b", "layer a is removed"] == [
        str(Change("layer", before, after)) for before, after in (("", "b"), ("a", "b"), ("a", ""))
    ]
