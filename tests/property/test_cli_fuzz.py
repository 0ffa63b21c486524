"""Whatever is typed or found on disk, regctl answers with one clear line: no traceback, no mistake of ours, exit code 1."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regclient.regctl.app import ROOT
from tests.fakes.console import Console, Ended
from tests.programs.world import write_world
from tests.property.examples import share

regctl = Console(ROOT)
text = st.text(st.characters(codec="utf-8"), max_size=60)
# Things that look right, cut and mixed at the wrong places.
PIECES = (
    *(
        "sha256:",
        "sha512:",
        "a" * 64,
        "A" * 64,
        "0",
        "@",
        ":",
        "/",
        "//",
        "://",
        "ocidir",
        "ocifile",
        "reg",
        ".",
        "..",
        "-",
        "_",
    ),
    *(
        "localhost",
        "docker.io",
        "example.com",
        "[::1]",
        "5000",
        "latest",
        "linux",
        "amd64",
        "arm",
        "v7",
        ",",
        "osver=",
        "=",
        "*",
    ),
    *(
        "{{",
        "}}",
        ".",
        "|",
        "range",
        "end",
        "printf",
        '"',
        "`",
        "(",
        ")",
        "$x",
        ":=",
        "index",
        "1e999",
        "%",
        "\\",
        "\x00",
        "\n",
    ),
)
mixed = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=12).map("".join)
words = st.one_of(text, mixed).map(lambda word: word.replace("\ud800", ""))


@pytest.fixture(scope="module")
def layout() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        write_world(Path(folder))
        yield Path(folder) / "src"


def failed_clearly(ended: Ended) -> bool:
    lines = ended.err.rstrip("\n").split("\n")
    return ended.code == 1 and len(lines) == 1 and lines[0] != "" and "internal error" not in ended.err


def clear(ended: Ended) -> bool:
    """Whether a line worked, or failed as it should."""
    return (ended.code == 0 and "Traceback" not in ended.err) or failed_clearly(ended)


def local(word: str) -> str:
    """Keep a fuzzed reference off the network: only layouts are opened."""
    return f"ocidir://{word}"


@given(words)
def test_any_text_is_a_reference_or_refused(word: str) -> None:
    assert clear(regctl("ref", "--", word))


@given(words)
def test_any_text_is_a_layout_to_read_or_refused(word: str) -> None:
    for command in (["tag", "ls"], ["manifest", "get"], ["image", "digest"], ["image", "inspect"]):
        ended = regctl(*command, "--", local(word))

        assert failed_clearly(ended), (command, ended)


@given(words)
def test_any_text_is_a_digest_or_refused(layout: Path, word: str) -> None:
    for command in ("get", "head", "delete"):
        assert failed_clearly(regctl("blob", command, "--", f"ocidir://{layout}", word))


@given(words)
def test_any_text_is_a_platform_or_refused(layout: Path, word: str) -> None:
    assert clear(regctl("manifest", "head", f"ocidir://{layout}:v1", f"--platform={word}"))


@settings(max_examples=share(200))
@given(words)
def test_any_text_is_a_template_or_refused(layout: Path, word: str) -> None:
    assert clear(regctl("manifest", "get", f"ocidir://{layout}:v1", f"--format={word}"))
    assert clear(regctl("ref", "alpine", f"--format={{{{{word}}}}}"))


@given(words)
def test_any_text_is_a_pattern_or_refused(layout: Path, word: str) -> None:
    assert clear(regctl("tag", "ls", f"ocidir://{layout}", f"--include={word}"))


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8), mixed),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(
                st.sampled_from(
                    [
                        "schemaVersion",
                        "mediaType",
                        "config",
                        "layers",
                        "manifests",
                        "digest",
                        "size",
                        "annotations",
                        "platform",
                        "subject",
                    ]
                ),
                st.text(max_size=4),
            ),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=20,
)
documents = st.one_of(json_values.map(lambda value: json.dumps(value).encode()), st.binary(max_size=80))
TYPES = ("", "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json", "application/json", "x")


@settings(max_examples=share(200))
@given(documents, st.sampled_from(TYPES))
def test_any_bytes_are_a_manifest_or_refused(document: bytes, media_type: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ended = regctl("manifest", "put", f"ocidir://{folder}/new:v1", "--content-type", media_type, stdin=document)

        assert clear(ended), ended


@given(documents, documents)
def test_any_directory_is_a_layout_or_refused(marker: bytes, index: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for version in (marker, b'{"imageLayoutVersion":"1.0.0"}'):
            (Path(folder) / "oci-layout").write_bytes(version)
            (Path(folder) / "index.json").write_bytes(index)
            for command in (["tag", "ls"], ["manifest", "get"], ["image", "inspect"]):
                assert clear(regctl(*command, f"ocidir://{folder}"))


@given(st.lists(words, max_size=5))
def test_any_words_are_a_command_line_or_refused(line: list[str]) -> None:
    ended = regctl("ref", *line)

    assert ended.code in (0, 1)
    assert "internal error" not in ended.err


@given(st.lists(words, max_size=4))
def test_any_words_can_be_completed(line: list[str]) -> None:
    ended = regctl("__complete", *line, "")

    assert 0 == ended.code
    assert ":" == ended.out.rstrip("\n").split("\n")[-1][:1]
