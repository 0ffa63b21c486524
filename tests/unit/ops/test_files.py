"""One file of an image, as a container would see it."""

from __future__ import annotations

import gzip
import io
import tarfile
from contextlib import _GeneratorContextManager
from typing import BinaryIO

import pytest

from regclient.errors import (
    Cancelled,
    Corrupt,
    DigestMismatch,
    FileDeleted,
    FileNotFound,
    LoopDetected,
    PlatformNotFound,
    Unsupported,
)
from regclient.events import Event, State
from regclient.memory import MemoryRepository
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.platform import Platform
from regclient.ops.files import clean, image_layers, open_file
from tests.fakes import images
from tests.fakes.archives import Item, directory, files, hard_link, symlink, tar_of
from tests.tables import table

GONE = FileDeleted
NONE = FileNotFound


def file(name: str, text: str = "") -> Item:
    return Item(name, text.encode())


def pushed(repository: MemoryRepository, *layers: bytes) -> list[Descriptor]:
    return [repository.put_blob(io.BytesIO(gzip.compress(layer))) for layer in layers]


def read(path: str, *layers: tuple[Item, ...]) -> str:
    repository = MemoryRepository()
    with open_file(repository, pushed(repository, *(tar_of(*items) for items in layers)), path) as found:
        return found.content.read().decode()


@table("path", ["etc/motd", "/etc/motd", "./etc//motd", "etc/x/../motd"])
@table("name", ["etc/motd", "./etc/motd", "/etc/motd"])
def test_names_are_compared_without_dots_and_slashes(path: str, name: str) -> None:
    assert "hello" == read(path, (file(name, "hello"),))


def test_the_highest_layer_counts_and_the_first_entry_in_it() -> None:
    assert "new" == read("a", (file("a", "old"),), (file("a", "new"), file("a", "newer")))
    assert "old" == read("a", (file("a", "old"),), (file("b", "new"),))


@table(
    ("path", "upper", "expected"),
    [
        ("d/e/f", (file("d/e/.wh.f"),), GONE),
        ("d/e/f", (file("./d/e/.wh.f"),), GONE),
        ("d/e/f", (file("d/.wh.e"),), GONE),
        ("d/e/f", (file(".wh.d"),), GONE),
        ("d/e/f", (file("d/e/.wh..wh..opq"),), GONE),
        ("d/e/f", (file("d/.wh..wh..opq"),), GONE),
        ("d/e/f", (file(".wh..wh..opq"),), GONE),
        ("d/e/f", (file("d/e/.wh.g"), file("d/e/f.x"), file("x/d/e/.wh.f")), "old"),
        ("d/e/f", (file("d/e/.wh.f"), file("d/e/f", "new")), "new"),
        ("d/e/f", (file("d/e/f", "new"), file("d/e/.wh..wh..opq")), "new"),
        ("d/e/f", (file("d/e", "a file now"),), GONE),
        ("d/e/f", (directory("d/e"),), "old"),
        ("d/e/g", (), NONE),
    ],
)
def test_what_a_layer_removes_is_gone(path: str, upper: tuple[Item, ...], expected: str | type[Exception]) -> None:
    lower = (directory("d"), directory("d/e"), file("d/e/f", "old"))
    if isinstance(expected, str):
        assert expected == read(path, lower, upper)
    else:
        with pytest.raises(expected) as caught:
            read(path, lower, upper)
        assert expected is type(caught.value)


@table(
    ("path", "layers"),
    [
        ("a", ((file("b", "x"), symlink("a", "b")),)),
        ("d/a", ((file("d/b", "x"), symlink("d/a", "b")),)),
        ("d/a", ((file("b", "x"), symlink("d/a", "/b")),)),
        ("d/a", ((file("b", "x"), symlink("d/a", "../../../b")),)),
        ("a", ((symlink("a", "b"), symlink("b", "c"), file("c", "x")),)),
        ("a", ((symlink("a", "b"),), (file("b", "x"),))),
        ("a", ((file("b", "x"),), (symlink("a", "b"),))),
        ("bin/sh", ((symlink("bin", "usr/bin"), symlink("usr/bin/sh", "dash"), file("usr/bin/dash", "x")),)),
        ("a/b/c", ((symlink("a", "/d"), symlink("d/b", "../e"), file("e/c", "x")),)),
        ("a", ((file("b", "x"), hard_link("a", "b")),)),
        ("a", ((file("b", "x"), hard_link("a", "./b")), (file(".wh.b"),))),
        ("a", ((file("b", "x"),), (hard_link("a", "b"),))),
        ("d/f", ((file("d/f", "old"),), (file(".wh.d"), symlink("d", "e"), file("e/f", "x")))),
    ],
)
def test_links_are_followed_inside_the_image(path: str, layers: tuple[tuple[Item, ...], ...]) -> None:
    assert "x" == read(path, *layers)


