from __future__ import annotations

from regclient.transport.messages import Kind, Request


def test_a_request_is_a_query_that_only_its_host_may_answer() -> None:
    request = Request("registry.example", "GET")

    assert Kind.QUERY is request.kind
    assert (False, False, False) == (request.mirrors, request.quiet, request.external)
    assert frozenset() == request.accept
