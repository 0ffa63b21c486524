from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from regclient.answers import TagList
from regclient.cli.call import Call, Streams
from regclient.cli.logs import Log
from regclient.cli.options import PRETTY
from regclient.cli.output import functions_of, header_lines, read_file, show
from regclient.errors import InvalidTemplate, TemplateFailed
from regclient.kit.flags.grammar import parse
from regclient.model.digest import Digest
from regclient.model.reference import Reference
from regclient.regctl.app import ROOT
from tests.claims import claims
from tests.tables import table

TAGS = TagList("app", ("v2", "v1"), raw=b'{"name": "app"}', headers={"B": ("2", "3"), "A": ("1",)})
NOTHING: Mapping[str, str] = {}


@dataclass
class Head:
    """An answer without a body."""

    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def shown(value: object, template: str, *, exchange: object = None, environ: Mapping[str, str] = NOTHING) -> str:
    out = io.BytesIO()
    call = Call(parse(ROOT, ["version"]), Streams(io.BytesIO(), out, io.BytesIO()), environ, Log(io.BytesIO()))
    show(call, value, template, exchange=exchange)  # type: ignore[arg-type]
    return out.getvalue().decode()


@table(
    ("word", "printed"),
    [
        ("raw", 'A: 1\nB: 2\nB: 3\n\n{"name": "app"}'),
        ("body", '{"name": "app"}'),
        ("rawBody", '{"name": "app"}'),
        ("raw-body", '{"name": "app"}'),
        ("headers", "A: 1\nB: 2\nB: 3\n"),
        ("rawHeaders", "A: 1\nB: 2\nB: 3\n"),
        ("raw-headers", "A: 1\nB: 2\nB: 3\n"),
    ],
)
def test_a_word_shows_what_was_received(word: str, printed: str) -> None:
    assert printed == shown(TAGS, word, exchange=TAGS)
    assert word == shown(TAGS, word)


@table("word", ["raw", "body", "raw-body", "rawBody"])
def test_an_answer_without_a_body_knows_only_the_words_for_headers(word: str) -> None:
    assert word == shown(TAGS, word, exchange=Head({"A": ("1",)}))
    assert "A: 1\n" == shown(TAGS, "headers", exchange=Head({"A": ("1",)}))


def test_the_usual_templates_print_what_the_engine_would() -> None:
    digest = Digest.of(b"")
    for value, template in ((TAGS, PRETTY), (Reference.parse("nginx"), "{{.CommonName}}"), (digest, "{{.String}}")):
        assert shown(value, template) == shown(value, template + "{{/* by the engine */}}") != ""


def test_an_empty_template_prints_nothing() -> None:
    assert "" == shown(TAGS, "")


def test_a_template_that_cannot_be_read_or_fails_says_where() -> None:
    with pytest.raises(InvalidTemplate, match="unclosed action"):
        shown(TAGS, "{{")
    with pytest.raises(TemplateFailed, match="out:1:2"):
        shown(TAGS, "{{.Nothing}}")


@claims("template env")
def test_a_template_reads_the_environment_of_the_call() -> None:
    assert "x" == shown(TAGS, '{{ env "A" }}', environ={"A": "x"})
    assert "" == shown(TAGS, '{{ env "A" }}')


@claims("template file")
def test_a_template_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "note"
    path.write_text("\n hello \n")

    assert "hello" == shown(TAGS, f'{{{{ file "{path}" }}}}')
    assert "" == shown(TAGS, f'{{{{ file "{tmp_path}" }}}}') == read_file("nothing\0")


@claims("template printPretty")
def test_a_template_lays_out_what_has_a_layout() -> None:
    assert "v1\nv2\n" == shown(TAGS, "{{ printPretty . }}") != shown(TAGS, "{{ . }}")
    assert '[\n  "v2",\n  "v1"\n]\n' == shown(TAGS, "{{ printPretty .Tags }}")


@claims("template json", "template jsonPretty")
def test_a_template_prints_json() -> None:
    assert '["v2","v1"]\n' == shown(TAGS, "{{ json .Tags }}") != shown(TAGS, "{{ .Tags }}")
    assert '[\n  "v2",\n  "v1"\n]\n' == shown(TAGS, "{{ jsonPretty .Tags }}")


@claims("template time")
def test_a_template_asks_for_the_time() -> None:
    assert "Mar 4" == shown(TAGS, '{{ (time.Parse "2006-01-02" "2021-03-04").Format "Jan 2" }}')
    assert shown(TAGS, "{{ time.Now.Year }}").isdigit()


def test_header_lines_are_sorted_by_name() -> None:
    assert "A: 1\nB: 2\nB: 3\n" == header_lines(TAGS.headers)


def test_every_function_of_the_go_program_is_there() -> None:
    names = "default env file join json jsonPretty printPretty lower upper split trimSpace time"

    assert set(names.split()) == set(functions_of({}))
