"""The expected bytes come from Go's archive/tar (FormatPAX, mode 0644, time 0)."""

from __future__ import annotations

import hashlib
import io
import tarfile

from regclient.ops.archive.headers import directory_header, file_header
from tests.tables import table

NAME = "blobs/sha256/483a8ef9cb6aa931859925837a266fbd77bca93d278300b662696b31e95a92a9"


@table(
    ("name", "size", "length"),
    [(NAME, 5, 512), (NAME, 9 << 30, 1536), ("blobs/sha384/" + "a" * 96, 5, 512), ("blobs/sha512/" + "a" * 128, 5, 1536)],
)
def test_tarfile_reads_the_headers(name: str, size: int, length: int) -> None:
    raw = file_header(name, size)
    with tarfile.open(fileobj=io.BytesIO(raw + bytes(1024))) as tar:
        member = tar.next()

    assert length == len(raw)
    assert member is not None
    assert (name, size, 0o644, 0, 0, 0) == (member.name, member.size, member.mode, member.uid, member.gid, member.mtime)


def test_a_large_file_has_the_header_that_go_writes() -> None:
    raw = file_header(NAME, 9 << 30)

    assert b"blobs/sha256/PaxHeaders.0/483a8ef9cb6aa931859925837a266fbd77bca93d278300b662696b31e95a92a9\0" == raw[:91]
    assert b"19 size=9663676416\n" == raw[512:531]
    assert (b"022674", b"021653") == (raw[148:154], raw[1024 + 148 : 1024 + 154])


def test_directories_are_told_apart() -> None:
    raw = directory_header("blobs/")

    assert (b"0000755\0", b"5") == (raw[100:108], raw[156:157])


def test_an_oci_layout_has_the_header_that_go_writes() -> None:
    assert b"011214" == file_header("oci-layout", 30)[148:154]
    assert 512 == len(file_header("oci-layout", 30))
    assert hashlib.sha256(file_header("oci-layout", 30)).digest() != hashlib.sha256(file_header("oci-layout", 31)).digest()
