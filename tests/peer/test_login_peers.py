"""Logins end to end against registries that others wrote: passwords over TLS, client certificates, helpers and token services.

Every command runs with ``-v trace``, and nothing it prints may hold a password, a token or a key of the test.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from regclient.client import Client
from regclient.errors import Denied, RegistryClientError, Unreachable
from regclient.hosts import TLS, HostSettings
from regclient.kit.secret import Secret
from regclient.server.server import Server
from regclient.server.store import MemoryStore
from regclient.settings.environment import Surroundings, gather
from regclient.transport.options import WireOptions
from tests.fakes.clock import FakeClock
from tests.fakes.console import Ended
from tests.fakes.home import Home
from tests.fakes.jwt import FIXTURES, ISSUER, SERVICE, TokenService
from tests.peer.servers import DEBIAN, DISTRIBUTION, Kind, proxy_server, registry_server
from tests.programs.places import go_program
from tests.programs.world import Layout, write_layout

pytestmark = pytest.mark.peer

USER, PASSWORD, IDENTITY = "ann", "hunter2-secret", "identity-hunter3"
PROXY_PASSWORD = "tunnel-secret"
# bcrypt with the least work, of the password above: what `htpasswd -B` writes.
HTPASSWD = "ann:$2b$05$abcdefghijklmnopqrstuuco6HW5qgMYWmvqwt2HG533btIvodevS\n"
AUTHORITY = (FIXTURES / "ca.crt").read_text()
CLIENT_CERT, CLIENT_KEY = (FIXTURES / "client.crt").read_text(), (FIXTURES / "client.key").read_text()
TLS_FILES = f"  tls:\n    certificate: {FIXTURES / 'server.crt'}\n    key: {FIXTURES / 'server.key'}\n"
Serve = Callable[[str], AbstractContextManager[str]]
"""Runs a registry with more YAML in its configuration and gives its address."""


@dataclass
class Person:
    """Somebody with a home and a layout to copy from, who reads everything that is printed."""

    home: Home
    source: Layout
    secrets: list[str] = field(default_factory=list)

    def __call__(self, *words: str, stdin: bytes = b"") -> Ended:
        """Run a command line as chatty as can be; none of the secrets may come out."""
        ended = self.home("-v", "trace", *words, stdin=stdin)
        self.sees_nothing_secret(ended.out + ended.err)
        return ended

    def sees_nothing_secret(self, text: str) -> None:
        """Fail when a text holds a secret, plain or as a basic login."""
        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        assert [] == [secret for secret in (PASSWORD, IDENTITY, CLIENT_KEY, basic, *self.secrets) if secret in text]

    def copies(self, host: str) -> None:
        """Copy an image there, within, and back; it is the same all the way."""
        digest = self.source.digests["multi"]
        there, within, back = f"{host}/team/app:v1", f"{host}/other:v1", f"ocidir://{self.home.folder}/back:v1"
        for src, dst in ((f"ocidir://{self.source.root}:v1", there), (there, within), (within, back)):
            ended = self("image", "copy", src, dst)
            assert (0, f"{dst}\n") == (ended.code, ended.out), ended.err
        assert f"{digest}\n" == self("image", "digest", back).out
        assert f"{digest}\n" == self("image", "digest", within).out

    def is_refused(self, host: str, target: str = "team/app:v1") -> str:
        """Try to copy there, in vain; return what is printed."""
        ended = self("image", "copy", f"ocidir://{self.source.root}:v1", f"{host}/{target}")
        assert (1, "") == (ended.code, ended.out)
        return ended.err


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(Home(tmp_path), write_layout(tmp_path / "src"))


@pytest.fixture(params=[DEBIAN, DISTRIBUTION], ids=lambda kind: kind.name)
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Serve:
    kind: Kind = request.param

    @contextmanager
    def started(settings: str) -> Iterator[str]:
        with registry_server(kind, tmp_path / "registry", settings=settings) as running:
            yield running.host

    return started


@pytest.fixture
def guarded(serve: Serve, tmp_path: Path) -> Iterator[str]:
    """A registry over TLS that wants a password."""
    path = tmp_path / "htpasswd"
    path.write_text(HTPASSWD)
    with serve(f"{TLS_FILES}auth:\n  htpasswd: {{realm: peer registry, path: {path}}}\n") as host:
        yield host


def test_a_password_from_standard_input_opens_a_registry_over_tls(person: Person, guarded: str) -> None:
    assert "--cacert" in person("registry", "login", guarded, "-u", USER, "-p", PASSWORD).err
    assert 0 == person("registry", "set", guarded, "--cacert", AUTHORITY, "--skip-check").code
    wrong = person("registry", "login", guarded, "-u", USER, "--pass-stdin", stdin=b"wrong\n")
    assert (1, "") == (wrong.code, wrong.out)
    assert f"registry login {guarded}" in person.is_refused(guarded)
    right = person("registry", "login", guarded, "-u", USER, "--pass-stdin", stdin=PASSWORD.encode() + b"\n")
    assert (0, "") == (right.code, right.out)
    assert f"{USER}\n" == person("registry", "whoami", guarded).out
    person.copies(guarded)
    assert "Authorization" in person("tag", "ls", f"{guarded}/other").err
    assert 0 == person("registry", "logout", guarded).code
    person.is_refused(guarded)


def by_go(person: Person, *words: str, stdin: bytes = b"") -> Ended:
    """Run a command line with the Go program, at the same home."""
    program = go_program()
    if program is None:
        pytest.skip("regctl of Go is not installed")
    environment = {"HOME": str(person.home.folder), "PATH": os.environ["PATH"]}
    done = subprocess.run([program, *words], input=stdin, capture_output=True, env=environment, check=False)
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_the_go_program_and_ours_share_their_settings(person: Person, guarded: str) -> None:
    source, here, there = f"ocidir://{person.source.root}:v1", f"{guarded}/by/us:v1", f"{guarded}/by/go:v1"
    assert 0 == person("registry", "set", guarded, "--cacert", AUTHORITY, "--skip-check").code
    assert 0 == person("registry", "login", guarded, "-u", USER, "-p", PASSWORD).code
    assert (0, f"{there}\n") == by_go(person, "image", "copy", source, there)[:2]
    assert f"{USER}\n" == by_go(person, "registry", "whoami", guarded).out
    before = person.home.path.read_bytes()
    assert 0 == by_go(person, "config", "set").code
    assert before == person.home.path.read_bytes()
    assert 0 == by_go(person, "registry", "logout", guarded).code
    person.is_refused(guarded)
    assert 0 == by_go(person, "registry", "login", guarded, "-u", USER, "--pass-stdin", stdin=PASSWORD.encode()).code
    assert (0, f"{here}\n") == person("image", "copy", source, here)[:2]


def test_the_logins_of_docker_and_podman_open_it_too(person: Person, guarded: str) -> None:
    person("registry", "set", guarded, "--cacert", AUTHORITY, "--skip-check")
    auth = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    for path in (person.home.folder / ".docker" / "config.json", person.home.folder / ".config/containers/auth.json"):
        person.is_refused(guarded)
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"auths": {guarded: {"auth": auth}}}))
        person.copies(guarded)
        path.unlink()


def test_a_helper_program_is_asked_for_the_password(person: Person, guarded: str) -> None:
    calls = person.home.folder / "calls"
    helper = person.home.helper(
        f'read server\necho "$1 $server" >> {calls}\n'
        f'echo "{{\\"ServerURL\\": \\"$server\\", \\"Username\\": \\"{USER}\\", \\"Secret\\": \\"{PASSWORD}\\"}}"'
    )
    assert 0 == person("registry", "set", guarded, "--cacert", AUTHORITY, "--cred-helper", helper).code
    assert f"{USER}\n" == person("registry", "whoami", guarded).out
    person.copies(guarded)
    assert {f"get {guarded}"} == set(calls.read_text().splitlines())
    assert PASSWORD not in person.home.path.read_text()
    person.home.helper("exit 3")
    assert "exit code 3" in person.is_refused(guarded)


def client_of(person: Person, host: str, **login: object) -> Client:
    """Return a client whose certificates come from a directory like Docker's."""
    surroundings = Surroundings({}, person.home.folder, certificates=person.home.folder / "certs.d")
    found = gather(surroundings)
    found.add([replace(HostSettings(host), **login)])  # type: ignore[arg-type]
    assert [] == found.warnings
    return Client(found.book, wire=WireOptions(certificates=found.certificates))


