from __future__ import annotations

import io

import pytest

from regclient.cli.logs import Log
from regclient.cli.values import parse_host, parse_tls
from regclient.errors import ParseError
from regclient.hosts import TLS, HostSettings
from regclient.kit.secret import Secret
from tests.tables import table


def read(text: str) -> tuple[HostSettings | None, str]:
    out = io.BytesIO()
    return parse_host(text, Log(out)), out.getvalue().decode()


@table(
    ("text", "tls"),
    [("", TLS.UNSET), ("enabled", TLS.ENABLED), ("INSECURE", TLS.INSECURE), ("Disabled", TLS.DISABLED)],
)
def test_tls_is_one_of_three_words(text: str, tls: TLS) -> None:
    assert tls is parse_tls(text)


@table("text", ["on", "unset", "true"])
def test_another_word_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse_tls(text)


def test_a_host_is_read_with_its_login() -> None:
    expected = HostSettings("h:5000", tls=TLS.DISABLED, user="u", password=Secret("p,w"))

    assert (expected, "") == read('reg=h:5000,user=u,pass="p,w",tls=disabled,unknown=x')


def test_a_wrong_tls_is_left_unset_with_a_warning() -> None:
    settings, said = read("reg=h,tls=maybe")

    assert HostSettings("h") == settings
    assert 'level=WARN msg="unable to parse tls setting" host=h' in said


def test_settings_of_no_registry_are_skipped_with_a_warning() -> None:
    settings, said = read("user=a,pass=hunter2")

    assert settings is None
    assert "Ignoring registry config without a name" in said
    assert "hunter2" not in said


def test_text_that_cannot_be_read_is_warned_about_without_repeating_it() -> None:
    settings, said = read('reg=h,pass="hunter2')

    assert settings is None
    assert "unable to parse host string" in said
    assert "hunter2" not in said
