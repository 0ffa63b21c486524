"""From file to configuration: defaults are inherited, then templates expanded, each seeing what came before."""

from __future__ import annotations

import pytest

from regclient.errors import InvalidConfig
from regclient.jobs.configfile import read_config
from regclient.regsync.app import ROOT
from regclient.regsync.form import FORM
from regclient.regsync.load import Loaded, load, open_client, prepared
from regclient.remote.shared import RemoteOptions
from regclient.sync.run import Syncer
from tests.claims import claims
from tests.fakes import images
from tests.fakes.console import call_of, written
from tests.fakes.syncing import Pair, stating_limits


def loaded(text: str) -> Loaded:
    return prepared(read_config(text.encode(), "f.yml", FORM), {})


def test_steps_inherit_and_then_templates_see_what_was_inherited() -> None:
    step = loaded(
        "defaults: {backup: kept}\nsync: [{source: a, target: '{{ .Sync.Backup }}/{{ .Sync.Source }}'}]"
    ).config.steps[0]
    assert (step.target, step.backup) == ("kept/a", "kept")


def test_each_template_sees_what_the_ones_before_it_became() -> None:
    step = loaded(
        "sync:\n"
        "- source: '{{ .Sync.Type }}'\n"
        "  type: image\n"
        "  referrerSource: 'r-{{ .Sync.Source }}'\n"
        "  target: 't-{{ .Sync.ReferrerSrc }}'\n"
        "  referrerTarget: '{{ .Sync.ReferrerSrc }}-{{ .Sync.Target }}'\n"
        "  backup: '{{ .Ref.Tag }}'\n"
    ).config.steps[0]
    assert (step.source, step.referrer_source, step.target) == ("image", "r-image", "t-r-image")
    # As in Go: the target of referrers sees the template of the target.
    assert step.referrer_target == "r-image-t-{{ .Sync.ReferrerSrc }}"
    assert step.backup == "{{ .Ref.Tag }}"


def test_a_template_that_fails_is_named_with_its_line() -> None:
    with pytest.raises(InvalidConfig, match=r"line 3: sync\[0\]\.target: template"):
        loaded("sync:\n- source: a\n  target: '{{ .Sync.Nope }}'")


@pytest.mark.parametrize("template", ["x{{ .Snyc.Source }}", "{{ if .Snyc }}{{ end }}", "{{ range .Snyc }}{{ end }}"])
def test_a_wrong_name_at_the_top_of_a_template_is_an_error(template: str) -> None:
    wrong = r"line 1: sync\[0\]\.target: .*: can't evaluate field Snyc in type struct { Sync main\.ConfigSync }"
    with pytest.raises(InvalidConfig, match=wrong):
        loaded(f"sync: [{{source: a, target: '{template}'}}]")


def test_a_wait_for_rate_limits_is_five_minutes_at_least() -> None:
    found = loaded("defaults: {ratelimit: {retry: 1m}}\nsync: [{}, {ratelimit: {retry: 1m}}, {ratelimit: {retry: 10m}}]")
    assert [300.0, 300.0, 600.0] == [step.rate_limit.retry for step in found.config.steps]
    assert found.defaults.sync.rate_limit.retry == 300.0


def test_loading_says_how_many_copies_run_at_once() -> None:
    for text, count in ((b"", 1), (b"defaults: {parallel: 4}", 4), (b"defaults: {parallel: -1}", 1)):
        call = call_of(ROOT, "once", "-c", "-", stdin=text, level=-4)
        load(call)
        assert f'msg="Configuring parallel settings" concurrent={count}\n' in written(call.streams.err)


def test_the_cache_is_on_when_both_its_count_and_its_time_are_set() -> None:
    for text, remote in (
        ("cacheCount: 3, cacheTime: 5m", RemoteOptions(cache_count=3, cache_timeout=300.0)),
        ("cacheCount: 3", RemoteOptions()),
        ("cacheTime: 5m", RemoteOptions()),
    ):
        call = call_of(ROOT, "once", "-c", "-", stdin=f"defaults: {{{text}}}".encode())
        with open_client(call, load(call)) as client:
            assert client._remote == remote


def synced(pair: Pair, text: str) -> int:
    """Do once what a file says, between two fake registries; return how many images were copied."""
    config = loaded(text).config
    with Syncer(pair.client, parallel=config.defaults.parallel, clock=pair.clock) as syncer:
        return syncer.run(config.steps).copied


@claims("regsync repos")
def test_repositories_of_a_registry_are_copied_as_the_file_allows() -> None:
    for repos, expected in (
        ("", ["app", "app/tool", "web"]),
        (", repos: {allow: [app.*]}", ["app", "app/tool"]),
        (", repos: {deny: [app]}", ["app/tool", "web"]),
        (", repos: {allow: [app.*], deny: [app/.*]}", ["app"]),
    ):
        pair = Pair()
        for name in ("app", "app/tool", "web"):
            images.image(pair.src.repository(name), "v1", layers=1)
        assert len(expected) == synced(pair, f"sync: [{{source: src.example, target: dst.example, type: registry{repos}}}]")
        assert expected == sorted(pair.dst.store.names())


@claims("regsync ratelimit")
def test_copies_wait_while_fewer_pulls_are_left_than_the_file_wants() -> None:
    """The registry says 5 pulls are left, then 7, then 50."""
    for where in ("defaults: {%s}\nsync: [{%s}]", "sync: [{%s, %s}]"):
        for limit, waited in (
            ("backup: old", []),
            ("ratelimit: {min: 5}", []),
            ("ratelimit: {min: 6}", [300.0]),
            ("ratelimit: {min: 6, retry: 20m}", [1200.0]),
            ("ratelimit: {min: 8, retry: 10m}", [600.0, 600.0]),
        ):
            pair = Pair()
            images.image(pair.src.repository("app"), "v1", layers=1)
            stating_limits(pair.src, 5, 7, 50)
            assert 1 == synced(pair, where % (limit, "source: src.example/app:v1, target: dst.example/app:v1, type: image"))
            assert waited == pair.clock.slept
