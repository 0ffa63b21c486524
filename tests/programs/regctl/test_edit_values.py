from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from regclient.edits import Rebase, RemoveBuildArg, SetAnnotation, SetAuthor, SetConfigTime, SetEntrypoint, TimeOptions, ToOCI
from regclient.model.descriptor import Descriptor
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.regctl import edit_values as values
from regclient.regctl.edit_values import Arguments, edits_in, making
from tests.tables import table

DIGEST = Descriptor.of(b"").digest
AMD64, ARM64 = Platform("linux", "amd64"), Platform("linux", "arm64")
NEW = "2024-05-06T07:08:09Z"


def test_a_reader_makes_the_edits_it_names() -> None:
    assert (SetAuthor("A"),) == edits_in(making("SetAuthor", of=values.text)("A"))
    assert (ToOCI(),) == making("ToOCI", of=values.switch)("true")
    assert () == making("ToOCI", of=values.switch)("f")
    assert (RemoveBuildArg("A", "[0-9]", pattern=True),) == making("RemoveBuildArg", of=values.named_pattern)("A=[0-9]")
    assert (SetConfigTime(TimeOptions(set=NEW)),) == making("SetConfigTime", of=values.times)(f"set={NEW}")
    assert (SetEntrypoint(("a",)),) == making("SetEntrypoint", of=values.words)('["a"]')
    assert (SetAnnotation("a", "b", (ARM64,)),) == making("SetAnnotation", of=values.annotation)("[linux/arm64]a=b")
    assert (Rebase(),) == making("Rebase", of=values.switch)("1")


@table(
    ("name", "of", "text"),
    [
        ("SetAuthor", values.switch, "maybe"),
        ("SetConfigTime", values.times, "set=now"),
        ("SetConfigTime", values.times, "after=" + NEW),
        ("SetConfigTime", values.times, "now"),
        ("SetConfigTime", values.times, f"set={NEW},what=1"),
        ("SetConfigTime", values.times, f"set={NEW},base-layers=0x1"),
        ("SetConfigTime", values.latest, "now"),
        ("InlineContent", values.number, "1_0"),
        ("InlineContent", values.number, "9" * 19),
        ("SetBase", values.base, "alpine"),
        ("SetBase", values.base, "alpine,sha256:1"),
        ("Rebase", values.bases, "alpine"),
        ("SetLabel", values.setting, "=x"),
        ("SetLabel", values.setting, "[]a=b"),
        ("RemoveBuildArg", values.pair, "A"),
        ("RemoveBuildArg", values.named_pattern, "A=("),
        ("RemoveLayersCreatedBy", values.pattern_of, "("),
        ("SetPlatform", values.platform, "?"),
        ("SetTarTime", values.tar_times, f"set={NEW}"),
        ("SetTarTime", values.tar_times, f"filename=x,set={NEW},what=1"),
        ("SetTarTime", values.tar_latest, "x"),
        ("AddLayer", values.new_layer, "platform=linux/amd64"),
        ("AddLayer", values.new_layer, "tar=/,dir=/"),
        ("AddLayer", values.new_layer, "tar=/"),
        ("AddLayer", values.new_layer, "dir=/no such place"),
        ("AddLayer", values.new_layer, 'dir="/'),
    ],
)
def test_what_cannot_be_read_refuses_the_flag(name: str, of: Callable[[str], Arguments], text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        making(name, of=of)(text)


@table(
    ("text", "expected"),
    [
        ("a=b=c", ("a", "b=c", (), False)),
        ("a", ("a", "", (), False)),
        ("[*]a=b", ("a", "b", (), True)),
        ("[*,linux/arm64]a=b", ("a", "b", (), True)),
        (" [ linux/amd64 , linux/arm64 ] a=b", (" a", "b", (AMD64, ARM64), False)),
        ("[a=b", ("[a", "b", (), False)),
    ],
)
def test_a_name_may_begin_with_platforms(text: str, expected: Arguments) -> None:
    assert expected == values.annotation(text)


def test_settings_and_values_may_be_for_some_platforms() -> None:
    assert ("A", "1", (ARM64,)) == values.setting("[linux/arm64]A=1")
    assert ("A", "1", ()) == values.setting("[*]A=1")
    assert ("1000", (ARM64,)) == values.scoped("[linux/arm64]1000")
    assert ("", ()) == values.scoped("")


def test_a_command_is_a_list_or_a_line_for_a_shell() -> None:
    shell = ("/bin/sh", "-c")
    for text, expected in {
        "": (),
        "null": (),
        "[]": (),
        '["a", "b c", null]': ("a", "b c", ""),
        "make all": (*shell, "make all"),
        '["a", 1]': (*shell, '["a", 1]'),
        '"a"': (*shell, '"a"'),
        "[" * 100_000: (*shell, "[" * 100_000),
    }.items():
        assert (expected,) == values.words(text)


def test_images_are_named_with_their_digests() -> None:
    alpine = Reference.parse("alpine:3")

    assert (alpine, DIGEST) == values.base(f"alpine:3,{DIGEST}") == values.base(f"alpine:3@{DIGEST}")
    assert (alpine, Reference.parse("alpine:4")) == values.bases("alpine:3,alpine:4")


def test_times_are_options_or_a_latest_time() -> None:
    options = TimeOptions(NEW, NEW, "label", Reference.parse("alpine:3"), 2)

    text = f"set={NEW},after={NEW},from-label=label,base-ref=alpine:3,base-layers=2"
    assert (options,) == values.times(text)
    assert (TimeOptions(NEW, NEW),) == values.latest(NEW)
    assert (-3,) == values.number("-3")


def test_times_inside_tars_come_with_a_path() -> None:
    assert ("a/b", TimeOptions(NEW)) == values.tar_times(f"filename=a/b,set={NEW}")
    assert ("a/b", TimeOptions(NEW, NEW)) == values.tar_latest(f"a/b,{NEW}")


def test_a_new_layer_is_a_file_or_a_directory(tmp_path: Path) -> None:
    tar = tmp_path / "a.tar"
    tar.touch()

    assert (tar, "a/b", (ARM64,)) == values.new_layer(f"tar={tar},mediaType=a/b,platform=linux/arm64")
    assert (tmp_path, "", ()) == values.new_layer(f"dir={tmp_path}")
    with pytest.raises(ValueError, match="write it to a file first"):
        values.new_layer("tar=/dev/null")
