"""Whatever stands in a settings file, commands answer with one clear line, lose nothing and show no secret."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regclient.settings.environment import Surroundings, gather
from regclient.settings.hostjson import MEMBERS
from tests.fakes.home import Home

SECRET = "hunter2"
# JSON can say more than UTF-8 (half a pair of surrogates), and Python writes and reads more than JSON (NaN).
text = st.text(max_size=8) | st.sampled_from(["\ud800", "x\udfff", "\u2028"])
scalar = st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | text
anything = st.recursive(
    scalar, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3), max_leaves=5
)
secret = st.sampled_from([SECRET, [SECRET], {"x": SECRET}])
fitting = st.sampled_from(["disabled", "1h", "u", 1, 2.5, True, ["m.example"], {"a": "b"}, ""])
members = st.fixed_dictionaries(
    {},
    optional={
        **{member.name: fitting | anything for member in MEMBERS},
        "pass": secret,
        "token": secret,
        "clientKey": secret,
        "future": anything,
    },
)
host = members | anything
names = st.sampled_from(["x.example", "docker.io", "https://index.docker.io/v1/", "http://x.example", "", "a/b"]) | text
documents = anything | st.fixed_dictionaries(
    {},
    optional={
        "version": st.sampled_from([0, 1, 2]) | anything,
        "hosts": st.dictionaries(names, host, max_size=3) | anything,
        "hostDefault": host,
        "blobLimit": fitting | anything,
        "incDockerCert": st.booleans() | anything,
        "incDockerCred": st.booleans() | anything,
        "more": anything,
    },
)
docker = anything | st.fixed_dictionaries(
    {},
    optional={
        "auths": st.dictionaries(names, st.fixed_dictionaries({}, optional={"auth": text | secret, "identitytoken": secret})),
        "credHelpers": st.dictionaries(names, anything, max_size=2) | anything,
        "more": anything,
    },
)
LINES = (
    ("config", "get"),
    ("config", "get", "--format", "{{ range .Hosts }}{{ .Name }} {{ .TLS }} {{ .Mirrors }} {{ .CredExpire }}{{ end }}"),
    ("registry", "config"),
    ("registry", "whoami", "y.example"),
    ("config", "set", "--blob-limit", "5"),
    ("registry", "set", "x.example", "--skip-check", "--priority", "3"),
    ("registry", "login", "x.example", "--skip-check", "-u", "u", "-p", "p"),
    ("registry", "logout", "x.example"),
)


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory() as folder:
        yield Home(Path(folder))


@given(document=documents)
def test_a_settings_file_of_anything_is_shown_changed_or_refused_in_one_line(home: Home, document: object) -> None:
    home.path.parent.mkdir(exist_ok=True)
    for line in LINES:
        home.path.write_text(json.dumps(document))
        ended = home(*line)

        assert ended.code in (0, 1)
        assert "internal error" not in ended.err
        assert SECRET not in ended.out + ended.err
        assert (ended.code == 1) <= (home.path.read_text() == json.dumps(document))
        if isinstance(document, dict) and "more" in document:
            assert "more" in json.loads(home.path.read_text())


@given(document=documents, logins=docker)
def test_every_other_command_goes_on_with_a_warning(home: Home, document: object, logins: object) -> None:
    home.path.parent.mkdir(exist_ok=True)
    home.path.write_text(json.dumps(document))
    variables = {"DOCKER_AUTH_CONFIG": json.dumps(logins), "DOCKER_CONFIG": "/nowhere"}
    found = gather(Surroundings(variables, home.folder, certificates=Path("/nowhere"), list_store=lambda _: {}))

    for settings in found.book:
        assert SECRET not in repr(settings)
    assert SECRET not in "".join(found.warnings)
