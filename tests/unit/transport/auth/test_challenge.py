from __future__ import annotations

import pytest

from regclient.errors import InvalidConfig
from regclient.transport.auth.challenge import Challenge, parse_challenges
from tests.tables import table


@table(
    ("value", "expected"),
    [
        ('Basic realm="x"', [Challenge("basic", {"realm": "x"})]),
        ("bAsIc ReAlM=x-1.2_~+/", [Challenge("basic", {"realm": "x-1.2_~+/"})]),
        (
            'Bearer realm="https://a/token",service="s", scope="repository:a/b:pull,push"',
            [Challenge("bearer", {"realm": "https://a/token", "service": "s", "scope": "repository:a/b:pull,push"})],
        ),
        (
            'Bearer k="v", k2="v2", Basic realm="x"',
            [Challenge("bearer", {"k": "v", "k2": "v2"}), Challenge("basic", {"realm": "x"})],
        ),
        (r'Basic realm="a \"quoted\" \\ name"', [Challenge("basic", {"realm": r'a "quoted" \ name'})]),
        ("Negotiate", [Challenge("negotiate")]),
        ("Negotiate, Basic realm=x", [Challenge("negotiate"), Challenge("basic", {"realm": "x"})]),
        ('Basic realm=""', [Challenge("basic", {"realm": ""})]),
        ("", []),
    ],
)
def test_challenges_are_read(value: str, expected: list[Challenge]) -> None:
    assert tuple(expected) == parse_challenges([value])


def test_repeated_headers_add_up() -> None:
    assert ("basic", "bearer") == tuple(one.scheme for one in parse_challenges(["Basic realm=a", "Bearer realm=b"]))


@table(
    "value",
    ['Bearer a="b" c="d"', 'Basic realm="x', 'Basic realm="x\\', "Basic realm=", "Basic realm", 'Basic a="b" , c="d"', "=x"],
)
def test_malformed_challenges_are_refused(value: str) -> None:
    with pytest.raises(InvalidConfig):
        parse_challenges([value])
