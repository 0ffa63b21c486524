"""``creds:`` of a file: every key reaches its setting."""

from __future__ import annotations

import dataclasses

import pytest

from regclient.errors import InvalidConfig
from regclient.hosts import TLS, HostSettings
from regclient.jobs.creds import HOST, KEYS, REGISTRY, TEMPLATED, expanded
from regclient.jobs.kinds import Place, Reading
from regclient.jobs.yamltext import read_yaml
from regclient.kit.secret import Secret

FULL = """
registry: reg.example:5000
tls: Insecure
regcert: ca
clientCert: cert
clientKey: key
hostname: real.example
user: me
pass: 0123
token: tok
credHelper: helper
credExpire: 1h30m
credHost: cred.example
pathPrefix: /a/
mirrors: [m1, m2]
priority: 3
repoAuth: true
api: x
apiOpts: {disableHead: true}
blobChunk: 1024
blobMax: -1
reqPerSec: 1.5
reqConcurrent: '6'
scheme: http
proxy: http://p:1
"""


def read(text: str) -> HostSettings:
    return HOST.read(read_yaml(text, "f.yml").root, Place(Reading("f.yml"), "creds[0]"))


def test_every_key_reaches_its_setting() -> None:
    host = read(FULL)
    assert host == HostSettings(
        "reg.example:5000",
        tls=TLS.INSECURE,
        reg_cert="ca",
        client_cert="cert",
        client_key=Secret("key"),
        hostname="real.example",
        user="me",
        password=Secret("0123"),
        token=Secret("tok"),
        cred_helper="helper",
        cred_expire=5400.0,
        cred_host="cred.example",
        path_prefix="/a/",
        mirrors=("m1", "m2"),
        priority=3,
        repo_auth=True,
        api="x",
        api_opts={"disableHead": "true"},
        blob_chunk=1024,
        blob_max=-1,
        req_per_sec=1.5,
        req_concurrent=6,
        scheme="http",
        proxy="http://p:1",
    )
    untouched = HostSettings("")
    assert all(getattr(host, field.name) != getattr(untouched, field.name) for field in dataclasses.fields(HostSettings))
    assert {field.name for field in dataclasses.fields(HostSettings)} == {key.field for key in KEYS}


def test_an_entry_without_a_registry_has_no_name() -> None:
    assert read("{}") == HostSettings("")


def test_helpers_answers_last_as_long_as_a_duration_or_a_number_of_nanoseconds_says() -> None:
    assert read("credExpire: 3600000000000").cred_expire == 3600.0
    assert read("credExpire: '3600000000000'").cred_expire == 3600.0
    with pytest.raises(InvalidConfig, match="credExpire"):
        read("credExpire: soon")


def test_unknown_words_for_tls_are_refused_by_name() -> None:
    with pytest.raises(InvalidConfig, match=r"line 1: creds\[0\]\.tls: 'off' is none of"):
        read("tls: 'off'")


def test_templates_are_expanded_and_secrets_stay_secret() -> None:
    host = read("{registry: a, user: b, pass: c}")
    by_name = {key.name: key for key in KEYS}
    assert expanded(host, by_name["user"], str.upper).user == "B"
    assert expanded(host, by_name["pass"], str.upper).password == Secret("C")
    assert expanded(host, REGISTRY, str.upper).name == "A"
    assert set(TEMPLATED) < set(by_name)
