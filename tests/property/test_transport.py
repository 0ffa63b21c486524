"""What registries say in headers: read or refused, whatever it is."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from regclient.errors import InvalidConfig
from regclient.transport.addresses import parse_url
from regclient.transport.auth.challenge import parse_challenges
from regclient.transport.links import parse_links


@given(st.text(alphabet='<>;,="\\ abrelnxt*', max_size=40))
def test_any_link_is_read_or_refused(value: str) -> None:
    with contextlib.suppress(InvalidConfig):
        parse_links((value,))


@given(st.text(alphabet='Bearer="\\, ab1/', max_size=40))
def test_any_challenge_is_read_or_refused(value: str) -> None:
    with contextlib.suppress(InvalidConfig):
        parse_challenges([value])


@given(st.text(max_size=60))
def test_any_location_resolves_or_is_refused(location: str) -> None:
    try:
        url = parse_url("https://r.example/v2/").join(location)
    except InvalidConfig:
        return
    assert url.target.isascii()
    assert url.target.isprintable()
    assert url == parse_url(str(url))
