"""Certificates of the Docker engine are found by host and port."""

from __future__ import annotations

from pathlib import Path

import pytest

from regclient.errors import InvalidConfig
from regclient.kit.secret import Secret
from regclient.settings.certificates import SIZE_LIMIT, HostCertificates, read_certificates


def folder_of(root: Path, hostname: str, **files: str) -> Path:
    folder = root / hostname
    folder.mkdir()
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder


def test_every_crt_is_a_root_in_the_order_of_names(tmp_path: Path) -> None:
    folder_of(tmp_path, "example.com:5000", b_crt="B", a_crt="A\n", note_txt="x")

    assert HostCertificates("A\nB\n") == read_certificates(tmp_path, "example.com:5000")


def test_a_cert_with_its_key_is_a_client_certificate(tmp_path: Path) -> None:
    folder_of(tmp_path, "example.com", client_cert="C", client_key="K", lonely_cert="L")

    assert HostCertificates("", "C\n", Secret("K\n")) == read_certificates(tmp_path, "example.com")


@pytest.mark.parametrize("hostname", ["example.com", "../etc", "..", ".", "", "a/b"])
def test_a_host_without_a_folder_or_with_a_path_in_its_name_has_none(tmp_path: Path, hostname: str) -> None:
    assert HostCertificates() == read_certificates(tmp_path / "certs.d", hostname)


def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "host").mkdir()
    (tmp_path / "host" / "ca.crt").write_text("ROOT\n")
    (tmp_path / "host" / "folder.crt").mkdir()
    (tmp_path / "host" / "loop.crt").symlink_to("loop.crt")

    assert HostCertificates("ROOT\n") == read_certificates(tmp_path, "host")


def test_a_file_that_is_far_too_large_is_an_error(tmp_path: Path) -> None:
    folder_of(tmp_path, "example.com", a_crt="x" * (SIZE_LIMIT + 1))

    with pytest.raises(InvalidConfig, match="larger"):
        read_certificates(tmp_path, "example.com")
