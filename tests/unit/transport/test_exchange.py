from __future__ import annotations

from regclient.kit.secret import Secret
from regclient.transport.exchange import Broken, Identity, Trouble


def test_equal_identities_are_still_two() -> None:
    assert Identity() != Identity()


def test_an_identity_does_not_show_its_key() -> None:
    assert "hunter2" not in repr(Identity(key=Secret("hunter2")))


def test_a_certificate_is_left_out_for_strangers() -> None:
    anyone, known = Identity(), Identity(verify=False, roots=("r",), certificate="c", key=Secret("k"))

    assert anyone is anyone.without_certificate()
    stranger = known.without_certificate()
    assert (False, ("r",), "", Secret()) == (stranger.verify, stranger.roots, stranger.certificate, stranger.key)


def test_a_broken_exchange_says_why() -> None:
    assert "it broke" == str(Broken(Trouble.CUT, "it broke"))
