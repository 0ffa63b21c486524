from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from regclient.errors import BlobNotFound, Corrupt
from regclient.kit.civil import Zone
from regclient.memory import MemoryRepository
from regclient.model.descriptor import Descriptor
from regclient.model.reference import Reference
from regclient.ops.diff import config_lines, document_lines, layer_lines, manifest_lines
from tests.fakes import images

HELLO = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.fixture
def repository() -> MemoryRepository:
    return MemoryRepository(Reference.parse("example.com/app"))


def tar_of(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for header, content in entries:
            header.size, header.mtime = len(content), 1_600_000_000
            tar.addfile(header, io.BytesIO(content))
    return out.getvalue()


def entry(name: str, mode: int, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.mode, header.type = mode, kind
    return header


def test_a_manifest_is_a_line_for_each_member(repository: MemoryRepository) -> None:
    lines = manifest_lines(images.image(repository))

    assert ["{", '  "schemaVersion": 2,'] == lines[:2]
    assert "}" == lines[-1]


def test_documents_keep_their_spelling_and_escape_what_html_minds() -> None:
    raw = '{"b":"<&>\u2028","a":[],"c":{ }, "d":1.50}'.encode() + b"\n"

    expected = ["{", '  "b": "\\u003c\\u0026\\u003e\\u2028",', '  "a": [],', '  "c": {},', '  "d": 1.50', "}"]
    assert expected == document_lines(raw)


def test_a_config_is_read_as_one(repository: MemoryRepository) -> None:
    manifest = images.image(repository)

    assert '  "architecture": "amd64",' in config_lines(repository, manifest.config)


def test_an_entry_of_a_layer_is_a_line_that_says_what_it_is(repository: MemoryRepository) -> None:
    tar = tar_of((entry("etc/", 0o755, tarfile.DIRTYPE), b""), (entry("motd", 0o4644), b"hello"))
    blob = images.blob(repository, gzip.compress(tar))

    directory, file = layer_lines(repository, blob, None)
    assert ["-rwxr-xr-x", "0/0", "0", "etc/"] == directory.split()
    assert f"-rw-r--r-- 0/0        5 {'motd':<40} {HELLO}" == file


def test_times_are_shown_in_the_zone_asked_for(repository: MemoryRepository) -> None:
    blob = images.blob(repository, tar_of((entry("motd", 0o644), b"")))

    assert "2020-09-13T12:26:40Z" in layer_lines(repository, blob)[0]
    assert "2020-09-13T14:26:40+02:00" in layer_lines(repository, blob, lambda _: Zone(7200, "CEST"))[0]


def test_a_name_cannot_break_its_line_or_draw_on_a_terminal(repository: MemoryRepository) -> None:
    blob = images.blob(repository, tar_of((entry("a\n\x1b[31mé", 0o644), b"")))

    (line,) = layer_lines(repository, blob, None)
    assert r"a\n\x1b[31mé" in line


def test_a_layer_that_is_no_tar_is_refused(repository: MemoryRepository) -> None:
    blob = images.blob(repository, b"garbage" * 200)

    with pytest.raises(Corrupt):
        layer_lines(repository, blob)


def test_damage_behind_the_tar_is_found(repository: MemoryRepository) -> None:
    blob = images.blob(repository, gzip.compress(tar_of((entry("motd", 0o644), b"")))[:-4])

    with pytest.raises(Corrupt):
        layer_lines(repository, blob)


def test_a_layer_that_is_not_there_is_missing(repository: MemoryRepository) -> None:
    with pytest.raises(BlobNotFound):
        layer_lines(repository, Descriptor.of(b"missing"))
