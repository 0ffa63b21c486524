"""Basic: user and password with every request (RFC 7617)."""

from __future__ import annotations

import base64
from collections.abc import Callable

from regclient.errors import InvalidConfig
from regclient.hosts import Credential
from regclient.kit.secret import Secret
from regclient.transport.auth.challenge import Challenge


class Basic:
    """The login of one server by user and password; nothing is sent before the server asked for it."""

    def __init__(self, credential: Callable[[], Credential]) -> None:
        self._credential = credential
        self._realm: str | None = None

    def accept(self, challenge: Challenge) -> bool:
        """Take note of a challenge; False when it is no news.

        Raises:
            InvalidConfig: the challenge has no realm.
        """
        realm = challenge.params.get("realm")
        if realm is None:
            raise InvalidConfig("WWW-Authenticate", "a Basic challenge needs a realm")
        news = self._realm is None
        self._realm = realm
        return news

    def authorization(self) -> Secret:
        """Return the value of ``Authorization``; empty without a challenge or without user and password."""
        if self._realm is None:
            return Secret()
        credential = self._credential()
        return basic_value(credential) if credential.user and credential.password else Secret()


def basic_value(credential: Credential) -> Secret:
    """Return what goes behind ``Authorization:`` for a user and a password."""
    text = f"{credential.user}:{credential.password.reveal()}"
    return Secret("Basic " + base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii"))
