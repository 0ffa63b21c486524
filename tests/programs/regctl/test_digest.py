from __future__ import annotations

import hashlib

from tests.claims import claims
from tests.fakes.console import Console


def test_the_digest_of_standard_input_is_printed_without_a_line_end(regctl: Console) -> None:
    assert (0, "sha256:" + hashlib.sha256(b"x").hexdigest(), "") == regctl("digest", stdin=b"x")


@claims("regctl digest --algorithm")
def test_the_algorithm_can_be_chosen(regctl: Console) -> None:
    for algorithm in ("sha256", "sha384", "sha512"):
        expected = f"{algorithm}:{hashlib.new(algorithm, b'x').hexdigest()}"
        assert expected == regctl("digest", "--algorithm", algorithm, stdin=b"x").out
    ended = regctl("digest", "--algorithm", "md5", stdin=b"x")
    assert (1, "", "unsupported digest algorithm 'md5'\n") == ended


@claims("regctl digest --format")
def test_a_template_picks_from_the_digest(regctl: Console) -> None:
    assert "sha256" == regctl("digest", "--format", "{{ .Algorithm }}", stdin=b"x").out
