from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.claims import claims
from tests.fakes.archives import docker_archive, docker_items, files, names_in, read_from
from tests.fakes.console import Console
from tests.programs.regctl.conftest import Disk, Served


def image_name(raw: bytes) -> str:
    (entry,) = json.loads(read_from(raw, "index.json"))["manifests"]
    return str(entry["annotations"]["io.containerd.image.name"])


@pytest.mark.parametrize("name", ["v1", "single", "nested", "docker", "artifact", "annotated"])
def test_what_is_exported_is_imported_again(regctl: Console, disk: Disk, name: str) -> None:
    tar = str(disk.root / "a.tar")

    assert (0, "", "") == regctl("image", "export", f"{disk.source}:{name}", tar)
    assert (0, "", "") == regctl("image", "import", f"{disk.target}:{name}", tar)
    digests = [regctl("image", "digest", f"{place}:{name}").out for place in (disk.source, disk.target)]
    assert digests[0] == digests[1] != ""


def test_an_archive_travels_through_registries(served: Served, disk: Disk) -> None:
    tar, target = str(disk.root / "a.tar"), f"{served.address}/app:v1"

    assert (0, "", "") == served("image", "export", f"{disk.source}:v1", tar)
    assert (0, "", "") == served("image", "import", target, tar)
    assert f"{disk.digests['multi']}\n" == served("image", "digest", target).out
    assert (0, "", "") == served("image", "export", target, tar)
    assert target == image_name(Path(tar).read_bytes())


def test_without_a_file_the_tar_goes_to_standard_output(regctl: Console, disk: Disk) -> None:
    ended = regctl("image", "export", f"{disk.source}:single")
    regctl("image", "export", f"{disk.source}:single", str(disk.root / "a.tar"))

    assert (disk.root / "a.tar").read_bytes() == ended.out.encode(errors="surrogateescape")


@claims("regctl image export --compress")
def test_compressed_it_is_the_same_tar(regctl: Console, disk: Disk) -> None:
    regctl("image", "export", f"{disk.source}:v1", str(disk.root / "a.tar"))
    regctl("image", "export", "--compress", f"{disk.source}:v1", str(disk.root / "a.tgz"))
    plain, packed = ((disk.root / name).read_bytes() for name in ("a.tar", "a.tgz"))

    assert plain != packed
    assert plain == gzip.decompress(packed)


@claims("regctl image export --name", "regctl image export --platform")
def test_the_name_and_the_platform_are_those_asked_for(regctl: Console, disk: Disk) -> None:
    def exported(*flags: str) -> bytes:
        path = disk.root / "a.tar"
        assert 0 == regctl("image", "export", *flags, f"{disk.source}:v1", str(path)).code
        return path.read_bytes()

    plain, named, one = exported(), exported("--name", "example.org/a:b"), exported("-p", "linux/arm64")
    assert (f"{disk.source}:v1", "example.org/a:b") == (image_name(plain), image_name(named))
    assert f"{disk.source}:v1@{disk.digests['arm64']}" == image_name(one)
    assert ("manifest.json" in names_in(plain), "manifest.json" in names_in(one)) == (False, True)


@pytest.mark.parametrize("words", [("--name", "a b"), ("--platform", "?")])
def test_bad_flags_are_errors_and_leave_no_file(regctl: Console, disk: Disk, words: tuple[str, str]) -> None:
    assert 1 == regctl("image", "export", *words, f"{disk.source}:v1", str(disk.root / "a.tar")).code
    assert not (disk.root / "a.tar").exists()


def test_a_file_that_was_there_survives_a_failed_export(regctl: Console, disk: Disk) -> None:
    path = disk.root / "a.tar"
    path.write_bytes(b"precious")
    for name in ("missing", "untyped"):
        assert 1 == regctl("image", "export", f"{disk.source}:{name}", str(path)).code

    assert b"precious" == path.read_bytes()
    assert [] == [entry.name for entry in disk.root.iterdir() if entry.name.startswith(".a.tar")]


@claims("regctl image import --name")
def test_one_image_of_several_is_imported_by_name(regctl: Console, disk: Disk) -> None:
    images = (docker_items("one", files(a="1"), tags=("a:1",)), docker_items("two", files(b="2"), tags=("b:1",)))
    (disk.root / "a.tar").write_bytes(docker_archive(*images))
    for tag, flags in (("first", ()), ("a", ("--name", "a:1")), ("b", ("--name", "b:1"))):
        assert (0, "", "") == regctl("image", "import", *flags, f"{disk.target}:{tag}", str(disk.root / "a.tar"))
    first, a, b = (regctl("image", "digest", f"{disk.target}:{tag}").out for tag in ("first", "a", "b"))

    assert first == a != b
    ended = regctl("image", "import", "--name", "c:1", f"{disk.target}:c", str(disk.root / "a.tar"))
    assert 1 == ended.code
    assert "which has 'a:1', 'b:1'" in ended.err
    assert 1 == regctl("image", "digest", f"{disk.target}:c").code


def test_what_is_no_archive_is_an_error(regctl: Console, disk: Disk) -> None:
    (disk.root / "a.tar").write_bytes(b"hello")

    assert 1 == regctl("image", "import", f"{disk.target}:a", str(disk.root / "a.tar")).code
    assert 1 == regctl("image", "import", f"{disk.target}:a", str(disk.root / "none.tar")).code
    assert not (disk.root / "new" / "index.json").exists()


@claims("regctl image import --unpack-limit")
def test_a_compressed_tar_takes_no_more_of_the_disk_than_allowed(regctl: Console, disk: Disk) -> None:
    tar = str(disk.root / "a.tgz")
    regctl("image", "export", "--compress", f"{disk.source}:v1", tar)
    ended = regctl("image", "import", f"{disk.target}:v1", tar, "--unpack-limit", "5000")

    assert (1, "") == (ended.code, ended.out)
    assert "5000" in ended.err
    assert not disk.holds("multi")
    assert 0 == regctl("image", "import", f"{disk.target}:v1", tar, "--unpack-limit", "5000000").code
