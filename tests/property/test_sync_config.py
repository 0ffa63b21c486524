"""Any file ends in a configuration or in one clear line that says where it is wrong; nothing else."""

from __future__ import annotations

import re

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from regclient.regsync.app import ROOT
from regclient.regsync.form import FORM
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
