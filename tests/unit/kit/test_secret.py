"""A secret does not show itself."""

from __future__ import annotations

from regclient.kit.secret import Secret


def test_no_usual_way_of_printing_shows_the_text() -> None:
    secret = Secret("hunter2")

    assert not any("hunter2" in text for text in (str(secret), repr(secret), f"{secret}", f"{[secret]}", "%s" % secret))  # noqa: UP031
    assert "hunter2" == secret.reveal()


def test_an_empty_secret_is_false_and_prints_nothing() -> None:
    assert not Secret()
    assert "" == str(Secret())
    assert Secret("x")


def test_secrets_compare_by_their_text() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert 1 == len({Secret("a"), Secret("a")})
