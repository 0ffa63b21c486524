from __future__ import annotations

from dataclasses import replace

import pytest

from regclient.errors import InvalidManifest, InvalidPlatform
from regclient.model.platform import Platform, best_of
from tests.tables import table
from tests.vectors.model.read import Vector, vectors

LINUX = Platform("linux", "amd64", "v3")
WINDOWS = Platform("windows", "amd64", os_version="10.0.20348.1")
DARWIN = Platform("darwin", "arm64")


def marks(answers: list[bool]) -> str:
    return "".join("1" if answer else "0" for answer in answers)


@table("case", vectors("platform"))
def test_platforms_parse_as_in_go(case: Vector) -> None:
    if case.get("failed"):
        with pytest.raises(InvalidPlatform):
            Platform.parse(case["texts"][0])
    else:
        found = Platform.parse(case["texts"][0])
        assert case["output"] == [found.os, found.architecture, found.variant, found.os_version, str(found)]


@table("case", vectors("compare"))
def test_platforms_compare_as_in_go(case: Vector) -> None:
    assert isinstance(case["arg"], list)
    platforms = [Platform.from_json(item) for item in case["arg"]]
    host = platforms[0]

    assert case["output"] == [
        marks([host.matches(other) for other in platforms]),
        marks([host.compatible(other) for other in platforms]),
        marks([host.better(candidate, previous) for candidate in platforms for previous in platforms]),
    ]


@table(
    ("text", "local", "expected"),
    [
        ("local", LINUX, LINUX),
        ("linux", LINUX, LINUX),
        ("amd64", LINUX, LINUX),
        ("x86_64", LINUX, LINUX),
        ("local/amd64", LINUX, Platform("linux", "amd64")),
        ("linux/amd64", LINUX, Platform("linux", "amd64")),
        ("arm64", LINUX, Platform("linux", "arm64")),
        ("windows", LINUX, Platform("windows")),
        ("linux", DARWIN, Platform("linux", "arm64")),
        ("darwin", DARWIN, DARWIN),
        ("macos", DARWIN, DARWIN),
        ("freebsd", Platform("freebsd", "amd64"), Platform("freebsd")),
        ("windows", WINDOWS, WINDOWS),
        ("windows/amd64", WINDOWS, WINDOWS),
        ("windows/amd64,osver=10.0.1", WINDOWS, Platform("windows", "amd64", os_version="10.0.1")),
        ("windows/arm64", WINDOWS, Platform("windows", "arm64")),
        ("windows/amd64/v2", WINDOWS, Platform("windows", "amd64", "v2")),
        ("local", None, Platform()),
        ("amd64", None, Platform(architecture="amd64")),
    ],
)
def test_what_is_left_out_comes_from_the_local_platform(text: str, local: Platform | None, expected: Platform) -> None:
    assert expected == Platform.parse(text, local)


def test_versions_and_features_do_not_print() -> None:
    assert "windows/amd64" == str(replace(WINDOWS, os_features=("win32k",)))
    assert "unknown" == str(Platform())


def test_only_an_empty_platform_is_false() -> None:
    assert not Platform()
    assert Platform(features=("x",))


def test_members_are_written_in_gos_order() -> None:
    platform = Platform("linux", "arm", "v7", "1", ("<a>",), ("f",))

    assert (
        r'{"architecture":"arm","os":"linux","os.version":"1","os.features":["\u003ca\u003e"],"variant":"v7","features":["f"]}'
        == platform.to_json()
    )
    assert platform == Platform.from_json(
        {"os": "linux", "architecture": "arm", "variant": "v7", "os.version": "1", "os.features": ["<a>"], "features": ["f"]}
    )


def test_unknown_members_survive() -> None:
    platform = Platform.from_json({"os": "linux", "isolation": "hyperv", "architecture": "amd64"})

    assert '{"architecture":"amd64","os":"linux","isolation":"hyperv"}' == platform.to_json()
    assert Platform("linux", "amd64") == platform


def test_members_of_the_wrong_type_are_refused() -> None:
    wrong: list[object] = [{"os": 1}, {"os.features": "x"}, {"features": [1]}, [], "linux"]
    for value in wrong:
        with pytest.raises(InvalidManifest):
            Platform.from_json(value)


def test_the_best_is_the_first_among_equals() -> None:
    offered = [
        Platform("darwin", "arm64"),
        Platform("linux", "amd64"),
        Platform("linux", "amd64", "v2"),
        Platform("linux", "amd64", "v2"),
    ]

    assert 2 == best_of(LINUX, offered)
    assert None is best_of(Platform("linux", "s390x"), offered)
