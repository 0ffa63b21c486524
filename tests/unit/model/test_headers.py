from __future__ import annotations

from regclient.model.headers import NO_HEADERS, canonical, first, headers_of
from tests.tables import table


@table(
    ("name", "expected"),
    [
        ("docker-content-digest", "Docker-Content-Digest"),
        ("ETAG", "Etag"),
        ("x--y", "X--Y"),
        ("", ""),
        ("www-AUTHENTICATE", "Www-Authenticate"),
    ],
)
def test_names_have_one_canonical_form(name: str, expected: str) -> None:
    assert expected == canonical(name)


def test_values_of_one_name_are_collected_in_order() -> None:
    found = headers_of([("link", "a"), ("Date", "now"), ("LINK", "b")])

    assert {"Link": ("a", "b"), "Date": ("now",)} == found


def test_the_first_value_or_the_default() -> None:
    found = headers_of([("Link", "a"), ("Link", "b")])

    assert "a" == first(found, "Link")
    assert "" == first(NO_HEADERS, "Link")
    assert "none" == first(found, "Date", "none")
