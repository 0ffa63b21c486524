"""Tests for a step as templates see it."""

from __future__ import annotations

import pytest

from regclient.errors import InvalidTemplate, TemplateFailed
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
from regclient.sync.view import rendered_backup, step_view

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
