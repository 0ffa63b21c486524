"""Any file ends in a configuration or in one clear line that says where it is wrong; nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from regclient.layout.repository import LayoutRepository
from regclient.regsync.app import ROOT
from regclient.regsync.form import FORM
from tests.fakes import images
from tests.fakes.console import Console
from tests.programs.syncs import sync_scenarios

regsync = Console(ROOT)
TEXTS = [scenario.config for scenario in sync_scenarios()]
NAMES = sorted({key.name for record in (FORM.top, FORM.defaults, FORM.entry) for key in record.keys} | {"x-own", "allow", "<<"})
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.text(max_size=12),
    st.sampled_from(["{{ .Sync.Source }}", "{{", "1h", "@daily", "image", "0x1F", "(", "{{ range . }}"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)
TOP = st.dictionaries(st.sampled_from(["version", "creds", "defaults", "sync", "x-own", "other"]), VALUES, max_size=5)
LINE = re.compile(r"invalid configuration 'standard input': (line [1-9][0-9]*: .+|larger than .+|not YAML.*)\n")


def ends_well(content: bytes) -> None:
    done = regsync("config", "-c", "-", "-v", "error", stdin=content)
    assert done.code in {0, 1}
    assert (done.err == "") == (done.code == 0)
    if done.code:
        assert LINE.fullmatch(done.err), done.err


@settings(max_examples=25, deadline=None)
@given(TOP)
def test_any_structure_ends_in_a_configuration_or_a_line(document: dict[str, object]) -> None:
    ends_well(yaml.safe_dump(document, allow_unicode=True).encode("utf-8", "replace"))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(TEXTS), st.integers(0, 10_000), st.integers(0, 8), st.text(max_size=6))
def test_any_mistake_in_a_file_ends_in_a_configuration_or_a_line(text: str, place: int, gone: int, put: str) -> None:
    place %= len(text)
    ends_well((text[:place] + put + text[place + gone :]).encode("utf-8", "replace"))


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet="-:?[]{}&*!|>'\"%@`#,\n ab1<~", max_size=60).map(str.encode))
def test_any_bytes_end_in_a_configuration_or_a_line(content: bytes) -> None:
    ends_well(content)


LAYOUTS = ["src", "src:v1", "src:gone", "none", "dst:v1", "dst"]
PLACES = st.sampled_from([*(f"ocidir://{name}" for name in LAYOUTS), "::", 7])
REFERENCES = {"source", "target", "backup", "referrerSource", "referrerTarget"}
STEP = st.fixed_dictionaries(
    {"source": PLACES, "target": PLACES, "type": st.sampled_from(["image", "repository", "registry", "other"])},
    optional={key.name: VALUES for key in FORM.entry.keys if key.name not in REFERENCES | {"type"}}
    | {"backup": st.sampled_from(["old-{{ .Ref.Tag }}", "{{ .Nothing }}", "{{", "::"])},
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    repository = LayoutRepository(folder / "src")
    images.index(repository, "v1", layers=1, seed="a")
    images.image(repository, "v2", layers=1, seed="b")
    return folder


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(STEP, max_size=3), parallel=st.integers(-1, 3), command=st.sampled_from(["check", "once"]))
def test_any_steps_end_in_a_run_or_in_lines(source: Path, steps: list[object], parallel: int, command: str) -> None:
    """On layouts alone: what is typed as a name of a registry would be asked for."""
    document = {"defaults": {"parallel": parallel, "skipDockerConfig": True}, "sync": steps}
    text = yaml.safe_dump(document, allow_unicode=True).replace("ocidir://", f"ocidir://{source}/")
    done = regsync(command, "-c", "-", "-v", "error", stdin=text.encode("utf-8", "replace"))

    assert done.code in {0, 1}
    assert "Traceback" not in done.err
    assert done.code == 0 or done.err.endswith("\n")
