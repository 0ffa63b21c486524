"""Options refuse what would have no effect, platforms select entries, and a plan says what it is going to do."""

from __future__ import annotations

import pytest

from regclient.errors import Unsupported
from regclient.model.descriptor import DescriptorFilter
from regclient.model.platform import Platform
from regclient.ops.copyplan import CopyOptions

AMD64 = Platform("linux", "amd64")
ARM64 = Platform("linux", "arm64")


def test_without_platforms_every_entry_is_wanted() -> None:
    assert CopyOptions().wants(AMD64)
    assert CopyOptions().wants(None)


def test_platforms_select_exactly_and_not_what_is_compatible() -> None:
    options = CopyOptions(platforms=(Platform("linux", "arm", "v7"),))
    assert options.wants(Platform("linux", "arm"))
    assert not options.wants(Platform("linux", "arm", "v6"))
    assert not options.wants(ARM64)


def test_the_empty_platform_selects_entries_that_name_none() -> None:
    options = CopyOptions(platforms=(Platform(), AMD64))
    assert options.wants(None)
    assert options.wants(Platform(architecture="unknown"))
    assert options.wants(AMD64)
    assert not options.wants(ARM64)
    assert not CopyOptions(platforms=(AMD64,)).wants(None)


def test_fast_wins_over_everything_that_would_look_further() -> None:
    assert not CopyOptions().deep
    assert CopyOptions(referrers=True).deep
    assert CopyOptions(digest_tags=True).deep
    assert CopyOptions(recursive=True).deep
    assert not CopyOptions(fast=True, recursive=True, referrers=True, digest_tags=True).deep


def test_filters_of_referrers_without_referrers_are_refused() -> None:
    with pytest.raises(Unsupported):
        CopyOptions(referrer_filters=(DescriptorFilter(artifact_type="application/x"),))
