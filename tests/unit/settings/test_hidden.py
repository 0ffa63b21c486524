"""What is shown of settings holds no secret."""

from __future__ import annotations

import json

from regclient.hosts import HostSettings
from regclient.kit.secret import Secret
from regclient.settings.hidden import hide_host_secrets, hide_secrets
from regclient.settings.regctl import document_of, parse_config
from tests.tables import table

HOST = {"user": "ann", "pass": "hunter1", "token": "hunter2", "clientKey": "hunter3", "future": "hunter4", "regcert": "pem"}


def test_no_host_shows_a_secret_and_the_default_host_neither() -> None:
    text = json.dumps({"hosts": {"a": HOST}, "hostDefault": HOST, "later": "hunter5", "blobLimit": 5})
    shown = document_of(hide_secrets(parse_config(text, "file")))

    visible = {"user": "ann", "regcert": "pem"}
    assert {"hosts": {"a": visible}, "hostDefault": visible, "blobLimit": 5} == shown
    assert "hunter" not in json.dumps(shown)


def test_a_configuration_without_default_host_stays_so() -> None:
    assert hide_secrets(parse_config("{}", "file")).host_default is None


@table(
    ("proxy", "shown"),
    [
        ("", ""),
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("http://ann@proxy.example", "http://ann@proxy.example"),
        ("http://ann:hunter2@proxy.example:3128", "http://ann:***@proxy.example:3128"),
        ("ann:p@ss@proxy.example", "ann:***@proxy.example"),
    ],
)
def test_the_password_of_a_proxy_is_hidden(proxy: str, shown: str) -> None:
    assert shown == hide_host_secrets(HostSettings("a", proxy=proxy)).proxy


def test_what_is_no_secret_stays() -> None:
    host = HostSettings("a", user="ann", client_cert="pem", mirrors=("m",))

    assert host == hide_host_secrets(HostSettings("a", user="ann", client_cert="pem", mirrors=("m",), token=Secret("t")))
