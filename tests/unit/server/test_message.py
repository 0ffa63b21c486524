"""Requests and answers as values."""

from __future__ import annotations

import io

from regclient.server.message import Content, ServerRequest, ServerResponse


def test_parameters_are_found_by_name() -> None:
    request = ServerRequest("GET", "/v2/", io.BytesIO(), (("tag", "1"), ("n", ""), ("tag", "2")))

    assert "1" == request.parameter("tag")
    assert "" == request.parameter("n")
    assert request.parameter("last") is None
    assert ("1", "2") == request.parameters("tag")


def test_closing_an_answer_closes_its_content() -> None:
    stream = io.BytesIO(b"x")

    ServerResponse(200, [], Content(stream, 1, close=stream.close)).close()
    ServerResponse(200, [], b"x").close()

    assert stream.closed


def test_headers_are_found_by_name() -> None:
    assert "b" == ServerResponse(200, [("A-B", "b"), ("A-B", "c")]).header("a-b")
    assert ServerResponse(200).header("A") is None
