from __future__ import annotations

import pytest

from regclient.errors import InvalidConfig
from regclient.hosts import ANONYMOUS, Credential
from regclient.kit.secret import Secret
from regclient.transport.auth.basic import Basic
from regclient.transport.auth.challenge import Challenge
from tests.tables import table

KNOWN = Credential("Aladdin", Secret("open sesame"))


def test_nothing_is_sent_before_a_challenge() -> None:
    assert not Basic(lambda: KNOWN).authorization()


def test_user_and_password_answer_a_challenge() -> None:
    basic = Basic(lambda: KNOWN)

    assert basic.accept(Challenge("basic", {"realm": "x"}))
    assert "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" == basic.authorization().reveal()
    assert "sesame" not in repr(basic.authorization())


@table("credential", [ANONYMOUS, Credential("user"), Credential("", Secret("x")), Credential(token=Secret("t"))])
def test_half_a_login_is_not_sent(credential: Credential) -> None:
    basic = Basic(lambda: credential)
    basic.accept(Challenge("basic", {"realm": "x"}))

    assert not basic.authorization()


def test_the_same_challenge_again_is_no_news() -> None:
    basic = Basic(lambda: KNOWN)
    basic.accept(Challenge("basic", {"realm": "x"}))

    assert not basic.accept(Challenge("basic", {"realm": "x"}))


def test_a_challenge_without_a_realm_is_refused() -> None:
    with pytest.raises(InvalidConfig):
        Basic(lambda: KNOWN).accept(Challenge("basic"))


def test_bytes_of_the_command_line_that_are_no_text_are_sent_as_they_came() -> None:
    basic = Basic(lambda: Credential("u", Secret("\udcff")))
    basic.accept(Challenge("basic", {"realm": "x"}))

    assert "Basic dTr/" == basic.authorization().reveal()
