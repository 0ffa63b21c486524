"""Tests for the images of a step: what is listed, what is left out, and what is said of it."""

from __future__ import annotations

from itertools import cycle

from regclient.errors import InvalidConfig, InvalidReference, ParseError, RegistryFault, RepositoryNotFound
from regclient.sync.check import Image
from regclient.sync.config import RepositoryFilter, SyncDefaults, SyncStep, TagFilter, with_defaults
from regclient.sync.events import ImageFailed, NoTags, Stage, StepFailed, SyncEvent, TargetTagsUnknown
from regclient.sync.expand import Expander, Listing
from regclient.sync.steps import Action
from tests.fakes import images
from tests.fakes.faults import FaultRule
from tests.fakes.syncing import Pair, repository, total


class Expansion:
    """An expander over two registries, and what it said."""

    def __init__(self) -> None:
        self.pair = Pair()
        self.events: list[SyncEvent] = []
        self.expander = Expander(self.pair.client, self.events.append)

    def found(self, step: SyncStep, action: Action = Action.COPY) -> list[str]:
        """Return the sources of all images."""
        step = with_defaults(step, SyncDefaults())
        pairs: list[Image] = []
        for item in self.expander.expand(step):
            pairs += self.expander.tags(item, action) if isinstance(item, Listing) else [item]
        assert all(pair.source.tag == pair.target.tag for pair in pairs)
        return [str(pair.source) for pair in pairs]

    def failure(self) -> StepFailed:
        (event,) = self.events
        assert isinstance(event, StepFailed)
        return event


def step(kind: str, source: str = "src.example/app", target: str = "dst.example/app") -> SyncStep:
    return SyncStep(source, target, kind)


def test_an_image_is_itself_and_costs_nothing() -> None:
    it = Expansion()

    assert ["src.example/app:latest"] == it.found(step("image"))
    assert ({}, {}) == it.pair.requests()


def test_a_repository_is_its_tags_in_the_order_of_the_registry() -> None:
    it = Expansion()
    for tag in ("v2", "latest", "v1"):
        images.image(it.pair.src.repository("app"), tag)

    assert ["src.example/app:latest", "src.example/app:v1", "src.example/app:v2"] == it.found(step("repository"))
    assert ({"GET tags": 1}, {}) == it.pair.requests()
    filtered = SyncStep("src.example/app", "dst.example/app", "repository", tags=TagFilter(allow=("v.*",), deny=("v2",)))
    assert ["src.example/app:v1"] == it.found(filtered)
    assert [] == it.events


def test_a_registry_is_its_repositories_page_after_page() -> None:
    it = Expansion()
    for name in ("team/app", "team/scratch", "other"):
        images.image(it.pair.src.repository(name), "v1")
    wanted = SyncStep("src.example", "dst.example/m", "registry", repos=RepositoryFilter(("team/.*",), (".*/scratch",)))

    assert ["src.example/team/app:v1"] == it.found(wanted)
    assert {"GET catalog": 1, "GET catalog?last": 1, "GET tags": 1} == total(it.pair.requests())
    (listing,) = it.expander.expand(wanted)
    assert isinstance(listing, Listing)
    assert "dst.example/m/team/app" == listing.target


def test_a_registry_that_repeats_its_names_for_ever_is_listed_once() -> None:
    it = Expansion()
    images.image(it.pair.src.repository("a"), "v1")
    images.image(it.pair.src.repository("b"), "v1")
    pages = cycle([b'{"repositories":["a","b"]}', b'{"repositories":["b","a"]}'])
    headers = {"Content-Type": "application/json"}
    for number in range(1, 5):
        it.pair.src.fault(FaultRule("GET", "_catalog", first=number, status=200, headers=headers, body=next(pages)))

    assert ["src.example/a:v1", "src.example/b:v1"] == it.found(step("registry", "src.example", "dst.example"))


def test_missing_ones_are_those_the_target_has_no_tag_for_sorted() -> None:
    it = Expansion()
    for tag in ("b", "a", "C"):
        images.image(it.pair.src.repository("app"), tag)
    images.image(it.pair.dst.repository("app"), "a", seed="stale")

    assert ["src.example/app:C", "src.example/app:b"] == it.found(step("repository"), Action.MISSING)
    assert ({"GET tags": 1}, {"GET tags": 1}) == it.pair.requests()


