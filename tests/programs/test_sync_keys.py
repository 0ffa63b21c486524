"""Every key of regsync's file changes something: the same commands with it and without it end differently."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.claims import claims
from tests.programs.ours import sync_in_process
from tests.programs.transcript import snapshot
from tests.programs.world import write_layout

STEP = "source: ocidir://src:single, target: ocidir://new:single, type: image"
REPOSITORY = "source: ocidir://src, target: ocidir://new, type: repository"
SOME = "tags: {allow: [single, v1]}"
REFERRERS = f"{STEP}, referrers: true"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sync-keys")
    write_layout(folder / "src")
    return folder


class Both:
    """Runs commands with two configurations, each in a directory of its own beside the same source."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.source = source
        self.folder = folder

    def differ(self, one: str, other: str, *commands: str) -> bool:
        """Whether the commands end differently; ``once`` when none is named."""
        return self.outcome("one", one, commands or ("once",)) != self.outcome("other", other, commands or ("once",))

    def outcome(self, name: str, config: str, commands: tuple[str, ...]) -> object:
        root = self.folder / name
        root.mkdir(parents=True)
        (root / "src").symlink_to(self.source / "src")
        (root / "sync.yml").write_text(config)
        told = [self.run(command, root) for command in commands]
        return told, {layout: found for layout, found in snapshot(root).items() if layout != "src"}

    @staticmethod
    def run(command: str, root: Path) -> object:
        done = sync_in_process([command, "-c", "sync.yml", "-v", "debug", "--logopt", "json"], b"", root)
        lines = [json.loads(line) for line in done.stderr.decode().splitlines() if line.startswith("{")]
        said = sorted(json.dumps({key: value for key, value in line.items() if key != "time"}) for line in lines)
        return done.code, re.sub(r"^sync:.*", "", done.stdout.decode()), said


@pytest.fixture
def both(source: Path, tmp_path: Path) -> Both:
    return Both(source, tmp_path)


def sync(*steps: str, defaults: str = "") -> str:
    return f"defaults: {{{defaults}}}\nsync:\n" + "".join(f"- {{{step}}}\n" for step in steps)


@claims("regsync source", "regsync target", "regsync type")
def test_where_to_copy_from_and_to_and_what(both: Both) -> None:
    assert both.differ(sync(STEP), sync(STEP.replace("src:single", "src:v1")))
    assert Both(both.source, both.folder / "b").differ(sync(STEP), sync(STEP.replace("new:single", "new:other")))
    assert Both(both.source, both.folder / "c").differ(
        sync(f"{REPOSITORY}, {SOME}"), sync(f"{REPOSITORY}, {SOME}, type: image")
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(sync(f"{REPOSITORY}, {SOME}"), sync(f"{REPOSITORY}, tags: {{allow: [v1]}}"), id="tags"),
        pytest.param(
            sync(f"{REPOSITORY}, {SOME}"), sync(f"{REPOSITORY}, {SOME}, tagSets: [{{allow: [annotated]}}]"), id="tagSets"
        ),
        pytest.param(sync(STEP), sync(f"{STEP}, digestTags: true"), id="digestTags"),
        pytest.param(sync(STEP), sync(REFERRERS), id="referrers"),
        pytest.param(sync(REFERRERS), sync(f"{REFERRERS}, referrerFilters: [{{artifactType: x}}]"), id="referrerFilters"),
        pytest.param(sync(REFERRERS), sync(f"{REFERRERS}, referrerSource: ocidir://new"), id="referrerSource"),
        pytest.param(sync(REFERRERS), sync(f"{REFERRERS}, referrerTarget: ocidir://refs"), id="referrerTarget"),
        pytest.param(
            sync(f"{STEP}, source: ocidir://src:v1"), sync(f"{STEP}, source: ocidir://src:v1, platform: linux/arm64"), id="p"
        ),
        pytest.param(
            sync(f"{STEP}, source: ocidir://src:v1"),
            sync(f"{STEP}, source: ocidir://src:v1, platforms: [linux/arm64]"),
            id="ps",
        ),
        pytest.param(sync(STEP), sync(f"{STEP}, mediaTypes: [text/plain]"), id="mediaTypes"),
        pytest.param(
            sync(STEP, STEP.replace("src:single", "src:v1")),
            sync(STEP, STEP.replace("src:single", "src:v1, backup: old")),
            id="b",
        ),
    ],
)
@claims("regsync tags", "regsync tagSets", "regsync digestTags", "regsync referrers", "regsync referrerFilters")
@claims("regsync referrerSource", "regsync referrerTarget", "regsync platform", "regsync platforms", "regsync mediaTypes")
@claims("regsync backup")
def test_what_a_step_copies(both: Both, one: str, other: str) -> None:
    assert both.differ(one, other)
    assert not Both(both.source, both.folder / "same").differ(one, one)


@claims("regsync fastCheck", "regsync forceRecursive")
def test_how_far_a_second_look_goes(both: Both) -> None:
    assert both.differ(sync(REFERRERS), sync(f"{REFERRERS}, fastCheck: true"), "once", "once")
    assert Both(both.source, both.folder / "f").differ(sync(STEP), sync(f"{STEP}, forceRecursive: true"), "once", "once")


@claims("regsync includeExternal")
def test_layers_that_are_kept_elsewhere_are_asked_for_when_they_are_wanted(both: Both) -> None:
    untyped = "source: ocidir://src:untyped, target: ocidir://new:untyped, type: image"
    assert both.differ(sync(untyped), sync(f"{untyped}, includeExternal: true"))


@claims("regsync hooks", "regsync referrerSlow")
def test_what_is_known_and_without_effect_is_shown_and_changes_nothing(both: Both) -> None:
    for index, more in enumerate(("hooks: {pre: {type: a}}", "referrerSlow: true")):
        assert Both(both.source, both.folder / f"shown{index}").differ(sync(STEP), sync(f"{STEP}, {more}"), "config")
        assert not Both(both.source, both.folder / f"done{index}").differ(sync(STEP), sync(f"{STEP}, {more}"), "once")