def put_certificates(person: Person, host: str, **files: str) -> None:
    folder = person.home.folder / "certs.d" / host
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)


def test_the_authority_may_come_from_a_directory_as_dockers(person: Person, guarded: str) -> None:
    login = {"user": USER, "password": Secret(PASSWORD)}
    with client_of(person, guarded, **login) as client, pytest.raises(Unreachable) as raised:
        client.ping(f"{guarded}/app")
    person.sees_nothing_secret(f"{raised.value!r} {raised.value}")
    put_certificates(person, guarded, ca_crt=AUTHORITY)
    with client_of(person, guarded, **login) as client:
        client.copy(f"ocidir://{person.source.root}:v1", f"{guarded}/team/app:v1")
        assert person.source.digests["multi"] == str(client.digest(f"{guarded}/team/app:v1"))


def test_a_registry_may_want_a_certificate_of_its_clients(person: Person, serve: Serve) -> None:
    with serve(f"{TLS_FILES}    clientcas: [{FIXTURES / 'ca.crt'}]\n") as host:
        person("registry", "set", host, "--cacert", AUTHORITY, "--skip-check")
        assert "--client-cert" in person.is_refused(host)
        ended = person("registry", "set", host, "--client-cert", CLIENT_CERT, "--client-key", CLIENT_KEY)
        assert (0, "") == (ended.code, ended.out)
        person.copies(host)
        person("config", "get")
        put_certificates(person, host, ca_crt=AUTHORITY, client_cert=CLIENT_CERT, client_key=CLIENT_KEY)
        with client_of(person, host) as client:
            client.ping(f"{host}/app")


