"""``reference``: names taken apart and changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from regclient.regbot.sandbox import objects
from regclient.regbot.sandbox.calls import CallFailed
from regclient.regbot.sandbox.wire import Made, Value
from tests.claims import claims
from tests.fakes import images
from tests.fakes.bot import Bench

DIGEST = "sha256:" + "0" * 64


def changed(bench: Bench, call: str, made: Value, value: str) -> Made:
    """Return the object as it is after a method has changed it."""
    returned = bench.returned(call, made, value)
    assert () == returned.values
    assert returned.update is not None
    return Made(objects.REFERENCE, returned.update)


@claims("lua reference.new", "lua reference.__tostring")
def test_short_names_are_filled_in_and_references_copied() -> None:
    bench = Bench()
    made = bench.one("reference.new", "alpine")

    assert "docker.io/library/alpine:latest" == bench.one("reference.__tostring", made)
    assert made == bench.one("reference.new", made)
    assert "ocidir://dir:tag" == bench.one("reference.__tostring", bench.one("reference.new", "ocidir://dir:tag"))


@claims("lua reference:tag", "lua reference:digest")
def test_a_tag_and_a_digest_take_each_others_place() -> None:
    bench = Bench()
    made = bench.one("reference.new", "alpine:3")

    assert ("3", "") == (bench.one("reference:tag", made), bench.one("reference:digest", made))
    pinned = changed(bench, "reference:digest", made, DIGEST)
    assert ("", DIGEST) == (bench.one("reference:tag", pinned), bench.one("reference:digest", pinned))
    tagged = changed(bench, "reference:tag", pinned, "edge")
    assert "docker.io/library/alpine:edge" == bench.one("reference.__tostring", tagged)
    with pytest.raises(CallFailed, match=r"string expected, got nil"):
        bench.call("reference:tag", made, None)


@claims("lua reference.close")
def test_closing_a_layout_drops_what_nothing_reaches(tmp_path: Path) -> None:
    bench = Bench()
    layout = f"ocidir://{tmp_path}/layout"
    images.image(bench.client.repository(layout), "v1")
    stray = images.blob(bench.client.repository(layout), b"stray")
    blobs = tmp_path / "layout" / "blobs" / "sha256"

    assert (blobs / stray.digest.hex).exists()
    assert () == bench.call("reference.close", layout)

    assert not (blobs / stray.digest.hex).exists()


def test_what_fails_when_closing_is_told() -> None:
    with pytest.raises(CallFailed, match=r"reference close failed: invalid reference"):
        Bench().call("reference.close", "ocifile://x")
