"""The table of endpoints, read-only registries, warnings, and requests nobody meant."""

from __future__ import annotations

from regclient.model.digest import Digest
from regclient.server.exchange import Policy
from tests.fakes import images
from tests.fakes.asking import Asker
from tests.tables import table

DIGEST = Digest.of(b"x")


@table(
    ("method", "address", "allowed"),
    [
        ("PUT", "", "GET, HEAD"),
        ("DELETE", "_catalog", "GET, HEAD"),
        ("POST", "a/manifests/latest", "GET, HEAD, PUT, DELETE"),
        ("PUT", f"a/blobs/{DIGEST}", "GET, HEAD, DELETE"),
        ("GET", "a/blobs/uploads/", "POST"),
        ("OPTIONS", "a/blobs/uploads/x", "GET, PATCH, PUT, DELETE"),
        ("DELETE", f"a/referrers/{DIGEST}", "GET, HEAD"),
    ],
)
def test_other_methods_are_not_allowed(method: str, address: str, allowed: str) -> None:
    answer = Asker().ask(method, address)

    assert (405, "UNSUPPORTED", allowed) == (answer.status, answer.code, answer.headers["Allow"])


@table(
    ("method", "address"),
    [
        ("PUT", "a/manifests/latest"),
        ("DELETE", "a/manifests/latest"),
        ("DELETE", f"a/blobs/{DIGEST}"),
        ("POST", "a/blobs/uploads/"),
        ("POST", f"a/blobs/uploads/?mount={DIGEST}&from=b"),
        ("PATCH", "a/blobs/uploads/x"),
        ("PUT", f"a/blobs/uploads/x?digest={DIGEST}"),
        ("DELETE", "a/blobs/uploads/x"),
    ],
)
def test_a_read_only_registry_takes_nothing(method: str, address: str) -> None:
    asker = Asker(Policy(read_only=True))
    manifest = images.image(asker.store.create("a"))

    answer = asker.ask(method, address, b"{}")

    assert (405, "DENIED") == (answer.status, answer.code)
    assert manifest.raw == asker.ask("GET", "a/manifests/latest").body


def test_a_read_only_registry_can_be_read() -> None:
    asker = Asker(Policy(read_only=True))
    manifest = images.image(asker.store.create("a"))

    addresses = ["", "_catalog", "a/tags/list", "a/manifests/latest", f"a/blobs/{manifest.config.digest}"]
    assert [200] * 5 == [asker.ask("GET", address).status for address in addresses]


def test_warnings_go_with_every_answer() -> None:
    asker = Asker(Policy(warnings=('mind the "gap"\r\n', "ü")))
    request_headers = asker.handler._warnings

    assert (("Warning", '299 - "mind the  gap   "'), ("Warning", '299 - "ü"')) == request_headers
    assert "Warning" in asker.ask("GET", "a/tags/list").headers
    assert "Warning" not in Asker().ask("GET", "").headers


def test_warnings_stay_within_their_limit() -> None:
    asker = Asker(Policy(warnings=("a" * 3000, "b" * 3000)))

    assert 1 == len(asker.handler._warnings)


def test_closing_the_handler_ends_uploads() -> None:
    asker = Asker()
    place = asker.ask("POST", "a/blobs/uploads/").headers["Location"]

    asker.handler.close()

    assert 404 == asker.ask("GET", place).status