def test_a_target_whose_tags_cannot_be_listed_has_none() -> None:
    it = Expansion()
    images.image(it.pair.src.repository("app"), "a")

    assert ["src.example/app:a"] == it.found(step("repository"), Action.MISSING)
    (event,) = it.events
    assert isinstance(event, TargetTagsUnknown)
    assert isinstance(event.error, RepositoryNotFound)


def test_no_tag_left_is_said_with_what_there_was() -> None:
    it = Expansion()
    images.image(it.pair.src.repository("app"), "a")

    assert [] == it.found(SyncStep("src.example/app", "dst.example/app", "repository", tag_sets=(TagFilter(("b",)),)))
    (event,) = it.events
    assert isinstance(event, NoTags)
    assert ("a",) == event.available


def test_what_is_wrong_with_a_step_is_said_at_its_stage() -> None:
    table = {
        ("wrong", "src.example", "dst.example"): (Stage.TYPE, InvalidConfig),
        ("repository", "src.example/UP", "dst.example/app"): (Stage.SOURCE, InvalidReference),
        ("repository", "src.example/none", "dst.example/app"): (Stage.TAGS, RepositoryNotFound),
        ("registry", "src.example/path", "dst.example"): (Stage.CATALOG, InvalidReference),
        ("registry", "ocidir://here", "dst.example"): (Stage.CATALOG, InvalidReference),
    }
    for (kind, source, target), expected in table.items():
        it = Expansion()
        assert [] == it.found(step(kind, source, target))
        failed = it.failure()
        assert expected == (failed.stage, type(failed.error))
        assert (source, target) == (failed.source, failed.target)


def test_a_wrong_pattern_or_range_is_said_with_its_set() -> None:
    it = Expansion()
    images.image(it.pair.src.repository("app"), "a")
    wrong = TagFilter(deny=("(",))
    filtered = SyncStep("src.example/app", "dst.example/app", "repository", tag_sets=(TagFilter(("a",)), wrong))

    assert [] == it.found(filtered)
    assert (Stage.TAG_FILTER, wrong, ParseError) == (it.failure().stage, it.failure().filter, type(it.failure().error))

    it.events.clear()
    assert [] == it.found(SyncStep("src.example", "dst.example", "registry", repos=RepositoryFilter(("[",))))
    assert Stage.REPOSITORIES is it.failure().stage


def test_a_catalog_that_breaks_off_keeps_the_pages_before() -> None:
    it = Expansion()
    images.image(it.pair.src.repository("app"), "a")
    it.pair.src.fault(FaultRule("GET", r"_catalog\?last", status=500))

    assert ["src.example/app:a"] == it.found(step("registry", "src.example", "dst.example"))
    assert (Stage.CATALOG, RegistryFault) == (it.failure().stage, type(it.failure().error))


def test_each_image_that_is_no_reference_is_said_and_the_others_go_on() -> None:
    it = Expansion()
    for tag in ("a", "b"):
        images.image(it.pair.src.repository("app"), tag)

    assert [] == it.found(repository(target="dst.example/UP"))
    assert [] == it.found(step("image", "a b"))
    told = [(event.stage, event.source, event.target) for event in it.events if isinstance(event, ImageFailed)]
    assert told == [
        (Stage.TARGET, "src.example/app:a", "dst.example/UP:a"),
        (Stage.TARGET, "src.example/app:b", "dst.example/UP:b"),
        (Stage.SOURCE, "a b", "dst.example/app"),
    ]

    it.events.clear()
    assert [] == it.found(repository(target="dst.example/UP"), Action.MISSING)
    assert Stage.TARGET is it.failure().stage


def test_layouts_have_tags_on_either_side(tmp_path: object) -> None:
    it = Expansion()
    images.image(it.pair.client.repository(f"ocidir://{tmp_path}/lay"), "v1")

    assert [f"ocidir://{tmp_path}/lay:v1"] == it.found(repository(source=f"ocidir://{tmp_path}/lay"))
