from __future__ import annotations

import io
from pathlib import Path

import pytest

from regclient.cli.connect import exchange_log, only_layouts, open_client
from regclient.cli.logs import DEBUG, TRACE, WARN, Log
from regclient.hosts import TLS
from regclient.regctl.app import ROOT
from regclient.transport.trace import ExchangeRecord, unlogged
from tests.fakes.console import Console, call_of, written

MANIFEST = b'{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}'
RECORD = ExchangeRecord("h", "GET", "http://h/v2/", {"Accept": ("a", "b")}, 200, {"Date": ("now",)})


def logged(record: ExchangeRecord, level: int) -> str:
    out = io.BytesIO()
    exchange_log(Log(out, level=level))(record)
    return out.getvalue().decode()


def test_the_client_knows_the_hosts_of_the_line() -> None:
    with open_client(call_of(ROOT, "version", "--host", "reg=h:5000,tls=disabled")) as client:
        assert TLS.DISABLED is client.hosts.resolve("h:5000").tls
        assert TLS.ENABLED is client.hosts.resolve("other").tls


def test_an_exchange_is_a_line_of_the_trace() -> None:
    line = logged(RECORD, TRACE)

    assert 'level=DEBUG-4 msg="reg http request" req-method=GET req-url=http://h/v2/' in line
    assert "resp-status=200" in line
    assert "" == logged(RECORD, DEBUG)


def test_an_exchange_that_failed_is_told_when_debugging() -> None:
    failed = ExchangeRecord("h", "GET", "http://h/v2/", {}, error="connection refused")

    assert 'level=DEBUG msg="reg http request"' in logged(failed, DEBUG)
    assert 'err="connection refused"' in logged(failed, DEBUG)
    assert "" == logged(failed, WARN)


def test_nothing_is_written_down_for_a_log_that_wants_none_of_it() -> None:
    assert exchange_log(Log(io.BytesIO(), level=WARN)) is unlogged
    assert exchange_log(Log(io.BytesIO(), level=DEBUG)) is not unlogged


@pytest.mark.parametrize(
    "words",
    [
        ("tag", "ls", "ocidir://a"),
        ("image", "copy", "ocidir://a", "ocidir://b", "--format", "x/y"),
        ("blob", "get", "ocidir://a", "sha256:" + "0" * 64),
        ("artifact", "put", "ocidir://a", "--file", "x/y", "--artifact-type", "a/b", "--annotation", "c=d/e"),
        ("image", "copy", "ocidir://a", "ocidir://b", "--referrers-src", "ocidir://c"),
    ],
)
def test_a_line_of_layouts_reads_no_settings(words: tuple[str, ...], tmp_path: Path) -> None:
    call = call_of(ROOT, *words)
    call.environ = {"REGCTL_CONFIG": str(tmp_path)}

    assert only_layouts(call)
    open_client(call).close()
    assert "" == written(call.streams.err)


@pytest.mark.parametrize(
    "words",
    [
        ("tag", "ls", "a"),
        ("tag", "ls", "sha256:" + "0" * 64),
        ("image", "copy", "ocidir://a", "b"),
        ("image", "copy", "a", "ocidir://b"),
        ("image", "copy", "ocidir://a", "ocidir://b", "--referrers-src", "c"),
        ("version",),
    ],
)
def test_a_line_that_may_name_a_registry_reads_them(words: tuple[str, ...], tmp_path: Path) -> None:
    call = call_of(ROOT, *words)
    call.environ = {"REGCTL_CONFIG": str(tmp_path)}

    assert not only_layouts(call)
    open_client(call).close()
    assert "level=WARN" in written(call.streams.err)


def test_the_time_of_new_entries_comes_from_the_environment(tmp_path: Path) -> None:
    for environ, dated in (({"SOURCE_DATE_EPOCH": "0"}, True), ({}, False)):
        Console(ROOT)("manifest", "put", f"ocidir://{tmp_path}/{dated}:v1", stdin=MANIFEST, environ=environ)
        index = (tmp_path / str(dated) / "index.json").read_text()
        assert dated is ("1970-01-01T00:00:00Z" in index)
