"""One attempt of a request at one host: the letter, the login, and what came of it as an outcome to decide on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from regclient.errors import (
    Cancelled,
    RedirectRefused,
    RegistryClientError,
    RegistryFault,
    SizeMismatch,
    Unreachable,
    Unsupported,
)
from regclient.hosts import CredentialSource
from regclient.kit.secret import Secret
from regclient.model.headers import canonical, first
from regclient.transport.addresses import URL
from regclient.transport.auth.login import Login, LoginTools
from regclient.transport.bodies import Cargo
from regclient.transport.courier import Courier, Delivery, Letter
from regclient.transport.decide import Outcome, parse_date, parse_retry_after
from regclient.transport.exchange import Answer, Broken, Fields, Trouble
from regclient.transport.faults import fault_of, read_fault, read_limited
from regclient.transport.hostline import HostLine
from regclient.transport.journey import Journey, Leg
from regclient.transport.options import Surroundings
from regclient.transport.ranges import Rest, bytes_to_skip, range_from
from regclient.transport.replies import body_at_once, decoded

if TYPE_CHECKING:
    from regclient.transport.auth.tokens import TokenAnswer, TokenRequest

_FORM = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
_BLOCK = 256 * 1024
_TOKEN_SECONDS = 60.0


class Arrival(NamedTuple):
    """An answer the caller can have: its body whole, when it was small, or still on the connection."""

    answer: Answer
    url: URL
    body: bytes | None = None


class Mishap(NamedTuple):
    """An attempt that failed: the outcome to decide on, and the error it would be."""

    outcome: Outcome
    error: RegistryClientError


class _LoginFailed(Exception):
    """The login could not be had: told apart from failures of reading the body to send."""

    def __init__(self, cause: RegistryClientError | Broken) -> None:
        self.cause = cause
        super().__init__(str(cause))


class Attempts:
    """Makes attempts for one client; safe from many threads."""

    def __init__(self, courier: Courier, credentials: CredentialSource, around: Surroundings) -> None:
        self._courier = courier
        self._around = around
        self._credentials = credentials
        self._common: Fields = (("User-Agent", around.options.user_agent), ("Accept-Encoding", "identity"))

    def make(self, journey: Journey, leg: Leg, rest: Rest | None = None) -> Arrival | Mishap:
        """Ask one host once.

        Raises:
            Cancelled: the work was cancelled.
            RegistryClientError: the body to send could not be read.
        """
        request = journey.request
        if request.method == "HEAD" and not leg.line.has_head:
            return Mishap(Outcome(), Unsupported(f"HEAD requests are disabled for {leg.line.settings.name}"))
        login = leg.line.login_for(request.repository, self._credentials, self._tools)
        try:
            delivery = self._courier.carry(self._letter(journey, leg, rest), journey.cargo, _teller(journey, login))
            answer = decoded(delivery.answer, request.method, request.size)
            if answer is not delivery.answer:
                delivery = delivery._replace(answer=answer)
            return self._judge(journey, login, delivery, rest, self._around.clock.now())
        except _LoginFailed as failed:
            self._around.cancel.check()
            return self._without_login(journey, failed.cause)
        except Broken as broken:
            self._around.cancel.check()
            return self._broken(journey, broken)
        except RedirectRefused as refused:
            return Mishap(Outcome(repeatable=journey.cargo.can_send), refused)

    def _judge(self, journey: Journey, login: Login, delivery: Delivery, rest: Rest | None, now: float) -> Arrival | Mishap:
        request, answer = journey.request, delivery.answer
        status, headers = answer.status, answer.headers
        if 200 <= status < 300 and rest is not None:
            return self._rest(journey, delivery, rest)
        if 200 <= status < 300 or status in request.accept:
            announced = first(headers, "Content-Length")
            if request.size is not None and announced.isdecimal() and int(announced) != request.size and status == 200:
                answer.close()
                error = SizeMismatch(request.size, int(announced), f"{request.method} {delivery.url.shown()}")
                return Mishap(Outcome(status, wrong_size=True, repeatable=journey.cargo.can_send), error)
            return Arrival(answer, delivery.url, body_at_once(answer, request))
        repeatable = journey.cargo.can_send
        fault = fault_of(request, delivery.url.shown(), status, headers, read_fault(answer))
        if status == 401 and not request.external:
            renewed = self._renew(journey, login, delivery)
            return Mishap(Outcome(status, renewed=renewed, repeatable=repeatable), fault)
        retry_after = parse_retry_after(first(headers, "Retry-After"), now)
        if status != 429 and journey.cargo.is_long:
            repeatable = journey.cargo.is_worth_resending
        return Mishap(Outcome(status, retry_after=retry_after, repeatable=repeatable), fault)

    def _rest(self, journey: Journey, delivery: Delivery, rest: Rest) -> Arrival | Mishap:
        answer = delivery.answer
        skip = bytes_to_skip(answer.status, answer.headers, rest.offset, rest.total)
        if skip is None:
            answer.close()
            error = Unreachable(journey.request.host, f"asked for the body from byte {rest.offset}, got something else")
            return Mishap(Outcome(416), error)
        while skip:
            skipped = len(answer.read(min(skip, _BLOCK)))
            if not skipped:
                answer.close()
                raise Broken(Trouble.CUT, "the body ended before the part that was asked for")
            skip -= skipped
        return Arrival(answer, delivery.url)

    def _renew(self, journey: Journey, login: Login, delivery: Delivery) -> bool:
        journey.refuse(delivery.url, delivery.authorization)
        challenges = delivery.answer.headers.get("Www-Authenticate", ())
        try:
            journey.need = login.accept(delivery.url, challenges, journey.need, delivery.authorization)
        except RegistryClientError:
            return False
        return True

    def _without_login(self, journey: Journey, cause: RegistryClientError | Broken) -> Mishap:
        if isinstance(cause, Broken):
            return self._broken(journey, Broken(cause.trouble, f"its token service: {cause.reason}"))
        status = cause.status if isinstance(cause, RegistryFault) else 401
        return Mishap(Outcome(status, repeatable=journey.cargo.can_send), cause)

    def _broken(self, journey: Journey, broken: Broken) -> Mishap:
        error = Unreachable(journey.request.host, broken.reason)
        return Mishap(Outcome(trouble=broken.trouble, repeatable=journey.cargo.is_worth_resending), error)

    def _letter(self, journey: Journey, leg: Leg, rest: Rest | None) -> Letter:
        request, line = journey.request, leg.line
        headers = self._common
        if request.headers:
            names = {canonical(name) for name in request.headers}
            headers = (*(field for field in headers if field[0] not in names), *request.headers.items())
        if rest is not None:
            headers = (*headers, ("Range", range_from(rest.offset, rest.total)))
        identity = line.identity if leg.url.origin == line.origin.origin else line.identity.without_certificate()
        return Letter(request.host, request.method, leg.url, headers, identity, line.proxy, journey.deadline)

    def _tools(self, line: HostLine) -> LoginTools:
        def letter_to(url: URL, method: str = "GET", more: Fields = ()) -> Letter:
            follow = method == "GET"
            deadline = time.monotonic() + _TOKEN_SECONDS
            return Letter(
                line.settings.name, method, url, (*self._common, *more), line.identity, line.proxy, deadline, follow=follow
            )

        def ask(request: TokenRequest) -> TokenAnswer:
            from regclient.transport.auth.tokens import TokenAnswer  # noqa: PLC0415 - a door: most requests need no token

            origin = request.url.origin
            letter = letter_to(request.url, request.method, (_FORM,) if request.form else ())
            delivery = self._courier.carry(
                letter, Cargo(request.form), lambda url: request.authorization if url.origin == origin else Secret()
            )
            date = parse_date(first(delivery.answer.headers, "Date"))
            answer = decoded(delivery.answer, letter.method, None)
            return TokenAnswer(answer.status, read_limited(answer), date)

        def check(source: URL, realm: URL) -> None:
            self._courier.check(letter_to(source), realm)

        around = self._around
        return LoginTools(ask, check, around.clock, around.options.user_agent, around.warn)


def _teller(journey: Journey, login: Login) -> Callable[[URL], Secret]:
    def tell(url: URL) -> Secret:
        if journey.request.external:
            return Secret()
        try:
            value = login.authorization(url, journey.need)
        except Cancelled:
            raise
        except (RegistryClientError, Broken) as error:
            raise _LoginFailed(error) from None
        if not journey.may_try(url, value):
            raise _LoginFailed(journey.failure())
        return value

    return tell
