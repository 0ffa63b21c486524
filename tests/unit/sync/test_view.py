"""Tests for a step as templates see it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from regclient.errors import InvalidTemplate, TemplateFailed
from regclient.goview import functions
from regclient.kit.gotemplate.template import parse
from regclient.model.reference import Reference
from regclient.sync.config import (
    Hook,
    Hooks,
    ReferrerFilter,
    RepositoryFilter,
    SyncRateLimit,
    SyncStep,
    TagFilter,
)
from regclient.sync.view import file_view, rendered_backup, step_view

FUNCTIONS = functions()
FULL = SyncStep(
    "a.io/x",
    "m.io/x",
    "repository",
    tags=TagFilter(("a",), ("d",), (">=1",)),
    tag_sets=(TagFilter(("s",)),),
    repos=RepositoryFilter(("r",), ("q",)),
    digest_tags=True,
    referrers=False,
    referrer_filters=(ReferrerFilter("t/y", {"k": "v"}),),
    referrer_source="r/s",
    referrer_target="r/t",
    referrer_slow=True,
    platform="linux/arm64",
    platforms=("p", "q"),
    fast_check=True,
    force_recursive=True,
    include_external=True,
    backup="old",
    interval=90.0,
    schedule="@daily",
    rate_limit=SyncRateLimit(3, 900.0),
    media_types=("m/t",),
    hooks=Hooks(pre=Hook("exec", ("x",))),
)


def test_every_field_has_its_go_name() -> None:
    table = {
        "{{.Source}} {{.Target}} {{.Type}}": "a.io/x m.io/x repository",
        "{{.Tags.Allow}}{{.Tags.Deny}}{{.Tags.SemverRange}}": "[a][d][>=1]",
        "{{range .TagSets}}{{.Allow}}{{end}}{{.Repos.Allow}}{{.Repos.Deny}}": "[s][r][q]",
        "{{.DigestTags}} {{.Referrers}} {{.ReferrerSlow}} {{.FastCheck}}": "true false true true",
        "{{.ForceRecursive}} {{.IncludeExternal}}": "true true",
        '{{range .ReferrerFilters}}{{.ArtifactType}} {{index .Annotations "k"}}{{end}}': "t/y v",
        "{{.ReferrerSrc}} {{.ReferrerTgt}} {{.Platform}} {{.Platforms}}": "r/s r/t linux/arm64 [p q]",
        "{{.Backup}} {{.Interval}} {{.Schedule}}": "old 1m30s @daily",
        "{{.RateLimit.Min}} {{.RateLimit.Retry}} {{.MediaTypes}}": "3 15m0s [m/t]",
        "{{.Hooks.Pre.Type}}{{.Hooks.Pre.Params}} {{.Hooks.Post}}": "exec[x] <nil>",
    }

    assert table == {text: parse(text).render(step_view(FULL)) for text in table}


def test_json_has_the_names_of_the_file_and_null_for_what_it_does_not_say() -> None:
    table = {
        "{{json .Sync.Tags}}": '{"allow":null,"deny":null}',
        "{{json .Sync.RateLimit}}": '{"min":3,"retry":300000000000}',
        "{{json .Sync.Hooks}}": '{"pre":null,"post":null,"unchanged":null}',
        "{{json .Sync.Platforms}} {{json .Sync.TagSets}} {{json .Sync.ReferrerFilters}}": "null null null",
        "{{.Sync.Tags}} {{.Sync.Platforms}} {{len .Sync.TagSets}}": "{[] [] []} [] 0",
        "{{jsonPretty .Sync.Repos}}": '{ "allow": null, "deny": null }',
    }
    empty = file_view(replace(SyncStep("a.io/x", "m.io/x", "image"), rate_limit=SyncRateLimit(3, 300.0)))
    found = {text: " ".join(parse(text, functions=FUNCTIONS).render(empty, functions=FUNCTIONS).split()) for text in table}

    assert table == found
    assert json.loads(parse("{{json .Sync}}", functions=FUNCTIONS).render(file_view(FULL), functions=FUNCTIONS)) == {
        "source": "a.io/x",
        "target": "m.io/x",
        "type": "repository",
        "tags": {"allow": ["a"], "deny": ["d"], "semverRange": [">=1"]},
        "tagSets": [{"allow": ["s"], "deny": None}],
        "repos": {"allow": ["r"], "deny": ["q"]},
        "digestTags": True,
        "referrers": False,
        "referrerFilters": [{"artifactType": "t/y", "annotations": {"k": "v"}}],
        "referrerSource": "r/s",
        "referrerTarget": "r/t",
        "referrerSlow": True,
        "platform": "linux/arm64",
        "platforms": ["p", "q"],
        "fastCheck": True,
        "forceRecursive": True,
        "includeExternal": True,
        "backup": "old",
        "interval": 90_000_000_000,
        "schedule": "@daily",
        "ratelimit": {"min": 3, "retry": 900_000_000_000},
        "mediaTypes": ["m/t"],
        "hooks": {"pre": {"type": "exec", "params": ["x"]}, "post": None, "unchanged": None},
    }


def test_a_name_that_the_file_has_not_is_an_error() -> None:
    with pytest.raises(TemplateFailed, match=r"can't evaluate field Snyc in type struct { Sync main\.ConfigSync }"):
        parse("{{.Snyc}}").render(file_view(FULL))


def test_a_backup_sees_the_target_and_the_step_and_loses_its_margins() -> None:
    target = Reference.parse("m.io/x:v1")
    step = SyncStep("a.io/x", "m.io/x", "image", backup=" {{.Ref.Tag}}-{{.Step.Type}}-{{.Sync.Source | up}}\n")

    assert "v1-image-A.IO/X" == rendered_backup(step, target, {"up": str.upper})


def test_a_backup_that_is_no_template_or_fails_says_so() -> None:
    target = Reference.parse("m.io/x:v1")
    with pytest.raises(InvalidTemplate):
        rendered_backup(SyncStep("a", "b", "image", backup="{{"), target, {})
    with pytest.raises(TemplateFailed):
        rendered_backup(SyncStep("a", "b", "image", backup="{{.Nope}}"), target, {})
