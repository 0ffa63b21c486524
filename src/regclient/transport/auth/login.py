"""The logins of one host entry: which scheme each server it leads us to asked for, and who gets the credential.

The credential goes to the host that the settings name, over the scheme they say, and to the token service that host names; any
other server (an upload host, a redirect's target) is anonymous.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from regclient.clock import Clock
from regclient.errors import Denied, InvalidConfig
from regclient.hosts import ANONYMOUS, Credential
from regclient.kit.secret import Secret
from regclient.transport.addresses import URL
from regclient.transport.auth.scope import Need

if TYPE_CHECKING:
    from regclient.transport.auth.basic import Basic
    from regclient.transport.auth.bearer import Bearer
    from regclient.transport.auth.tokens import Ask

Check = Callable[[URL, URL], None]

_NOTHING = Secret()


class LoginTools(NamedTuple):
    """What logins are made with: how to ask a token service, the clock, our name, and where warnings go.

    ``check`` refuses the address of a token service (second) that the server (first) should not be able to send us to.
    """

    ask: Ask
    check: Check
    clock: Clock
    client_id: str
    warn: Callable[[str], None]


class _Schemes(NamedTuple):
    basic: Basic
    bearer: Bearer


class Login:
    """The logins of one host entry (of one repository of it, with ``repo_auth``); safe from many threads."""

    def __init__(
        self, host: str, origin: tuple[str, str, int], credential: Callable[[], Credential], tools: LoginTools
    ) -> None:
        self._host = host
        self._origin = origin
        self._credential = credential
        self._tools = tools
        self._lock = threading.Lock()
        self._servers: dict[tuple[str, str, int], _Schemes] = {}

    def authorization(self, url: URL, need: Need) -> Secret:
        """Return the value of ``Authorization`` for a request to ``url``; empty before that server asked for one.

        Raises:
            Denied, RegistryFault, Broken: the token service refuses, or cannot be asked.
        """
        schemes = self._servers.get(url.origin) if self._servers else None
        if schemes is None:
            return _NOTHING
        return schemes.basic.authorization() or schemes.bearer.authorization(need)

    def accept(self, url: URL, challenges: tuple[str, ...], need: Need, refused: Secret) -> Need:
        """Take note of the ``WWW-Authenticate`` values of a 401; return what the request needs now.

        Raises:
            Denied: there is no challenge we can answer.
            RedirectRefused: the token service is at an address we do not go to.
        """
        from regclient.transport.auth.challenge import parse_challenges  # noqa: PLC0415 - a door: most requests need no login

        try:
            parsed = parse_challenges(challenges)
            schemes = self._schemes_for(url)
            known = False
            for challenge in parsed:
                if challenge.scheme == "basic":
                    schemes.basic.accept(challenge)
                    known = True
                elif challenge.scheme == "bearer":
                    check = self._check_from(url)
                    need = schemes.bearer.accept(challenge, url, need, refused, check)
                    known = True
        except InvalidConfig as error:
            raise Denied(self._host, f"{url.authority}, {error}", status=401) from None
        if not known:
            raise Denied(self._host, f"{url.authority}, which offers no login we know", status=401)
        return need

    def _schemes_for(self, url: URL) -> _Schemes:
        with self._lock:
            schemes = self._servers.get(url.origin)
            if schemes is None:
                from regclient.transport.auth.basic import Basic  # noqa: PLC0415 - a door, as above
                from regclient.transport.auth.bearer import Bearer  # noqa: PLC0415
                from regclient.transport.auth.tokens import TokenSource  # noqa: PLC0415

                credential = self._credential if url.origin == self._origin else _anonymous
                tools = self._tools
                source = TokenSource(self._host, tools.ask, credential, clock=tools.clock, client_id=tools.client_id)
                schemes = _Schemes(Basic(credential), Bearer(source, tools.clock, tools.warn))
                self._servers[url.origin] = schemes
            return schemes

    def _check_from(self, url: URL) -> Callable[[URL], None]:
        return lambda realm: self._tools.check(url, realm)


def _anonymous() -> Credential:
    return ANONYMOUS
