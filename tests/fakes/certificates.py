"""A certificate for servers of tests on loopback, its own authority, with its key, which protects nothing.

Made by ``openssl ca -selfsign`` for the years 2020 to 2119, with a P-256 key and ``subjectAltName=IP:127.0.0.1,DNS:localhost``.
"""

from __future__ import annotations

import ssl
from pathlib import Path

CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBcTCCARegAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5yZWdpc3Ry
eSB0ZXN0czAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowGTEXMBUG
A1UEAwwOcmVnaXN0cnkgdGVzdHMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQU
cSIf/pAQKx9+/UFkXuF/l5VOx5ECmCl4XUAP+0IsL2sqw0Oa1HDVRMDi6lE59J4N
mT7yEAxeiNe9nPzXOYRMo04wTDAPBgNVHRMBAf8EBTADAQH/MBoGA1UdEQQTMBGH
BH8AAAGCCWxvY2FsaG9zdDAdBgNVHQ4EFgQUdLxsp+JhmuwdHsvuupZuIt4gxvAw
CgYIKoZIzj0EAwIDSAAwRQIgfh0qfZbGUPSI5HZcmpU9gIaEWCFByre93zw7zVeF
m0ECIQCpv6YwJbdOnx7u1zl9OC4b3fcfmBqeqWOO7CXHMsbSJg==
-----END CERTIFICATE-----
"""

KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgEdDMLy3v0btfeU6v
U6BF87fQP+krVVpMzvM8SeG4ID6hRANCAAQUcSIf/pAQKx9+/UFkXuF/l5VOx5EC
mCl4XUAP+0IsL2sqw0Oa1HDVRMDi6lE59J4NmT7yEAxeiNe9nPzXOYRM
-----END PRIVATE KEY-----
"""


def server_context(directory: Path) -> ssl.SSLContext:
    """Return what a server needs to speak TLS; the files it is read from go to ``directory``."""
    path = directory / "server.pem"
    path.write_text(CERTIFICATE + KEY)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def client_context() -> ssl.SSLContext:
    """Return what a client needs to trust that server, and no other."""
    return ssl.create_default_context(cadata=CERTIFICATE)
