"""Files of regsync and regbot: read around a program's tables, with errors and warnings that name the line."""

from __future__ import annotations

import pytest

from regclient.errors import InvalidConfig
from regclient.hosts import TLS
from regclient.jobs.configfile import SIZE_LIMIT, Form, JobsFile, read_config, schema_of
from regclient.jobs.kinds import DURATION, TEXT, Key, Record
from regclient.kit.secret import Secret

Fields = dict[str, object]
FORM: Form[Fields, Fields] = Form(
    Record(dict, (Key("interval", "interval", DURATION, "how often"),)),
    "scripts",
    Record(dict, (Key("name", "name", TEXT), Key("script", "script", TEXT))),
)


def read(text: str | bytes, form: Form[Fields, Fields] = FORM) -> JobsFile[Fields, Fields]:
    content = text.encode() if isinstance(text, str) else text
    return read_config(content, "f.yml", form, {"env": lambda name: f"<{name}>"})


def test_an_empty_file_is_an_empty_configuration() -> None:
    found = read("# nothing yet\n")
    assert (found.version, found.creds, found.defaults, found.entries, found.spots, found.warnings) == (1, (), {}, (), (), ())
    assert read("creds:\nscripts: ~\ndefaults: null").entries == ()


def test_a_file_becomes_values() -> None:
    found = read(
        "version: 1\ncreds:\n  - registry: a:5000\n    tls: disabled\nscripts:\n  - name: 3.10\ndefaults: {interval: 1m}"
    )
    assert [("a:5000", TLS.DISABLED)] == [(host.name, host.tls) for host in found.creds]
    assert found.entries == ({"name": "3.10"},)
    assert found.defaults == {"interval": 60_000_000_000}


def test_templates_of_creds_are_expanded_as_the_form_says() -> None:
    text = 'creds: [{registry: \'{{ env "R" }}\', user: \'{{ env "U" }}\', pass: \'{{ env "P" }}\', hostname: "{{ h"}]'
    host = read(text).creds[0]
    assert (host.name, host.user, host.password, host.hostname) == ('{{ env "R" }}', "<U>", Secret("<P>"), "{{ h")
    both = Form(FORM.defaults, FORM.entries, FORM.entry, templated=("registry", "user"))
    host = read(text, both).creds[0]
    assert (host.name, host.user, host.password) == ("<R>", "<U>", Secret('{{ env "P" }}'))


def test_what_is_wrong_is_named_with_file_line_and_key() -> None:
    refused = {
        "- a": "line 1: expected a mapping, found a list",
        "~": "line 1: expected a mapping",
        "a b": "line 1: expected a mapping",
        "scripts: a": "line 1: scripts: expected a list",
        "scripts:\n  - a": "line 2: scripts[0]: expected a mapping",
        "creds: []\nversion: 2": "line 2: version: this program reads version 1, not 2",
        "version: x": "line 1: version: expected a whole number",
        "defaults:\n\n  interval: soon": "line 3: defaults.interval: not a duration",
        "creds:\n- registry: a\n  user: '{{ .a'": "line 3: creds[0].user: template: ",
        "creds:\n- registry: a\n  pass: '{{ index 1 2 }}'": "line 3: creds[0].pass: template: ",
    }
    for text, words in refused.items():
        with pytest.raises(InvalidConfig) as caught:
            read(text)
        assert caught.value.reason.startswith(words)
        assert caught.value.text == "f.yml"


def test_bytes_that_are_no_text_and_files_that_are_too_large_are_refused() -> None:
    with pytest.raises(InvalidConfig, match="line 2: not UTF-8"):
        read(b"a: 1\nb: \xff")
    with pytest.raises(InvalidConfig, match="larger than"):
        read(b"#" * (SIZE_LIMIT + 1))


def test_unknown_keys_and_further_documents_are_warnings() -> None:
    found = read("x-own: 1\nscript: []\nscripts:\n  - nam: a\n---\nb: 1\n")
    assert found.warnings == (
        "f.yml line 1: only the first document of the file is read",
        "f.yml line 2: script is not a known key and is ignored; did you mean scripts?",
        "f.yml line 4: scripts[0].nam is not a known key and is ignored; did you mean name?",
    )


def test_later_errors_of_an_entry_can_still_name_the_line() -> None:
    spot = read("scripts:\n  - name: a\n    script: '{{ .x'\n").spots[0]
    assert str(spot.fail("script", "no good")) == "invalid configuration 'f.yml': line 3: scripts[0].script: no good"
    assert "line 2: scripts[0].other" in str(spot.fail("other", "no good"))
    assert spot.expand("script", "{{ .a }}", {"a": 1}, {}) == "1"
    with pytest.raises(InvalidConfig, match=r"line 3: scripts\[0\]\.script: template"):
        spot.expand("script", "{{ .x", None, {})


def test_the_schema_describes_the_whole_file() -> None:
    schema = schema_of(FORM, "some file")
    assert schema["title"] == "some file"
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert ["version", "creds", "defaults", "scripts"] == list(properties)
    assert properties["defaults"]["properties"]["interval"]["description"] == "how often"
    assert properties["creds"]["items"]["properties"]["tls"]["enum"][:3] == ["enabled", "insecure", "disabled"]
