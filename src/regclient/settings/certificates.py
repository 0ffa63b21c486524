"""Certificates from the Docker engine's directory: ``/etc/docker/certs.d/<host>[:port]/``.

``*.crt`` files are further roots for the host; a ``*.cert`` beside a ``*.key`` of the same name is a client certificate, which
the Go program does not read and Docker does.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from regclient.errors import InvalidConfig
from regclient.kit.secret import Secret

DOCKER_CERTIFICATES = "/etc/docker/certs.d"
SIZE_LIMIT = 4 << 20


class HostCertificates(NamedTuple):
    """What a directory holds for one host, as PEM text; empty where there is nothing."""

    roots: str = ""
    client_cert: str = ""
    client_key: Secret = Secret()


def read_certificates(directory: str | os.PathLike[str], hostname: str) -> HostCertificates:
    """Read the certificates of a host (with its port, where references give one).

    Raises:
        InvalidConfig: a file cannot be read or is far too large.
    """
    if "/" in hostname or hostname in {"", ".", ".."}:
        return HostCertificates()
    folder = os.path.join(directory, hostname)
    try:
        # Not asked of the entries themselves: for a link that leads to itself they fail, where this says no.
        files = sorted(path for name in os.listdir(folder) if os.path.isfile(path := os.path.join(folder, name)))
    except (FileNotFoundError, NotADirectoryError):
        return HostCertificates()
    except OSError as error:
        raise InvalidConfig(folder, str(error.strerror)) from None
    parts = [os.path.splitext(path) for path in files]
    roots = "".join(_text(name + suffix) for name, suffix in parts if suffix == ".crt")
    for name, suffix in parts:
        path, key = name + suffix, f"{name}.key"
        if suffix == ".cert" and key in files:
            return HostCertificates(roots, _text(path), Secret(_text(key)))
    return HostCertificates(roots)


def _text(path: str) -> str:
    try:
        if os.stat(path).st_size > SIZE_LIMIT:
            raise InvalidConfig(path, f"larger than {SIZE_LIMIT} bytes")
        with open(path, encoding="ascii", errors="replace") as file:
            text = file.read()
    except OSError as error:
        raise InvalidConfig(path, str(error.strerror)) from None
    return text if text.endswith("\n") else text + "\n"
