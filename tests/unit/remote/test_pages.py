"""Lists in pages, and their end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from regclient.errors import RegistryFault, RepositoryNotFound, SizeLimitExceeded, UnsupportedMediaType
from regclient.model.reference import Reference
from regclient.remote import pages
from regclient.remote.pages import IDLE_PAGES, LIST_TYPES, Page, pages_of
from regclient.remote.wire import Wire
from tests.fakes.script import Answer, ScriptedTransport
from tests.tables import table

LIST = "https://registry.example/v2/team/app/list"


def page(body: bytes = b"x", link: str = "", media_type: str = "application/json") -> Answer:
    headers = {"Content-Type": media_type} | ({"Link": f'<{link}>; rel="next"'} if link else {})
    return Answer(200, headers, body)


def collect(*script: tuple[str, Answer], new: bool = True, total: int = pages.TOTAL_LIMIT) -> list[Page]:
    transport = ScriptedTransport(*script)
    wire = Wire(transport, Reference.parse("registry.example/team/app").repository_only())
    found: list[Page] = []
    opening = wire.request("GET", "list")
    missing = RepositoryNotFound("it")

    def held() -> int:
        return len(found) if new else 0

    found.extend(pages_of(wire, opening, types=LIST_TYPES, held=held, missing=missing, total=total))
    transport.end()
    return found


def test_pages_are_followed_to_the_one_without_a_link() -> None:
    found = collect(
        ("GET list", page(b"1", "/v2/team/app/list?last=1")),
        (f"GET {LIST}?last=1", page(b"2", "list?last=2")),
        (f"GET {LIST}?last=2", page(b"3")),
    )

    assert [b"1", b"2", b"3"] == [one.raw for one in found]
    assert [f"{LIST}", f"{LIST}?last=1", f"{LIST}?last=2"] == [one.url for one in found]


def test_a_following_page_is_asked_of_the_registry_itself_and_with_patience() -> None:
    transport = ScriptedTransport(("GET list", page(b"1", "list?last=1")), (f"GET {LIST}?last=1", page(b"2")))
    wire = Wire(transport, Reference.parse("registry.example/team/app").repository_only())
    opening = replace(wire.request("GET", "list"), quiet=True, mirrors=True)
    assert 2 == len(list(pages_of(wire, opening, types=LIST_TYPES, held=lambda: 0)))

    assert [(True, True), (False, False)] == [(sent.request.mirrors, sent.request.quiet) for sent in transport.sent]


def test_a_caller_that_has_enough_asks_for_no_more() -> None:
    transport = ScriptedTransport(("GET list", page(b"1", "list?last=1")))
    wire = Wire(transport, Reference.parse("registry.example/team/app").repository_only())
    first = next(pages_of(wire, wire.request("GET", "list"), types=LIST_TYPES, held=lambda: 0))
    transport.end()

    assert b"1" == first.raw


@table("link", ["list", "list?last=1"])
def test_links_in_a_circle_are_a_fault(link: str) -> None:
    script = [("GET list", page(b"1", "list?last=1")), (f"GET {LIST}?last=1", page(b"2", link))]

    with pytest.raises(RegistryFault, match="do not come to an end"):
        collect(*script)


def test_pages_that_bring_nothing_new_are_a_fault_after_a_while() -> None:
    script = [("GET list", page(link="list?page=0"))]
    script += [(f"GET {LIST}?page={number}", page(link=f"list?page={number + 1}")) for number in range(IDLE_PAGES)]

    with pytest.raises(RegistryFault, match="do not come to an end"):
        collect(*script, new=False)


def test_a_list_without_end_is_refused() -> None:
    script = [("GET list", page(b"12345", "list?page=0")), (f"GET {LIST}?page=0", page(b"123456", "list?page=1"))]

    with pytest.raises(SizeLimitExceeded, match="the list is larger than the limit of 10 bytes"):
        collect(*script, total=10)


def test_a_page_that_is_too_large_is_refused() -> None:
    with pytest.raises(SizeLimitExceeded, match="a page of the list"):
        collect(("GET list", Answer(200, {"Content-Length": str(pages.PAGE_LIMIT + 1)})))


@table("media_type", ["application/json", "text/plain", "", "Application/JSON; charset=utf-8"])
def test_lists_come_as_json_as_text_or_unnamed(media_type: str) -> None:
    assert 1 == len(collect(("GET list", page(media_type=media_type))))


def test_another_content_type_is_refused() -> None:
    with pytest.raises(UnsupportedMediaType, match="text/html"):
        collect(("GET list", page(media_type="text/html")))


def test_what_is_missing_is_named_on_every_page() -> None:
    with pytest.raises(RepositoryNotFound):
        collect(("GET list", page(b"1", "list?last=1")), (f"GET {LIST}?last=1", Answer(404)))
