from __future__ import annotations

import io

from regclient.cli.connect import exchange_log, open_client
from regclient.cli.logs import DEBUG, TRACE, WARN, Log
from regclient.hosts import TLS
from regclient.regctl.app import ROOT
from regclient.transport.trace import ExchangeRecord
from tests.fakes.console import call_of

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
