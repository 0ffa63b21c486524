"""Helper programs are asked late, once, and again when their answer has run out."""

from __future__ import annotations

from regclient.errors import Denied
from regclient.events import Event, Planned, Warned
from regclient.hosts import ANONYMOUS, Credential, HostSettings
from regclient.kit.secret import Secret
from regclient.settings.credentials import DEFAULT_EXPIRY, RETRY_AFTER_FAILURE, Credentials
from tests.claims import claims
from tests.fakes.clock import FakeClock

LOGIN = Credential("ann", Secret("s3cret"))


class Helper:
    """A helper program that answers from a list: a login, or a refusal."""

    def __init__(self, *answers: Credential | Denied) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str]] = []

    def __call__(self, program: str, server: str) -> Credential:
        self.asked.append((program, server))
        answer = self.answers.pop(0)
        if isinstance(answer, Denied):
            raise answer
        return answer


@claims("HostSettings.user", "HostSettings.password", "HostSettings.token")
def test_a_login_in_the_settings_needs_no_helper() -> None:
    credentials = Credentials(Helper(), FakeClock())

    assert LOGIN == credentials(HostSettings("a", user="ann", password=Secret("s3cret")))
    assert Credential(token=Secret("t")) == credentials(HostSettings("a", token=Secret("t")))
    assert ANONYMOUS == credentials(HostSettings("a"))


@claims("HostSettings.cred_helper", "HostSettings.cred_host")
def test_a_helper_is_asked_by_the_name_it_knows_the_host_by() -> None:
    helper = Helper(LOGIN, LOGIN, LOGIN)
    credentials = Credentials(helper, FakeClock())

    credentials(HostSettings("a", cred_helper="h", cred_host="https://a/", hostname="real.a"))
    credentials(HostSettings("b", cred_helper="h", hostname="real.b"))
    credentials(HostSettings("c", cred_helper="h"))

    assert [("h", "https://a/"), ("h", "real.b"), ("h", "c")] == helper.asked


@claims("HostSettings.cred_expire")
def test_an_answer_is_kept_as_long_as_the_settings_say() -> None:
    clock, helper = FakeClock(), Helper(LOGIN, ANONYMOUS)
    credentials = Credentials(helper, clock)
    host = HostSettings("a", cred_helper="h", cred_expire=60.0)

    credentials(host)
    clock.advance(59)
    assert LOGIN == credentials(host)
    clock.advance(1)
    assert ANONYMOUS == credentials(host)


def test_without_a_setting_an_answer_is_kept_for_an_hour() -> None:
    clock, helper = FakeClock(), Helper(LOGIN, ANONYMOUS)
    credentials = Credentials(helper, clock)
    host = HostSettings("a", cred_helper="h")

    credentials(host)
    clock.advance(DEFAULT_EXPIRY - 1)
    credentials(host)

    assert 1 == len(helper.asked)


def test_a_helper_that_fails_is_asked_again_soon_and_its_last_answer_stays() -> None:
    told: list[Event | Planned | Warned] = []
    clock, helper = FakeClock(), Helper(LOGIN, Denied("a", "helper"), ANONYMOUS)
    credentials = Credentials(helper, clock, told.append)
    host = HostSettings("a", cred_helper="h", cred_expire=10.0)

    credentials(host)
    clock.advance(10)
    assert LOGIN == credentials(host)
    clock.advance(RETRY_AFTER_FAILURE)
    assert ANONYMOUS == credentials(host)
    assert [Warned("a denied access to helper")] == told