def test_a_directory_of_an_upper_layer_replaces_a_link_of_a_lower_one() -> None:
    lower = (symlink("bin", "usr/bin"), file("usr/bin/sh", "x"))

    assert "x" == read("bin/sh", lower, (file("bin/other"),))
    with pytest.raises(FileDeleted):
        read("bin/sh", lower, (directory("bin"), file("bin/other")))


def test_links_in_a_circle_and_to_nothing_are_errors() -> None:
    for items in ((symlink("a", "a"),), (symlink("a", "b"), symlink("b", "a")), (hard_link("a", "a"),), (symlink("a", "a/b"),)):
        with pytest.raises(LoopDetected):
            read("a", items)
    with pytest.raises(FileNotFound, match="nothing"):
        read("a", (symlink("a", "nothing"),))


@table("kind", [tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_what_is_no_file_is_empty(kind: bytes) -> None:
    assert "" == read("a", (Item("a", kind=kind),))


def test_the_header_is_that_of_the_name_and_the_target_that_of_the_content() -> None:
    repository = MemoryRepository()
    layers = pushed(repository, tar_of(Item("b", b"x", mode=0o755)), tar_of(symlink("a", "b")))
    with open_file(repository, layers, "a") as found:
        assert ("a", "b", 0o755, 0) == (found.header.name, found.target.name, found.target.mode, found.layer)


@table("path", [".wh.a", ".wh..wh..opq", ".wh.d/a"])
def test_whiteouts_are_no_files(path: str) -> None:
    with pytest.raises(Unsupported):
        read(path, (file(path),))


class Counting(MemoryRepository):
    """A repository that counts the bytes it gives."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Digest] = []

    def open_blob(self, blob: Descriptor) -> _GeneratorContextManager[BinaryIO]:
        self.opened.append(blob.digest)
        return super().open_blob(blob)


def test_layers_below_the_one_that_has_the_file_are_not_touched() -> None:
    repository = Counting()
    layers = pushed(repository, files(a="1"), files(a="2"), files(b="3"))
    with open_file(repository, layers, "a") as found:
        assert b"2" == found.content.read()

    assert [layers[2].digest, layers[1].digest] == repository.opened


def test_reading_stops_at_the_file() -> None:
    """What follows the file is damaged, and nobody notices."""
    repository = MemoryRepository()
    raw = files(a="1")[:1024] + b"damage" * 500
    blob = repository.put_blob(io.BytesIO(raw))
    with open_file(repository, [blob], "a") as found:
        assert b"1" == found.content.read()
    with pytest.raises(Corrupt), open_file(repository, [blob], "b"):
        pass


def test_a_layer_searched_in_vain_was_checked_against_its_digest() -> None:
    repository = MemoryRepository()
    blob = repository.put_blob(io.BytesIO(files(a="1")))
    with pytest.raises(FileNotFound), open_file(repository, [blob], "b"):
        pass
    wrong = Descriptor.of(files(a="2"))
    repository._blobs[wrong.digest] = files(a="1")
    with pytest.raises(DigestMismatch), open_file(repository, [wrong], "b"):
        pass


def test_what_is_no_tar_and_no_layer_are_errors() -> None:
    repository = MemoryRepository()
    with pytest.raises(Corrupt), open_file(repository, [repository.put_blob(io.BytesIO(b"text" * 200))], "a"):
        pass
    with pytest.raises(FileNotFound), open_file(repository, [], "a"):
        pass


def test_cancelling_ends_the_search() -> None:
    def cancelled() -> None:
        raise Cancelled

    repository = MemoryRepository()
    with pytest.raises(Cancelled), open_file(repository, pushed(repository, files(a="1")), "b", check=cancelled):
        pass


def test_the_layers_of_an_image_are_those_of_the_platform() -> None:
    repository = MemoryRepository()
    images.index(repository)
    child = repository.get_manifest("latest").manifests[1]  # type: ignore[attr-defined]  # an index
    arm64 = image_layers(repository, "latest", Platform.parse("linux/arm64"))

    assert repository.get_manifest(child.digest).layers == arm64  # type: ignore[attr-defined]  # an image
    with pytest.raises(PlatformNotFound):
        image_layers(repository, "latest", Platform.parse("linux/s390x"))


def test_names_are_cleaned() -> None:
    assert ["a/b", ".", "..", "a"] == [clean(name) for name in ("//a/./b/", "", "..", "/a/")]


def test_the_layers_looked_through_are_told_of() -> None:
    repository, events = MemoryRepository(), list[object]()
    layers = pushed(repository, tar_of(file("a", "deep")), tar_of(file("b")))
    with open_file(repository, layers, "a", observer=events.append) as found:
        found.content.read()

    started = [event.name for event in events if isinstance(event, Event) and event.state is State.STARTED]
    assert [str(layer.digest) for layer in reversed(layers)] == started
