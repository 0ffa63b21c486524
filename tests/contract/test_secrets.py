"""Nothing we say holds a secret: every exchange that is recorded, every error with its chain, every repr and every log line.

The operations succeed, are refused, break off and are sent elsewhere; with each login there is, and a proxy that wants one too.
"""

from __future__ import annotations

import base64
import json
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

import pytest

from regclient.errors import RegistryClientError
from regclient.hosts import HostSettings, merge
from regclient.kit.secret import Secret
from regclient.transport.options import WireOptions
from regclient.transport.proxies import rules_from
from tests.fakes.bench import Bench, bench_of, single
from tests.fakes.faults import FaultRule
from tests.fakes.home import Home
from tests.fakes.registry import FakeRegistry

USER, PASSWORD, IDENTITY = "ann", "pässw0rd/of+ann", "1dentity-t0ken"
SIGNATURE = "s1gn%2Bature"
PROXY_PASSWORD = "pr0xy:pässw0rd"
KEY = "-----BEGIN PRIVATE KEY-----\nk3y-m4terial\n-----END PRIVATE KEY-----\n"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode().rstrip("=")


SECRETS = (
    *(PASSWORD, quote(PASSWORD, safe=""), _base64(f"{USER}:{PASSWORD}"), _base64(PASSWORD)),
    *(IDENTITY, SIGNATURE, "k3y-m4terial"),
    *(PROXY_PASSWORD, quote(PROXY_PASSWORD, safe=""), _base64(f"pr0xy-user:{PROXY_PASSWORD}")),
)
TOKENS = re.compile(r"token-\d")


def leaked(text: str) -> list[str]:
    """Return the secrets a text holds, also where it is JSON or a repr that writes characters as escapes."""
    plain = text + text.encode().decode("unicode_escape", "replace")
    return [secret for secret in SECRETS if secret in plain] + TOKENS.findall(plain)


@dataclass
class Told:
    """Everything the library said."""

    texts: list[str] = field(default_factory=list)
    failures: int = 0

    def run(self, work: Callable[[], object]) -> None:
        """Do something, and keep what it says, be it a result or an error with everything behind it."""
        try:
            self.texts.append(repr(work()))
        except RegistryClientError as error:
            self.failures += 1
            self.texts += [str(error), repr(error), repr(vars(error)), "".join(traceback.format_exception(error))]


@contextmanager
def secretive(place: Path, scheme: str, login: HostSettings, wire: WireOptions | None = None) -> Iterator[Bench]:
    """Serve a registry behind a login and another one, with an image on each."""
    with bench_of(place, names=("src", "other"), settings={"src": login}, wire=wire) as bench:
        for registry in bench.registries.values():
            single(registry.repository("app"))
        door = bench.src.require(scheme, USER, PASSWORD)
        door.refresh = IDENTITY
        yield bench


PASSWORD_LOGIN = HostSettings("", user=USER, password=Secret(PASSWORD), client_key=Secret(KEY))
TOKEN_LOGIN = HostSettings("", token=Secret(IDENTITY))
LOGINS = [("basic", PASSWORD_LOGIN), ("bearer", PASSWORD_LOGIN), ("bearer", TOKEN_LOGIN)]


def sign(bench: Bench, path: str = "blobs/") -> str:
    """Return a signed address on the other registry."""
    layer = bench.src.repository("app").get_manifest("latest").layers[0]  # type: ignore[attr-defined]
    return f"http://{bench.hosts['other']}/v2/app/{path}{layer.digest}?X-Amz-Signature={SIGNATURE}"


def everything(bench: Bench, told: Told) -> None:
    """Do what works, what does not, and what breaks in the middle."""
    client, host = bench.client, bench.hosts["src"]
    repository = client.repository(bench.source)
    told.run(lambda: bench.copy(bench.layout))
    told.run(lambda: client.manifest(f"{host}/app:missing"))
    told.run(lambda: client.copy(bench.layout, f"{host}/pushed:v1"))
    told.run(lambda: client.ping(bench.source))
    told.run(repository.tags)
    told.run(lambda: client.registry(host).repositories())
    redirect = {"Location": sign(bench)}
    faults = [
        FaultRule("GET", "blobs/", times=None, status=307, headers=redirect),
        FaultRule(
            "GET", "manifests/", times=None, status=302, headers={"Location": f"ftp://{USER}:{PROXY_PASSWORD}@x/?{SIGNATURE}"}
        ),
        FaultRule("POST", "uploads", times=None, status=500, headers={"Set-Cookie": f"session={SIGNATURE}"}),
        FaultRule("GET", "tags/", times=None, hang_up=True),
        FaultRule("GET", "^/token", times=None, status=400),
        FaultRule("POST", "^/token", times=None, hang_up=True),
        FaultRule("", "^/v2/", times=None, status=401, headers={"WWW-Authenticate": "Bearer realm="}),
    ]
    for elsewhere in (None, FaultRule(times=None, status=403), FaultRule(times=None, hang_up=True)):
        if elsewhere is not None:
            bench.registries["other"].fault(elsewhere)
        for rule in faults:
            bench.src.fault(rule).times = None
            for number, work in enumerate(
                (
                    lambda: bench.copy(f"ocidir://{bench.place}/again"),
                    lambda: client.copy(bench.layout, f"{host}/pushed:v2"),
                    lambda: client.repository(bench.source).tags(),
                    lambda: client.referrers(bench.source),
                )
            ):
                told.texts.append(f"{rule.path} {number}")
                told.run(work)
            rule.times = 0
            bench.src.door.forget()  # type: ignore[union-attr]
    told.texts += [repr(record) for record in bench.records]
    told.texts += [repr(event) + str(event) for event in bench.events]
    told.texts += [repr(client), repr(list(client.hosts))]


