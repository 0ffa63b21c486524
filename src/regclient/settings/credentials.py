"""Which login for which host, and until when.

A login in the settings is used as it is; a helper program is run when a challenge first asks, and its answer kept for as long
as the settings say. A helper that fails is asked again a little later, and what it said before stays good until then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from regclient.clock import Clock
from regclient.errors import Denied, InvalidConfig
from regclient.hosts import Credential, HostSettings, login_of
from regclient.observer import Observer, silent

DEFAULT_EXPIRY = 3600.0
RETRY_AFTER_FAILURE = 5.0

AskHelper = Callable[[str, str], Credential]
"""Asks a helper program (its name) for the login of a server (its name)."""


class _Answer(NamedTuple):
    credential: Credential
    until: float


class Credentials:
    """A credential source over settings and helpers; one per client, safe from many threads.

    Each helper is asked at most once at a time per host, so that a helper which asks its user does not ask twice.
    """

    def __init__(self, ask: AskHelper, clock: Clock, observer: Observer = silent) -> None:
        self._ask = ask
        self._clock = clock
        self._observer = observer
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._answers: dict[str, _Answer] = {}

    def __call__(self, settings: HostSettings) -> Credential:
        """Return the login of a host, :data:`~regclient.hosts.ANONYMOUS` when there is none."""
        if not settings.cred_helper:
            return login_of(settings)
        with self._lock:
            lock = self._locks.setdefault(settings.name, threading.Lock())
        with lock:
            answer = self._answers.get(settings.name)
            if answer is None or answer.until <= self._clock.monotonic():
                answer = self._answers[settings.name] = self._asked(settings, answer)
            return answer.credential

    def _asked(self, settings: HostSettings, before: _Answer | None) -> _Answer:
        server = settings.cred_host or settings.hostname or settings.name
        try:
            credential, lasts = self._ask(settings.cred_helper, server), settings.cred_expire or DEFAULT_EXPIRY
        except (Denied, InvalidConfig) as error:
            from regclient.events import Warned  # noqa: PLC0415 - a door: most helpers answer

            self._observer(Warned(str(error)))
            credential, lasts = before.credential if before else login_of(settings), RETRY_AFTER_FAILURE
        return _Answer(credential, self._clock.monotonic() + lasts)
