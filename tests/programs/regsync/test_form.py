"""regsync's file: every key reaches its field, and the schema describes what is read."""

from __future__ import annotations

from dataclasses import fields

import pytest
import yaml

from regclient.errors import InvalidConfig
from regclient.jobs.choices import ClientChoices
from regclient.jobs.configfile import JobsFile, read_config, schema_of
from regclient.jobs.kinds import Record
from regclient.regsync.form import FORM, TITLE, Defaults
from regclient.sync.config import (
    Hook,
    Hooks,
    ReferrerFilter,
    RepositoryFilter,
    SyncDefaults,
    SyncRateLimit,
    SyncStep,
    TagFilter,
)
from tests.fakes.schema import faults_of
from tests.programs.syncs import load_syncs, sync_scenarios

EITHER = """
  backup: b
  interval: 1h30m
  schedule: "0 1 * * *"
  ratelimit: {min: 5, retry: 10m}
  digestTags: true
  referrers: false
  referrerFilters: [{artifactType: a, annotations: {b: 1}}]
  referrerSource: s
  referrerTarget: t
  referrerSlow: true
  fastCheck: true
  forceRecursive: false
  includeExternal: true
  mediaTypes: [x]
  hooks: {pre: {type: a, params: [b]}, post: {type: c}, unchanged: {}}
"""
MORE = "  parallel: 3\n  blobLimit: 9\n  cacheCount: 10\n  cacheTime: 5m\n  skipDockerConfig: true\n  userAgent: me\n"
DEFAULTS = f"defaults:{EITHER}{MORE}"
STEP = f"""sync:
- source: from
  target: to
  type: repository
  tags: {{allow: [a], deny: [b], semverRange: [c]}}
  tagSets: [{{allow: [3.10]}}, ~]
  repos: {{allow: [d], deny: [e]}}
  platform: p
  platforms: [q]{EITHER}"""
SHARED: dict[str, object] = {
    "backup": "b",
    "interval": 5400.0,
    "schedule": "0 1 * * *",
    "rate_limit": SyncRateLimit(5, 600.0),
    "digest_tags": True,
    "referrers": False,
    "referrer_filters": (ReferrerFilter("a", {"b": "1"}),),
    "referrer_source": "s",
    "referrer_target": "t",
    "referrer_slow": True,
    "fast_check": True,
    "force_recursive": False,
    "include_external": True,
    "media_types": ("x",),
    "hooks": Hooks(Hook("a", ("b",)), Hook("c"), Hook()),
}


ODD = {"keys that are none", "text that looks like something else"}
"""Scenarios whose keys are none on purpose, or whose types need quotes elsewhere."""
_, RECORDED = load_syncs()


def read(text: str) -> JobsFile[Defaults, SyncStep]:
    return read_config(text.encode(), "f.yml", FORM)


def test_every_key_of_the_defaults_reaches_its_field() -> None:
    found = read(DEFAULTS)
    assert found.defaults == Defaults(
        SyncDefaults(**SHARED, parallel=3),  # type: ignore[arg-type]
        ClientChoices(9, skip_docker_config=True, user_agent="me"),
        10,
        300.0,
    )
    assert found.warnings == ()
    untouched = SyncDefaults()
    assert all(getattr(found.defaults.sync, item.name) != getattr(untouched, item.name) for item in fields(SyncDefaults))


def test_every_key_of_a_step_reaches_its_field() -> None:
    found = read(STEP)
    step = SyncStep(
        "from",
        "to",
        "repository",
        tags=TagFilter(("a",), ("b",), ("c",)),
        tag_sets=(TagFilter(("3.10",)), TagFilter()),
        repos=RepositoryFilter(("d",), ("e",)),
        platform="p",
        platforms=("q",),
        **SHARED,  # type: ignore[arg-type]
    )
    assert found.entries == (step,)
    assert found.warnings == ()
    untouched = SyncStep("", "", "")
    assert all(getattr(step, item.name) != getattr(untouched, item.name) for item in fields(SyncStep))


def test_a_step_that_says_nothing_leaves_everything_open() -> None:
    assert read("sync: [~, {}]").entries == (SyncStep("", "", ""), SyncStep("", "", ""))
    assert read("").defaults == Defaults()


def test_an_empty_list_of_filters_is_not_none() -> None:
    assert [(), None] == [step.referrer_filters for step in read("sync: [{referrerFilters: []}, {}]").entries]


def test_mistakes_are_named_with_their_line_and_typos_with_what_was_meant() -> None:
    with pytest.raises(InvalidConfig, match=r"line 2: sync\[0\]\.tagSets\[0\]\.allow: expected a list"):
        read("sync:\n- tagSets: [{allow: x}]")
    warned = read("sync:\n- fastCopy: true\n  tagset: []\n  refferers: true").warnings
    assert ["fastCheck", "tagSets", "referrers"] == [text.rpartition(" ")[2].rstrip("?") for text in warned]


def test_the_schema_takes_what_is_read_and_names_what_is_not() -> None:
    schema = schema_of(FORM, TITLE)
    for scenario in sync_scenarios():
        if RECORDED[scenario.name].results[0].code == 0 and scenario.name not in ODD:
            assert (scenario.name, []) == (scenario.name, faults_of(schema, yaml.safe_load(scenario.config)))
    assert faults_of(schema, {"version": 1, "x-own": 1, "sync": [{"source": "a", "target": "b", "type": "image"}]}) == []
    for document, place in [
        ({"synk": []}, "$.synk"),
        ({"sync": [{"type": "tag"}]}, "$.sync[0].type"),
        ({"sync": [{"fastCopy": True}]}, "$.sync[0].fastCopy"),
        ({"defaults": {"interval": 90}}, "$.defaults.interval"),
        ({"creds": [{"tls": "off"}]}, "$.creds[0].tls"),
        ({"creds": [{"priority": -1}]}, "$.creds[0].priority"),
        ([], "$"),
    ]:
        assert [place] == faults_of(schema, document)


def test_every_key_says_what_it_is_for() -> None:
    for record in (FORM.defaults, FORM.entry, FORM.top):
        assert isinstance(record, Record)
        assert [] == [key.name for key in record.keys if not key.help]
