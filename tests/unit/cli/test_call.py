from __future__ import annotations

import pytest

from regclient.cancel import Cancel
from regclient.cli.call import Call
from regclient.errors import InvalidPlatform, InvalidReference, SizeLimitExceeded
from regclient.model.digest import Digest
from regclient.model.platform import Platform
from regclient.regctl.app import ROOT
from tests.fakes.console import call_of, written


def test_an_argument_is_read_as_a_reference() -> None:
    assert "docker.io/library/nginx:latest" == call_of(ROOT, "ref", "nginx").reference(0).name
    with pytest.raises(InvalidReference):
        call_of(ROOT, "ref", "no*reference").reference(0)


def test_an_argument_is_opened_with_its_tag_or_digest() -> None:
    digest = Digest.of(b"")
    for word, name in (("ocidir:///x:v1", "v1"), ("ocidir:///x", "latest"), (f"ocidir:///x@{digest}", digest)):
        repository, found = call_of(ROOT, "ref", word).named(0)
        assert ("ocidir:///x", name) == (str(repository.reference), found)
    with pytest.raises(InvalidReference):
        call_of(ROOT, "ref", "ocifile://x").named(0)


def test_a_platform_fills_in_what_this_machine_is() -> None:
    assert Platform("linux", "arm64") == call_of(ROOT, "image", "digest", "x", "-p", "linux/arm64").platform()
    local = call_of(ROOT, "image", "digest", "x", "-p", "local").platform()
    assert local is not None
    assert local.os
    assert local.architecture
    assert call_of(ROOT, "image", "digest", "x").platform() is None
    with pytest.raises(InvalidPlatform):
        call_of(ROOT, "image", "digest", "x", "-p", "linux/*").platform()


def test_standard_input_is_read_up_to_a_limit() -> None:
    assert b"abc" == call_of(ROOT, "digest", stdin=b"abc").read_all(3)
    with pytest.raises(SizeLimitExceeded):
        call_of(ROOT, "digest", stdin=b"abcd").read_all(3)


def test_text_is_written_as_utf8_and_bytes_as_they_are() -> None:
    call = call_of(ROOT, "version")
    call.write("é")
    call.write(b"\n")

    assert "é\n" == written(call.streams.out)


def test_hosts_that_are_not_understood_are_left_out() -> None:
    call = call_of(ROOT, "version", "--host", "reg=a,tls=disabled", "--host", "user=x")

    assert ["a"] == [settings.name for settings in call.host_settings()]
    assert "without a name" in written(call.streams.err)


def test_client_and_token_are_made_once_and_only_when_asked_for() -> None:
    made: list[Cancel] = []
    call = call_of(ROOT, "version")
    call = Call(call.flags, call.streams, {}, call.log, made.append)
    call.close()
    assert [] == made

    assert call.client is call.client
    assert [call.cancel] == made
    assert call.client.cancel is call.cancel
    call.close()


def test_the_token_that_asks_for_a_quiet_end_comes_after_the_one_that_makes_it() -> None:
    made: list[Cancel] = []
    call = call_of(ROOT, "version")
    call = Call(call.flags, call.streams, {}, call.log, made.append)

    assert call.stop is call.stop
    assert [call.cancel, call.stop] == made
    assert call_of(ROOT, "version").stop.cancelled is False
