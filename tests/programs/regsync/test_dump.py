"""``regsync config``: what is shown is what was read, and reads back as the same."""

from __future__ import annotations

from regclient.jobs.configfile import read_config
from regclient.regsync.dump import dump
from regclient.regsync.form import FORM
from regclient.regsync.load import Loaded, prepared
from tests.unit.jobs.test_creds import FULL

EVERYTHING = """
defaults:
  backup: b
  interval: 1h30m
  schedule: "0 1 * * *"
  ratelimit: {min: 5, retry: 10m}
  parallel: 3
  digestTags: true
  referrerFilters: [{artifactType: a, annotations: {z: c, b: ''}}]
  mediaTypes: [x]
  hooks: {pre: {type: a, params: [b]}}
  blobLimit: 9
  cacheCount: 10
  cacheTime: 5m
  skipDockerConfig: true
  userAgent: me
sync:
- {source: a, target: b, type: image, tags: {semverRange: ['^1']}, tagSets: [{allow: [x]}], repos: {deny: [y]}, platforms: [p]}
- {source: a, target: b, type: image, interval: 5m, fastCheck: true, ratelimit: {min: -1}, referrerFilters: []}
"""


def loaded(text: str) -> Loaded:
    return prepared(read_config(text.encode(), "f.yml", FORM), {})


def test_what_is_shown_reads_back_as_the_same_configuration() -> None:
    creds = "creds:\n- " + FULL.strip().replace("\n", "\n  ")
    for text in ("", EVERYTHING, creds, creds + EVERYTHING):
        assert loaded(dump(loaded(text))) == loaded(text)


def test_logins_are_in_clear_and_a_host_without_a_name_has_none() -> None:
    shown = dump(loaded("creds: [{registry: a, pass: secret, apiOpts: {z: 1, b: 2}}, {user: me}]"))
    assert '- registry: a\n  tls: ""\n' in shown
    assert "  pass: secret\n" in shown
    assert '    b: "2"\n    z: "1"\n' in shown
    assert '- tls: ""\n' in shown
    assert "proxy" not in shown


def test_an_empty_file_shows_every_default() -> None:
    assert dump(loaded("")).startswith('version: 1\ncreds: []\ndefaults:\n  backup: ""\n  interval: 0s\n')
