"""Whatever a registry answers, each call of a client ends: with a value, or with an error of ours, after so many requests."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Iterator
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regclient.client import Client
from regclient.errors import RegistryClientError
from regclient.hosts import TLS, HostSettings
from regclient.kit.secret import Secret
from regclient.model import mediatype
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.image import ImageManifest
from regclient.ops.copyplan import CopyOptions
from regclient.regctl.app import ROOT
from regclient.transport.options import Retries, Timeouts, WireOptions
from tests.fakes.bench import NO_SYNC
from tests.fakes.clock import FakeClock
from tests.fakes.console import Console
from tests.fakes.wire import Talk, WireServer
from tests.property.examples import share

MOST = 150
"""Requests one call may cost, whatever is answered: some have several ways to try, each with its retries."""
BLOB = Descriptor.of(b"content")
IMAGE = ImageManifest.build(config=EMPTY, layers=[BLOB])
SUBJECT = ImageManifest.build(config=EMPTY, layers=[], subject=IMAGE.descriptor)


class Hostile:
    """A server that says what it was told to, over and over, whatever it is asked."""

    def __init__(self) -> None:
        self.answers: Iterator[bytes] = cycle([b""])
        self.server = WireServer(self._script)

    def _script(self, talk: Talk) -> None:
        seen = talk.request()
        if seen is not None:
            talk.requests.append(seen)
            talk.send(next(self.answers).replace(b"SELF", self.server.host.encode()))


@pytest.fixture(scope="module")
def hostile() -> Iterator[Hostile]:
    made = Hostile()
    with made.server:
        yield made


def _read(client: Client, name: str) -> object:
    with client.repository(name).open_blob(BLOB) as stream:
        return stream.read()


def _copy(client: Client, name: str) -> object:
    with tempfile.TemporaryDirectory() as folder:
        return client.copy(name, f"ocidir://{folder}/x:v1", CopyOptions(referrers=True, digest_tags=True))


CALLS: dict[str, Callable[[Client, str], object]] = {
    "manifest": lambda client, name: client.manifest(name),
    "manifest of a digest": lambda client, name: client.manifest(f"{name.rpartition(':')[0]}@{IMAGE.digest}"),
    "head": lambda client, name: client.head(name, digest=True),
    "digest": lambda client, name: client.digest(name),
    "config": lambda client, name: client.config(name),
    "referrers": lambda client, name: client.referrers(name),
    "delete": lambda client, name: client.delete(f"{name.rpartition(':')[0]}@{IMAGE.digest}", referrers=True),
    "ping": lambda client, name: client.ping(name),
    "tags": lambda client, name: client.repository(name).tags(),
    "repositories": lambda client, name: client.registry(name.partition("/")[0]).repositories(),
    "stat_blob": lambda client, name: client.repository(name).stat_blob(BLOB),
    "open_blob": _read,
    "put_blob": lambda client, name: client.repository(name).put_blob(io.BytesIO(b"content"), BLOB),
    "put_blob of unknown size": lambda client, name: client.repository(name).put_blob(io.BytesIO(b"content")),
    "put_manifest": lambda client, name: client.repository(name).put_manifest(IMAGE, "v1"),
    "put_manifest of a referrer": lambda client, name: client.repository(name).put_manifest(SUBJECT, SUBJECT.digest),
    "delete_tag": lambda client, name: client.repository(name).delete_tag("v1"),
    "delete_blob": lambda client, name: client.repository(name).delete_blob(BLOB.digest),
    "copy": _copy,
    "copy to": lambda client, name: client.copy(name, f"{name}-copied"),
}

TYPES = [
    *(mediatype.OCI_MANIFEST, mediatype.OCI_INDEX, mediatype.DOCKER_MANIFEST, mediatype.DOCKER_LIST, mediatype.DOCKER_SCHEMA1),
    *("application/json", "text/plain; charset=utf-8", "text/html", "", "x", ";", "application/vnd.oci.image.index.v1+json;;"),
]
NUMBERS = ["0", "1", "7", "-1", "999999999999999999999", "1e5", "x", "", "nan", " 5", "٣"]
ADDRESSES = [
    "/",
    "",
    "?",
    "/v2/a/blobs/uploads/1",
    "x",
    "http://SELF/v2/",
    "http://SELF",
    "ftp://x",
    "http://[::1",
    "\x7f",
    "#",
]
CHALLENGES = [
    *('Bearer realm="http://SELF/token",service="s",scope="repository:app:pull"', 'Bearer realm="/token"', "Bearer", "Basic"),
    *('Basic realm="x"', 'Bearer realm="', "Digest x", ",,,", 'Bearer realm="ftp://x"', 'basic realm="x", bearer realm="/t"'),
]
VALUES = {
    "Content-Type": TYPES,
    "Content-Length": NUMBERS,
    "Content-Range": ["bytes 0-6/7", "bytes 0-0/1", "bytes */7", "x", *NUMBERS],
    "Range": ["0-0", "0-6", "0-99999999999", "bytes=0-3", "x", *NUMBERS],
    "Location": ADDRESSES,
    "Link": [f'<{address}>; rel="next"' for address in ADDRESSES] + ["<", "x", "<>;rel=next"],
    "WWW-Authenticate": CHALLENGES,
    "Docker-Content-Digest": [str(BLOB.digest), str(IMAGE.digest), "sha256:", "md5:x", "x" * 500],
    "Retry-After": [*NUMBERS, "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 00 Foo 0000 99:99:99 GMT"],
    "OCI-Chunk-Min-Length": NUMBERS,
    "OCI-Subject": [str(IMAGE.digest), "x"],
    "Transfer-Encoding": ["chunked", "gzip", "chunked, chunked"],
    "Content-Encoding": ["gzip", "x"],
    "Connection": ["close", "keep-alive", "x"],
    "Warning": ['299 - "careful"', "299", "x" * 300],
    "RateLimit-Limit": ["100;w=21600", *NUMBERS],
    "Set-Cookie": ["a=b"],
    "\x00": ["x"],
    "": ["x"],
}
fields = st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.sampled_from(VALUES[name]).map(lambda value: (name, value)))
statuses = st.one_of(st.sampled_from([200, 201, 202, 204, 206, 302, 307, 401, 404, 405, 416, 429, 503]), st.integers(0, 1100))
DESCRIPTOR = {"mediaType": mediatype.OCI_MANIFEST, "digest": str(IMAGE.digest), "size": len(IMAGE.raw)}
INDEX = {"schemaVersion": 2, "mediaType": mediatype.OCI_INDEX}
LISTS: list[object] = [{"tags": ["v1", 5, None]}, {"tags": "v1"}, {"tags": None}, {"repositories": [[]]}]
ENTRIES: list[object] = [
    *([], [DESCRIPTOR], [DESCRIPTOR, DESCRIPTOR], [{**DESCRIPTOR, "size": -1}], [{**DESCRIPTOR, "digest": "x"}], [5], {}),
]
DOCUMENTS = [
    *(
        IMAGE.raw,
        SUBJECT.raw,
        b"content",
        b"{}",
        b"[]",
        b"null",
        b"",
        b"[" * 5000,
        b"\xff",
        b'{"token":"t"}',
        b'{"errors":[5,{"code":[]}]}',
    ),
    *(json.dumps(value).encode() for value in LISTS),
    *(json.dumps({**INDEX, "manifests": entries}).encode() for entries in ENTRIES),
]
bodies = st.one_of(st.sampled_from(DOCUMENTS), st.binary(max_size=60))


def _written(status: int, pairs: list[tuple[str, str]], body: bytes, *, length: bool) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in pairs)]
    lines += [f"Content-Length: {len(body)}"] if length else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


answers = st.builds(_written, statuses, st.lists(fields, max_size=4), bodies, length=st.booleans())
lines = st.lists(
    st.one_of(st.sampled_from([b"HTTP/1.1 ", b"200 OK", b"\r\n", b"\n", b": ", b"\x00", b"A" * 9000]), st.binary(max_size=20))
)
garbage = lines.map(b"".join)


def ends(hostile: Hostile, call: str, said: list[bytes]) -> None:
    """Make a call and look at how it ended; anything but our own errors is a mistake of ours."""
    hostile.answers = cycle(said)
    hostile.server.requests.clear()
    host = hostile.server.host
    wire = WireOptions(timeouts=Timeouts(5, 5, 5, 0), retries=Retries(limit=2), jitter=lambda: 0.0)
    login = HostSettings(host, tls=TLS.DISABLED, user="ann", password=Secret("hunter2"))
    with Client([login], wire=wire, layout=NO_SYNC, clock=FakeClock(), workers=1) as client:
        said_of_it = "nothing"
        try:
            CALLS[call](client, f"{host}/app:v1")
        except RegistryClientError as error:
            said_of_it = str(error)
    assert said_of_it
    assert "hunter2" not in said_of_it
    assert len(hostile.server.requests) <= MOST


@settings(max_examples=share(200))
@given(st.sampled_from(sorted(CALLS)), st.lists(answers, min_size=1, max_size=4))
def test_answers_that_look_right_and_are_not_end_every_call(hostile: Hostile, call: str, said: list[bytes]) -> None:
    ends(hostile, call, said)


@settings(max_examples=share(60))
@given(st.sampled_from(sorted(CALLS)), garbage)
def test_garbage_ends_every_call(hostile: Hostile, call: str, said: bytes) -> None:
    ends(hostile, call, [said])


@pytest.mark.parametrize("call", sorted(CALLS))
@pytest.mark.parametrize("status", [200, 202, 204, 307, 401, 429, 503])
def test_one_and_the_same_answer_to_everything_ends_every_call(hostile: Hostile, call: str, status: int) -> None:
    fields = [("Location", "/x"), ("Link", '</x>; rel="next"'), ("WWW-Authenticate", CHALLENGES[0]), ("Range", "0-0")]
    ends(hostile, call, [_written(status, fields, b'{"tags":["a"],"token":"t"}', length=True)])


COMMANDS = [
    *("image digest {name}", "image inspect {name}", "image manifest {name}", "image copy {name} ocidir://{folder}/x:v1"),
    *("image ratelimit {name}", "manifest get {name}", "manifest head {name}", "manifest put {name}", "image delete {digest}"),
    *("blob get {repo} {blob}", "blob head {repo} {blob}", "blob put {repo}", "blob copy {repo} {repo}-copied {blob}"),
    *(
        "tag ls {repo}",
        "tag delete {name}",
        "repo ls {host}",
        "artifact list {name}",
        "artifact tree {name}",
        "registry login {host}",
    ),
    *("artifact get {name}", "artifact get {name} --config", "artifact get {name} --output {folder}"),
    *("artifact get --subject {name} --latest", "artifact put --artifact-type a/b --subject {name} {name}-put"),
    *("artifact put --artifact-type a/b --index {name}", "index create {name} --ref {name} --platform linux/amd64"),
    *("index add {name} --digest {blob}", "index delete {name} --platform linux/amd64"),
]
PASSING_ON = [200, 201, 202, 204, 206, 302, 307, 400, 401, 403, 404, 405, 416, 501]
"""Statuses that are not waited for: the program waits for real."""
calm = st.builds(
    _written,
    st.sampled_from(PASSING_ON),
    st.lists(fields.filter(lambda pair: pair[0] not in {"Content-Length", "Transfer-Encoding", "\x00", ""}), max_size=4),
    bodies,
    length=st.sampled_from([True]),
)


@given(st.sampled_from(COMMANDS), st.lists(calm, min_size=1, max_size=4))
def test_every_command_ends_with_words_whatever_it_is_answered(hostile: Hostile, line: str, said: list[bytes]) -> None:
    hostile.answers = cycle(said)
    host = hostile.server.host
    with tempfile.TemporaryDirectory() as folder:
        values = {"host": host, "repo": f"{host}/app", "name": f"{host}/app:v1", "folder": folder}
        values |= {"digest": f"{host}/app@{IMAGE.digest}", "blob": str(BLOB.digest)}
        words = line.format(**values).split()
        ended = Console(ROOT)(*words, "--host", f"reg={host},tls=disabled", stdin=IMAGE.raw, environ={"HOME": folder})

    assert ended.code in {0, 1}
    assert ended.err or not ended.code
    assert "internal error" not in ended.err
    assert "Traceback" not in ended.err