@pytest.mark.parametrize(("scheme", "login"), LOGINS, ids=["basic", "bearer", "identity token"])
def test_no_record_error_or_repr_holds_a_secret(tmp_path: Path, scheme: str, login: HostSettings) -> None:
    told = Told()
    with secretive(tmp_path, scheme, login) as bench:
        everything(bench, told)
        sent = repr([request.headers.get("Authorization") for request in bench.src.requests])

    assert told.failures > 15
    assert "***" in repr(told.texts)
    assert [] != leaked(sent)
    assert [] == [(text[:300], leaked(text)) for text in told.texts if leaked(text)]


@pytest.mark.parametrize("status", [0, 407])
def test_the_login_of_a_proxy_is_said_to_nobody_else(tmp_path: Path, status: int) -> None:
    proxy = FakeRegistry("proxy")
    single(proxy.repository("app"))
    told = Told()
    proxy.fault(FaultRule(times=None, status=status, headers={"Proxy-Authenticate": "Basic"}))
    with proxy.serve() as address:
        text = f"http://pr0xy-user:{quote(PROXY_PASSWORD, safe='')}@{address}"
        settings = replace(PASSWORD_LOGIN, proxy=text)
        wire = WireOptions(proxies=rules_from({"HTTPS_PROXY": text}))
        with secretive(tmp_path, "basic", settings, wire) as bench:
            told.run(lambda: bench.copy(bench.layout))
            told.texts += [repr(record) for record in bench.records] + [repr(list(bench.client.hosts)), repr(wire)]
            told.texts += [str(change) + repr(change) for change in merge(settings, replace(settings, proxy=f"{text}/x"))[1]]
        sent = repr([request.headers.get("Proxy-Authorization") for request in proxy.requests])

    assert bool(status) == bool(told.failures)
    assert [] != leaked(sent)
    assert [] == [(text[:300], leaked(text)) for text in told.texts if leaked(text)]


LINES = [
    "image copy {src} {layout}",
    "image copy {src} {src}-copied",
    "image digest {src}",
    "manifest get {src}",
    "manifest get {host}/app:missing",
    "tag ls {host}/app",
    "repo ls {host}",
    "image digest --host reg={host},user=ann,pass=wr0ng-{password},tls=disabled {src}",
    "image digest --host nonsense={password}",
    "registry login {host} -u ann -p {password}",
    "registry login {host} -u ann -p wr0ng-{password}",
    "registry config",
    "registry config {host}",
    "registry whoami {host}",
    "registry set {host} --proxy http://pr0xy-user:{proxy}@{other} --skip-check",
    "image digest {src}",
    "registry config {host}",
    "registry set {host} --proxy ftp://pr0xy-user:{proxy}@{other} --skip-check",
    "image digest {src}",
    "registry logout {host}",
]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("scheme", ["basic", "bearer"])
def test_no_line_of_the_program_holds_a_secret(tmp_path: Path, scheme: str, form: str) -> None:
    home = Home(tmp_path, {"HTTPS_PROXY": f"http://pr0xy-user:{quote(PROXY_PASSWORD, safe='')}@127.0.0.1:1"})
    said: dict[str, str] = {}
    with secretive(tmp_path, scheme, PASSWORD_LOGIN) as bench:
        host = bench.hosts["src"]
        auth = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        (tmp_path / ".docker").mkdir()
        (tmp_path / ".docker" / "config.json").write_text(json.dumps({"auths": {host: {"auth": auth}}}))
        home.store(hosts={host: {"tls": "disabled", "user": USER, "pass": PASSWORD}})
        bench.src.fault(FaultRule("GET", "blobs/", times=None, status=307, headers={"Location": sign(bench)}))
        options = ("-v", "trace", *(("--logopt", "json") if form == "json" else ()))
        # As a proxy the other registry refuses; what is retried would wait for real here.
        bench.registries["other"].fault(FaultRule(path="manifests/", times=None, status=407))
        values = {"src": bench.source, "host": host, "layout": bench.layout, "other": bench.hosts["other"]}
        values |= {"password": PASSWORD, "proxy": quote(PROXY_PASSWORD)}
        for number, line in enumerate(LINES):
            ended = home(*line.format(**values).split(), *options)
            said[f"{number} {line}"] = ended.out + ended.err

    assert "***" in said[f"0 {LINES[0]}"]
    assert "reg http request" in said[f"0 {LINES[0]}"]
    assert {} == {line: leaked(text) for line, text in said.items() if leaked(text)}
