"""TLS contexts from settings.

Loading a bundle of root certificates takes longer than the rest of a small command, so the system's roots are looked up lazily,
in a directory of hashed names, wherever there is one. Private keys pass through anonymous memory, never through a named file
where the system allows it.
"""

from __future__ import annotations

import os
import re
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from regclient.errors import InvalidConfig
from regclient.transport.exchange import Identity
from regclient.transport.options import Roots

_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")
_DIRECTORIES = ("/etc/ssl/certs", "/etc/pki/tls/certs", "/system/etc/security/cacerts")
_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class Contexts:
    """Makes one context per identity and keeps it; safe from many threads."""

    def __init__(self, roots: Roots) -> None:
        self._roots = roots
        self._lock = threading.Lock()
        self._made: dict[Identity, ssl.SSLContext] = {}

    def context_for(self, identity: Identity) -> ssl.SSLContext:
        """Return the context of an identity.

        Raises:
            InvalidConfig: a certificate or key cannot be read.
        """
        with self._lock:
            context = self._made.get(identity)
            if context is None:
                context = self._made[identity] = make_context(identity, self._roots)
            return context


def make_context(identity: Identity, roots: Roots) -> ssl.SSLContext:
    """Make a client context: TLS 1.2 or newer, verifying unless the identity says otherwise.

    Raises:
        InvalidConfig: a certificate or key cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if identity.verify:
        _trust(context, identity, roots)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if identity.certificate and identity.key:
        _present(context, identity)
    return context


def _trust(context: ssl.SSLContext, identity: Identity, roots: Roots) -> None:
    if roots.file or roots.directories:
        _load_chosen(context, roots)
    else:
        load_system(context)
    for text in (*roots.extra, *identity.roots):
        if text.strip():
            _load_text(context, text)


def _load_text(context: ssl.SSLContext, text: str) -> None:
    try:
        context.load_verify_locations(cadata=text)
    except (ssl.SSLError, ValueError):
        raise InvalidConfig("***", "a root certificate is not PEM text") from None


def _load_chosen(context: ssl.SSLContext, roots: Roots) -> None:
    if roots.file:
        try:
            context.load_verify_locations(cafile=roots.file)
        except OSError:
            raise InvalidConfig(roots.file, "no root certificates can be read from this file") from None
    for directory in roots.directories:
        if _is_hashed(directory):
            context.load_verify_locations(capath=directory)
        else:
            _load_each(context, directory)


def _load_each(context: ssl.SSLContext, directory: str) -> None:
    # OpenSSL finds only hashed names; Go reads every file, and people point SSL_CERT_DIR at plain ones.
    with suppress(OSError):
        for name in sorted(os.listdir(directory)):
            with suppress(OSError):
                context.load_verify_locations(cafile=os.path.join(directory, name))


def load_system(context: ssl.SSLContext, directories: Sequence[str] | None = None, files: Sequence[str] | None = None) -> None:
    """Trust what the system trusts: a directory of hashed names, which is looked into when needed, or else a whole bundle."""
    built_in = ssl.get_default_verify_paths()
    for directory in (built_in.openssl_capath, *_DIRECTORIES) if directories is None else directories:
        if _is_hashed(directory):
            context.load_verify_locations(capath=directory)
            return
    for file in (built_in.openssl_cafile, *_FILES) if files is None else files:
        with suppress(OSError):
            context.load_verify_locations(cafile=file)
            return
    context.load_default_certs()


def _is_hashed(directory: str) -> bool:
    with suppress(OSError), os.scandir(directory) as entries:
        return any(_HASHED.fullmatch(entry.name) for entry in entries)
    return False


def _present(context: ssl.SSLContext, identity: Identity) -> None:
    def no_password() -> str:
        raise InvalidConfig("***", "the client key is encrypted, and there is no way to give its password")

    text = f"{identity.certificate.rstrip()}\n{identity.key.reveal().strip()}\n"
    with _as_file(text) as path:
        try:
            context.load_cert_chain(path, password=no_password)
        except (ssl.SSLError, OSError, ValueError):
            raise InvalidConfig("***", "the client certificate and key are not a pair of PEM texts") from None


@contextmanager
def _as_file(text: str) -> Iterator[str]:
    """Give OpenSSL, which reads keys only from files, a name for text that is gone when the block ends."""
    if not hasattr(os, "memfd_create"):
        with as_temporary_file(text) as path:
            yield path
        return
    descriptor = os.memfd_create("key")
    try:
        os.write(descriptor, text.encode())
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


@contextmanager
def as_temporary_file(text: str) -> Iterator[str]:
    """Put text into a file that only we can read, for systems without anonymous files."""
    import tempfile  # noqa: PLC0415 - slow to import, and only needed there
    from pathlib import Path  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "key")
        path.touch(0o600)
        path.write_text(text)
        yield str(path)