@pytest.mark.parametrize("protected", [True, False], ids=["CONNECT", "plain"])
def test_a_proxy_that_wants_a_password_leads_there(person: Person, serve: Serve, tmp_path: Path, *, protected: bool) -> None:
    person.secrets = [PROXY_PASSWORD, base64.b64encode(f"pat:{PROXY_PASSWORD}".encode()).decode()]
    tls = ("--cacert", AUTHORITY) if protected else ("--tls", "disabled")
    registry, log = serve(TLS_FILES if protected else ""), tmp_path / "proxy" / "proxy.log"
    with registry as host, proxy_server(log.parent, "pat", PROXY_PASSWORD) as proxy:
        through = f"http://pat:{PROXY_PASSWORD}@{proxy}"
        assert (0, "") == person("registry", "set", host, *tls, "--proxy", through)[:2]
        person.copies(host)
        assert (f"CONNECT {host} " if protected else f"PATCH http://{host}/v2/") in log.read_text().replace("PUT", "PATCH")
        assert "***" in person("registry", "config", host).out
        person("registry", "set", host, "--proxy", f"http://pat:wrong@{proxy}", "--skip-check")
        # Outside of a tunnel tinyproxy refuses as a registry would.
        assert re.search("proxy.*40[17]" if protected else "40[17]", person.is_refused(host, "team/app:again"))


@dataclass
class Guarded:
    """A registry that believes a token service."""

    host: str
    service: TokenService


@contextmanager
def with_tokens(serve: Serve, service: TokenService) -> Iterator[Guarded]:
    with Server(MemoryStore("tokens"), ("127.0.0.1", 0), handle=service.handle) as tokens:
        realm = f"http://{tokens.address}/token"
        names = f"service: {SERVICE}, issuer: {ISSUER}, rootcertbundle: {FIXTURES / 'token.crt'}"
        with serve(f"auth:\n  token: {{realm: '{realm}', {names}}}\n") as host:
            yield Guarded(host, service)


@pytest.fixture
def tokens(serve: Serve, person: Person) -> Iterator[Guarded]:
    service = TokenService(USER, PASSWORD, IDENTITY)
    person.secrets = service.given
    with with_tokens(serve, service) as guarded:
        yield guarded


