from __future__ import annotations

from regclient.cli.failures import NO_CERTIFICATE, PLAIN_ANSWERS, UNTRUSTED, Silent, printable, words_for
from regclient.errors import Denied, ManifestNotFound, NotAnImage, RateLimited, SideError, Unreachable
from tests.tables import table


def test_an_error_says_what_happened_to_what() -> None:
    assert "manifest v1 not found in r/a" == words_for(ManifestNotFound("v1", "r/a"))


@table("words", PLAIN_ANSWERS)
def test_a_server_without_tls_earns_a_hint(words: str) -> None:
    error = SideError("source", "h:5000/a", Unreachable("h:5000", f"TLS with h: {words}"))

    line, hint = words_for(error).split("\n")

    assert "source h:5000/a: cannot reach h:5000" in line
    assert "--host reg=h:5000,tls=disabled" in hint
    assert "regctl registry set --tls disabled h:5000" in hint


@table(("reasons", "flag"), [(NO_CERTIFICATE, "--client-cert"), (UNTRUSTED, "--cacert")])
def test_certificates_that_are_missing_earn_a_hint(reasons: tuple[str, ...], flag: str) -> None:
    for reason in reasons:
        _, hint = words_for(Unreachable("h:5000", f"TLS with h: {reason}")).split("\n")

        assert f"regctl registry set {flag}" in hint


def test_who_is_not_logged_in_is_told_how_to() -> None:
    assert "hint: log in with: regctl registry login h:5000" in words_for(Denied("h:5000/app", status=401))
    assert "hint" not in words_for(Denied("h:5000/app", status=403))


def test_other_network_trouble_has_no_hint() -> None:
    assert "cannot reach h: connection refused" == words_for(Unreachable("h", "connection refused"))


def test_a_rate_limit_says_what_to_try() -> None:
    assert "hint: wait" in words_for(RateLimited("h", 429, "GET /v2/"))


def test_an_artifact_in_place_of_an_image_says_how_to_see_it() -> None:
    assert "hint: the config of an artifact is shown by: regctl artifact get --config" in words_for(NotAnImage("x/y"))


def test_a_failure_that_was_told_says_nothing_more() -> None:
    assert "" == words_for(Silent())


def test_files_and_mistakes_of_ours_are_named() -> None:
    assert "No such file or directory: x" == words_for(FileNotFoundError(2, "No such file or directory", "x"))
    assert "internal error: KeyError: 'a' (please report this; -v debug shows where)" == words_for(KeyError("a"))


@table(("text", "shown"), [("a b é", "a b é"), ("a\x1b[2Jb", "a\\x1b[2Jb"), ("a\nb", "a\\nb"), ("\udcff", "\\udcff")])
def test_control_characters_are_shown_and_not_sent(text: str, shown: str) -> None:
    assert shown == printable(text)
