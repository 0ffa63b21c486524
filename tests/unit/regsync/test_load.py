"""From file to configuration: defaults are inherited, then templates expanded, each seeing what came before."""

from __future__ import annotations

import pytest

from regclient.errors import InvalidConfig
from regclient.jobs.configfile import read_config
from regclient.regsync.app import ROOT
from regclient.regsync.form import FORM
from regclient.regsync.load import Loaded, load, open_client, prepared
from regclient.remote.shared import RemoteOptions
from tests.claims import claims
from tests.fakes.console import call_of, written


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


def test_a_wait_for_rate_limits_is_five_minutes_at_least() -> None:
    found = loaded("defaults: {ratelimit: {retry: 1m}}\nsync: [{}, {ratelimit: {retry: 1m}}, {ratelimit: {retry: 10m}}]")
    assert [300.0, 300.0, 600.0] == [step.rate_limit.retry for step in found.config.steps]
    assert found.defaults.sync.rate_limit.retry == 300.0


def test_loading_says_how_many_copies_run_at_once() -> None:
    for text, count in ((b"", 1), (b"defaults: {parallel: 4}", 4), (b"defaults: {parallel: -1}", 1)):
        call = call_of(ROOT, "once", "-c", "-", stdin=text, level=-4)
        load(call)
        assert f'msg="Configuring parallel settings" concurrent={count}\n' in written(call.streams.err)


@claims("regsync cacheCount", "regsync cacheTime")
def test_the_cache_is_on_when_both_its_count_and_its_time_are_set() -> None:
    for text, remote in (
        ("cacheCount: 3, cacheTime: 5m", RemoteOptions(cache_count=3, cache_timeout=300.0)),
        ("cacheCount: 3", RemoteOptions()),
        ("cacheTime: 5m", RemoteOptions()),
    ):
        call = call_of(ROOT, "once", "-c", "-", stdin=f"defaults: {{{text}}}".encode())
        with open_client(call, load(call)) as client:
            assert client._remote == remote