def test_a_login_at_a_token_service_opens_the_registry(person: Person, tokens: Guarded) -> None:
    host = tokens.host
    person("registry", "set", host, "--tls", "disabled", "--skip-check")
    wrong = person("registry", "login", host, "-u", USER, "--pass-stdin", stdin=b"wrong\n")
    assert (1, "") == (wrong.code, wrong.out)
    assert [] == tokens.service.given
    right = person("registry", "login", host, "-u", USER, "--pass-stdin", stdin=PASSWORD.encode())
    assert (0, "") == (right.code, right.out)
    person.copies(host)
    assert {"GET"} == set(tokens.service.asked)


def test_an_identity_token_is_sent_by_post(person: Person, tokens: Guarded) -> None:
    person("registry", "set", tokens.host, "--tls", "disabled", "--skip-check")
    assert 0 == person("registry", "login", tokens.host, "-u", "<token>", "--pass-stdin", stdin=IDENTITY.encode()).code
    assert "<token>\n" == person("registry", "whoami", tokens.host).out
    person.copies(tokens.host)
    assert {"POST"} == set(tokens.service.asked)


def test_a_login_that_is_over_does_not_keep_anyone_from_public_content(person: Person, serve: Serve) -> None:
    service = TokenService(USER, PASSWORD, public=True)
    person.secrets = service.given
    with with_tokens(serve, service) as guarded:
        person("registry", "set", guarded.host, "--tls", "disabled", "--skip-check")
        person("registry", "login", guarded.host, "-u", USER, "-p", PASSWORD)
        person.copies(guarded.host)
        service.password = "another one"
        source, back = f"{guarded.host}/other:v1", f"ocidir://{person.home.folder}/public:v1"
        ended = person("image", "copy", source, back)
        assert (0, f"{back}\n") == (ended.code, ended.out)
        assert f'level=WARN msg="the login for {guarded.host} was refused (401), continuing without it"' in ended.err
        person.is_refused(guarded.host, "team/app:new")


def token_client(host: str, clock: FakeClock | None = None, password: str = PASSWORD) -> Client:
    return Client([HostSettings(host, TLS.DISABLED, user=USER, password=Secret(password))], clock=clock)


def test_a_token_that_ends_is_renewed(person: Person, tokens: Guarded) -> None:
    clock = FakeClock()
    with token_client(tokens.host, clock) as client:
        client.copy(f"ocidir://{person.source.root}:v1", f"{tokens.host}/app:v1")
        before = len(tokens.service.given)
        client.digest(f"{tokens.host}/app:v1")
        assert before == len(tokens.service.given)
        clock.advance(tokens.service.seconds)
        client.digest(f"{tokens.host}/app:v1")
        assert before + 1 == len(tokens.service.given)


def test_a_token_the_registry_no_longer_takes_is_renewed(person: Person, serve: Serve) -> None:
    service = TokenService(USER, PASSWORD, stale=1)
    with with_tokens(serve, service) as guarded, token_client(guarded.host) as client:
        client.copy(f"ocidir://{person.source.root}:v1", f"{guarded.host}/app:v1")
        assert person.source.digests["multi"] == str(client.digest(f"{guarded.host}/app:v1"))


def test_a_service_whose_tokens_are_never_taken_is_not_asked_for_ever(person: Person, serve: Serve) -> None:
    service = TokenService(USER, PASSWORD, stale=1000)
    with with_tokens(serve, service) as guarded, token_client(guarded.host) as client:
        with pytest.raises(RegistryClientError) as raised:
            client.ping(f"{guarded.host}/app")
        assert len(service.given) <= 5
    person.secrets = service.given
    person.sees_nothing_secret(f"{raised.value!r} {raised.value} {client!r} {list(client.hosts)!r}")


def test_a_wrong_password_is_an_error_that_does_not_repeat_it(person: Person, tokens: Guarded) -> None:
    with token_client(tokens.host, password=IDENTITY) as client, pytest.raises(Denied) as raised:
        client.ping(f"{tokens.host}/app")
    person.sees_nothing_secret(f"{raised.value!r} {raised.value} {raised.value.__dict__}")
