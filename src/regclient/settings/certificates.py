"""Certificates from the Docker engine's directory: ``/etc/docker/certs.d/<host>[:port]/``.

``*.crt`` files are further roots for the host; a ``*.cert`` beside a ``*.key`` of the same name is a client certificate, which
the Go program does not read and Docker does.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from regclient.errors import InvalidConfig
from regclient.kit.secret import Secret

DOCKER_CERTIFICATES = Path("/etc/docker/certs.d")
SIZE_LIMIT = 4 << 20


class HostCertificates(NamedTuple):
    """What a directory holds for one host, as PEM text; empty where there is nothing."""

    roots: str = ""
    client_cert: str = ""
    client_key: Secret = Secret()


def read_certificates(directory: Path, hostname: str) -> HostCertificates:
    """Read the certificates of a host (with its port, where references give one).

    Raises:
        InvalidConfig: a file cannot be read or is far too large.
    """
    if "/" in hostname or hostname in {"", ".", ".."}:
        return HostCertificates()
    folder = directory / hostname
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except (FileNotFoundError, NotADirectoryError):
        return HostCertificates()
    except OSError as error:
        raise InvalidConfig(str(folder), str(error.strerror)) from None
    roots = "".join(_text(path) for path in files if path.suffix == ".crt")
    for path in files:
        key = path.with_suffix(".key")
        if path.suffix == ".cert" and key in files:
            return HostCertificates(roots, _text(path), Secret(_text(key)))
    return HostCertificates(roots)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise InvalidConfig(str(path), f"larger than {SIZE_LIMIT} bytes")
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise InvalidConfig(str(path), str(error.strerror)) from None
    return text if text.endswith("\n") else text + "\n"
