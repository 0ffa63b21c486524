"""What a client may choose about the wire, as one value.

Nothing in here is particular to one host: that is ``hosts.py``. Nothing reads the environment either: the front door looks up
proxies and certificate paths and hands them in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from regclient.cancel import Cancel
from regclient.clock import Clock
from regclient.hosts import HostSettings
from regclient.transport.proxies import DIRECT, ProxyRules
from regclient.transport.trace import ExchangeLog, unlogged
from regclient.version import __version__

CertificateSource = Callable[[HostSettings], Sequence[str]]
"""Finds further root certificates of a host (Docker's certificate directories), as PEM texts; asked once per host."""


def chance() -> float:
    """Draw a number from 0 up to 1, without the time that importing :mod:`random` takes."""
    return int.from_bytes(os.urandom(4), "big") / 2**32


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds after which we stop waiting; 0 waits for ever.

    ``connect`` covers one connection with its TLS handshake, ``answer`` the wait for the first byte of an answer (a registry
    may copy a large blob before it answers), ``idle`` a transfer that (nearly) stands still, ``total`` a whole request with
    its body.
    """

    connect: float = 30.0
    answer: float = 300.0
    idle: float = 60.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and how patiently a request is tried again: ``limit`` attempts after the first, delays in seconds.

    The delay doubles from ``first`` to at most ``longest``. ``patience`` is the longest ``Retry-After`` we sit out; a registry
    that asks for more is answered with an error.
    """

    limit: int = 5
    first: float = 0.2
    longest: float = 30.0
    patience: float = 300.0


@dataclass(frozen=True, slots=True)
class Roots:
    """Where trust starts.

    ``file`` and ``directories`` stand for the system's own when set (``SSL_CERT_FILE``, ``SSL_CERT_DIR``);
    ``extra`` are PEM texts trusted in addition, for every host.
    """

    file: str = ""
    directories: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WireOptions:
    """The choices of one client; the defaults suit a program that was told nothing.

    ``log`` is told of every exchange. ``jitter`` draws the chance part of delays, a number from 0 up to 1.
    """

    user_agent: str = f"regclient/regclient-python ({__version__})"
    timeouts: Timeouts = field(default_factory=Timeouts)
    retries: Retries = field(default_factory=Retries)
    proxies: ProxyRules = DIRECT
    roots: Roots = field(default_factory=Roots)
    certificates: CertificateSource | None = None
    log: ExchangeLog = unlogged
    jitter: Callable[[], float] = chance


class Surroundings(NamedTuple):
    """What surrounds everything on the wire of one client: its options, its time, its end, and who hears its warnings."""

    options: WireOptions
    clock: Clock
    cancel: Cancel
    warn: Callable[[str], None]
