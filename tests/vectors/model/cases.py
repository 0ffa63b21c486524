"""The questions put to Go's regclient library; prints them as JSON for main.go."""

from __future__ import annotations

import base64
import json
import sys

Case = dict[str, object]

OCI = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
V1 = "application/vnd.docker.distribution.manifest.v1+json"
SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws"
CONFIG = "application/vnd.oci.image.config.v1+json"
D64 = "sha256:" + "0123456789abcdef" * 4
E64 = "sha256:" + "f" * 64
S512 = "sha512:" + "ab" * 64
LABEL = "application/vnd.oci.image.layer.v1.tar+gzip"

REFERENCES = [
    *("alpine", "docker.io/alpine", f"alpine:3@{D64}", f"alpine@{D64}", "regclient/regctl:edge"),
    *("index.docker.io/library/alpine", "registry-1.docker.io/library/alpine", "example.com/group/image:v42", "example.com"),
    *("example:5000", "example:5000/x", "example.:5000/g/roup/image:a", "example./g/roup/image:a", "EXAMPLE/group-image:V42"),
    *("Example-1/image:1.0-BETA", "example-A/group/image:v42", "localhost/group/image:v42", "localhost:5000/group/image:v42"),
    *("127.0.0.1:5000/image:v42", "[::1]:5000/image:v42", "[fddd:1222:1222:1222::ac29:5a6a]/image:v42"),
    *(f"registry:5000/group/image@{D64}", "e.xample.co/g-r.o__u_p/im----age:a", "e.xample.co/g/roup/image:__a--b..5__"),
    *("x@md5:" + "0" * 32, "ocidir://path/to/dir", "ocidir://path/to/DIR:v1.2.3", f"ocidir://path/2/dir@{D64}"),
    *("ocidir://path/2/~dir~/+rules_oci+/examples:latest", "ocifile://path/to/file.tgz:v1.2.3", "docker.io/localhost"),
    *("unknown://repo:tag", "http://example.com/x", "-docker.io/project/image:tag", "docker-.io/project/image:tag"),
    *("[1::2::3]/project/image:tag", "::1/project/image:tag", "docker.io/Upper/Case/Repo:tag", "EXAMPLE", "A/x"),
    *("project/-image:tag", "project/image-:tag", "project/image___x:tag", "a..b", "project/star*:tag", "project/image:tag^1"),
    *("x:" + "t" * 128, "x:" + "t" * 129, "x:.a", "x:-a", "project/image@sha256:12345", "x@sha256:" + "g" * 64),
    *("x:", "x//y", "/x", "x/", "", "localhost", "localhost:5000", "ocidir://", "ocidir://invalid*filename:tag"),
    *("ocidir://filename:tag=fail", "ocidir://filename@sha256:abcd", "ocidir://a:5000/x:v1", "ocidir://C:\\x"),
    *("a-B-c/x", "a-b-C/x", "A-b-c/x", "a-B-C/x", "A-/x", "AB/x", "Aa/x", "exa_mple.com/x", "[::]/x", "[1:2]/x", "[1::]/x"),
    *("[1:2:3:4:5:6:7:8]:80/x", "[1:2:3:4:5:6:7:8:9]/x", "[12345::1]/x", "[::1%25eth0]/x", "[::ffff:1.2.3.4]/x"),
    *("x\n", "x y", "é/x", "docker.io:443/alpine", "ocidir:///data/x:tag", "ocidir://a b:x", "ocidir://x:", "LOCALHOST/x"),
    *(
        f"ocidir://a.b:x@{D64}",
        "x@a1.b2+c3:" + "0" * 32,
        "x@1a:" + "0" * 32,
        "x@SHA256:" + "AB" * 32,
        "a.b./x",
        "a..b/x",
        "1/x",
    ),
    *("ocidir://x y//../z:a", "reg://x", "oci://x", "a:1/b:2/c", "0:0/0:0", "_/x", "x/y:_", "localhost.:1/x", "localhost./x"),
]
HOSTS = [
    *("localhost", "EXAMPLE", "example.", "example:5000", "1.2.3.4", "docker.io", "example", "example.com:443", "[::1]", ""),
    *(
        "example.com/x",
        "ocidir://a/b:tag",
        "ocidir://a*b",
        "http://x",
        "A",
        "index.docker.io",
        f"ocidir://a@{D64}",
        "x:y",
        "a_b.c",
    ),
]
TO_REGISTRY = [
    *(
        "ocidir://test",
        "ocidir://../test",
        "ocidir://Test",
        "ocidir://test_-_hello world",
        "ocidir:///abs/x:1",
        "ocidir://a//b/./c",
    ),
    *(
        "ocidir://../../x/../y:t",
        "ocidir://a/",
        f"ocidir://x+y@{D64}",
        "example.com/x:1",
        "ocidir://./a",
        "ocidir://.",
        "ocidir://..",
        "ocidir://a.b~c",
    ),
]
PLATFORMS = [
    *(
        "linux/amd64",
        "linux/arm/7",
        "linux/arm/v7",
        "linux/arm",
        "linux/armhf",
        "linux/armel",
        "linux/aarch64",
        "linux/arm64/v8",
    ),
    *("linux/arm64/8", "linux/arm64/v9", "linux/i386", "linux/i386/x", "linux/x86_64", "linux/x86-64/v1", "linux/amd64/v3"),
    *("macos/arm64", "Linux/AMD64", "linux/arm/5", "linux/arm/6", "linux/arm/8", "linux/arm/9", "linux/amd64/v2/extra"),
    *("windows/amd64,osver=10.0.17763.4974", "windows/amd64,osversion=1", "windows/amd64, OSVER =1.2", "freebsd/riscv64"),
    *("linux/*", "linux,amd64", "", "/", "linux/", "linux//v1", "linux/amd64,", "linux/amd64,osver", 'linux/amd64,osver="1,2"'),
    *(
        'linux/amd64,osver="1',
        "linux/amd64,osver=1\\",
        "linux/amd64,x=1",
        "linux/amd64/v2/*",
        "unknown/unknown",
        "plan9/386/sse",
    ),
    *("linux/amd64,osver=1,osver=2", "linux /amd64", "linux/am.64", "linux/amd64,=x", "darwin/amd64/v1", "wasi/wasm"),
]
PARTS = [
    {"os": "linux", "architecture": "amd64"},
    {"os": "linux", "architecture": "amd64", "variant": "v1"},
    {"os": "linux", "architecture": "amd64", "variant": "v3"},
    {"os": "linux", "architecture": "amd64", "variant": "v2"},
    {"os": "linux", "architecture": "x86_64", "variant": "v2", "os.features": ["a"]},
    {"os": "linux", "architecture": "arm", "variant": "v6"},
    {"os": "linux", "architecture": "arm"},
    {"os": "linux", "architecture": "arm64", "variant": "v8"},
    {"os": "linux", "architecture": "arm64", "variant": "weird"},
    {"os": "windows", "architecture": "amd64", "os.version": "10.0.17763.1"},
    {"os": "windows", "architecture": "amd64", "os.version": "10.0.17763.2"},
    {"os": "windows", "architecture": "amd64", "os.version": "10.0.14393.9"},
    {"os": "windows", "architecture": "amd64", "os.version": "10.0.17763"},
    {"os": "windows", "architecture": "amd64", "os.version": "10.0.17763.x"},
    {"os": "windows", "architecture": "amd64", "os.version": "10.0.17763.1.2"},
    {"os": "windows", "architecture": "amd64", "os.version": "10.1"},
    {"os": "windows", "architecture": "amd64"},
    {"os": "darwin", "architecture": "amd64"},
    {"os": "macos", "architecture": "arm64"},
    {"os": "darwin", "architecture": "arm64", "os.version": "13"},
    {"os": "freebsd", "architecture": "amd64", "features": ["x"]},
    {"os": "plan9", "architecture": "amd64", "features": ["x"]},
    {"os": "plan9", "architecture": "amd64", "features": ["x"], "os.version": "4"},
    {},
]


def descriptor(digest: str = D64, size: object = 581, media_type: str = CONFIG, **more: object) -> Case:
    """Make one descriptor's JSON value."""
    return {"mediaType": media_type, "digest": digest, "size": size, **more}


LAYER = descriptor(E64, 412, LABEL)
DESCRIPTORS = [
    LAYER,
    descriptor(E64, 412, "application/vnd.docker.image.rootfs.diff.tar.gzip"),
    descriptor(E64, 412, "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"),
    descriptor(E64, 412, "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"),
    descriptor(D64, 412, LABEL),
    descriptor(E64, 413, LABEL),
    {**LAYER, "urls": ["https://a.example/x"]},
    {**LAYER, "annotations": {"a": "1"}},
    {**LAYER, "data": "e30="},
    {**LAYER, "artifactType": "a/b"},
    {**LAYER, "platform": {"os": "linux", "architecture": "x86_64"}},
    {**LAYER, "platform": {"os": "linux", "architecture": "amd64"}},
    {**LAYER, "platform": {"os": "linux", "architecture": "arm64"}},
]
FILTERED = [
    descriptor(size=1, annotations={"n": "b"}, artifactType="a/b", platform={"os": "linux", "architecture": "amd64"}),
    descriptor(size=2, annotations={"n": "a", "x": ""}, artifactType="a/b"),
    descriptor(size=3, platform={"os": "linux", "architecture": "amd64", "variant": "v2"}),
    descriptor(size=4, annotations={"n": "c"}, platform={"os": "darwin", "architecture": "arm64"}),
    descriptor(size=5, annotations={"x": "y"}, artifactType="c/d", platform={"os": "linux", "architecture": "arm64"}),
    descriptor(size=6, platform={"os": "windows", "architecture": "amd64", "os.version": "10.0.17763.5"}),
]
FILTERS: list[Case] = [
    {},
    {"Type": "a/b"},
    {"Type": "none/such"},
    {"Notes": {"n": ""}},
    {"Notes": {"n": "a"}},
    {"Notes": {"n": "a", "x": ""}},
    {"Notes": {"n": "z"}},
    {"Sort": "n"},
    {"Sort": "n", "Desc": True},
    {"Platform": {"os": "linux", "architecture": "amd64"}},
    {"Platform": {"os": "linux", "architecture": "amd64", "variant": "v3"}},
    {"Platform": {"os": "darwin", "architecture": "arm64"}},
    {"Platform": {"os": "darwin", "architecture": "amd64"}},
    {"Platform": {"os": "windows", "architecture": "amd64"}},
    {"Platform": {"os": "windows", "architecture": "amd64", "os.version": "10.0.17763.9"}},
    {"Platform": {"os": "linux", "architecture": "s390x"}},
    {"Platform": {"os": "linux", "architecture": "amd64"}, "Type": "a/b", "Sort": "n"},
    {"Platform": {"os": "linux", "architecture": "amd64", "variant": "v4"}, "Sort": "n"},
]
IMAGE: Case = {"schemaVersion": 2, "mediaType": OCI, "config": descriptor(), "layers": [LAYER]}
LISTED: Case = {
    "schemaVersion": 2,
    "mediaType": INDEX,
    "manifests": [
        descriptor(D64, 1, OCI, platform={"os": "linux", "architecture": "amd64"}),
        descriptor(
            E64, 2, OCI, platform={"os": "windows", "architecture": "amd64", "os.version": "10.0.1", "os.features": ["w"]}
        ),
    ],
}
ODD = 'a<b>&c\u2028\u2029"\\/\b\f\n\r\t\x00\x1f\x7f é 日本 \U0001f600 \ufffd'


def text(value: object, **options: object) -> bytes:
    """Encode a document the way a tool other than Go might."""
    return json.dumps(value, **options).encode()  # type: ignore[arg-type]  # options are json.dumps's own


DOCUMENTS: list[tuple[str, str, bytes]] = [
    ("image", OCI, text(IMAGE)),
    ("image spaced", OCI, text(IMAGE, indent=3) + b"\n"),
    ("image reversed", OCI, text(dict(reversed(IMAGE.items())))),
    ("image untyped", OCI, text({key: value for key, value in IMAGE.items() if key != "mediaType"})),
    (
        "image annotated",
        OCI,
        text({**IMAGE, "annotations": {"z": "1", "a": ODD, "é": "", "A": "x", "\U0001f600": "q", "\uffff": "r"}}),
    ),
    ("image raw unicode", OCI, text({**IMAGE, "annotations": {"a": ODD}}, ensure_ascii=False)),
    ("image with subject", OCI, text({**IMAGE, "subject": descriptor(media_type=OCI), "artifactType": "application/x.demo"})),
    ("image without layers", OCI, text({**IMAGE, "layers": []})),
    ("image with null layers", OCI, text({**IMAGE, "layers": None, "annotations": None, "subject": None})),
    ("image lacking layers", OCI, text({key: value for key, value in IMAGE.items() if key != "layers"})),
    ("image with empties", OCI, text({**IMAGE, "annotations": {}, "artifactType": "", "schemaVersion": 0})),
    ("image with data", OCI, text({**IMAGE, "config": descriptor(size=2, data="e30=")})),
    ("image with data broken over lines", OCI, text({**IMAGE, "config": descriptor(size=2, data="e3\n0=\r\n")})),
    ("image with bad data", OCI, text({**IMAGE, "config": descriptor(size=2, data="e30")})),
    (
        "image with every member",
        OCI,
        text(
            {
                **IMAGE,
                "layers": [
                    descriptor(
                        E64,
                        9,
                        LABEL,
                        urls=["https://a.example/?x=1&y=2"],
                        annotations={"b": "<", "a": ""},
                        data="AAEC",
                        artifactType="a/b",
                        platform={
                            "features": ["f"],
                            "variant": "v7",
                            "os.features": ["g", "h"],
                            "os.version": "1",
                            "os": "linux",
                            "architecture": "arm",
                        },
                    )
                ],
            }
        ),
    ),
    (
        "image with empty lists",
        OCI,
        text({**IMAGE, "layers": [{**LAYER, "urls": [], "annotations": {}, "data": "", "platform": {}}]}),
    ),
    ("image sha512", OCI, text({**IMAGE, "layers": [descriptor(S512, 9, LABEL)]})),
    ("image in capitals", OCI, text({key.upper(): value for key, value in IMAGE.items()})),
    ("image with long s", OCI, text({**IMAGE, "\u017fubject": descriptor(media_type=OCI)})),
    (
        "image said twice",
        OCI,
        b'{"annotations":{"a":"1"},' + text(IMAGE)[1:-1] + b',"ArtifactType":"a/a","artifacttype":"b/b"}',
    ),
    ("image with null over text", OCI, text(IMAGE)[:-1] + b',"artifactType":"a/a","ARTIFACTTYPE":null}'),
    ("image with broken utf-8", OCI, text({**IMAGE, "annotations": {"a": "@@"}}).replace(b"@@", b"x\xff\xe2\x82y\xed\xa0\x80")),
    (
        "image with lone surrogates",
        OCI,
        text({**IMAGE, "annotations": {"a": "@@"}}).replace(b"@@", rb"\ud800x\udc00\ud83d\ude00\\ud800"),
    ),
    ("image with big size", OCI, text({**IMAGE, "config": descriptor(size=9223372036854775807)})),
    ("image with too big size", OCI, text({**IMAGE, "config": descriptor(size=9223372036854775808)})),
    ("image with fractional size", OCI, text({**IMAGE, "config": descriptor(size=2.0)})),
    ("image with text size", OCI, text({**IMAGE, "config": descriptor(size="2")})),
    ("image with number annotation", OCI, text({**IMAGE, "annotations": {"a": 1}})),
    ("image with null annotation", OCI, text({**IMAGE, "annotations": {"a": None}})),
    ("image with list annotations", OCI, text({**IMAGE, "annotations": []})),
    ("image with text layers", OCI, text({**IMAGE, "layers": "x"})),
    ("image typed as index", OCI, text({**IMAGE, "mediaType": INDEX})),
    ("image with byte order mark", OCI, b"\xef\xbb\xbf" + text(IMAGE)),
    ("image with rubbish after", OCI, text(IMAGE) + b"x"),
    ("image with nan", OCI, text({**IMAGE, "x": float("nan")})),
    ("image with raw tab in text", OCI, text({**IMAGE, "annotations": {"a": "@@"}}).replace(b"@@", b"\t")),
    ("image with trailing comma", OCI, text(IMAGE)[:-1] + b",}"),
    ("list as document", OCI, b"[]"),
    ("index", INDEX, text(LISTED)),
    (
        "index with subject",
        INDEX,
        text({**LISTED, "subject": descriptor(media_type=OCI), "artifactType": "a/b", "annotations": {"x": ">"}}),
    ),
    ("index empty", INDEX, text({**LISTED, "manifests": []})),
    ("index with null", INDEX, text({**LISTED, "manifests": None})),
    ("docker image", DOCKER, text({**IMAGE, "mediaType": DOCKER, "annotations": {"b": "2", "a": "1"}})),
    ("docker list", LIST, text({**LISTED, "mediaType": LIST}, indent=3)),
    (
        "artifact",
        ARTIFACT,
        text({"mediaType": ARTIFACT, "artifactType": "a/b", "blobs": [LAYER], "subject": descriptor(media_type=OCI)}),
    ),
    ("artifact bare", ARTIFACT, text({"mediaType": ARTIFACT, "artifactType": "a/b"})),
    (
        "schema 1",
        V1,
        text(
            {
                "schemaVersion": 1,
                "name": "a",
                "tag": "b",
                "architecture": "amd64",
                "fsLayers": [{"blobSum": D64}],
                "history": [{"v1Compatibility": "{}"}],
            }
        ),
    ),
]


# The public key of RFC 7515 A.3; the library wants one that is a point of its curve.
KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}


def signed(tail: str = "\n}", *protected: Case, cut: int = 2) -> bytes:
    """Sign a schema 1 document the way Docker did, with signatures that are worth nothing."""
    old = {
        "schemaVersion": 1,
        "name": "a/b",
        "tag": "t",
        "architecture": "amd64",
        "fsLayers": [{"blobSum": D64}],
        "history": [],
    }
    body = json.dumps(old, indent=3)
    headers = protected or (
        {"formatLength": len(body) - cut, "formatTail": _url64(tail.encode()), "time": "2015-01-01T00:00:00Z"},
    )
    rows = [{"header": {"jwk": KEY, "alg": "ES256"}, "signature": "AA", "protected": _url64(text(item))} for item in headers]
    return f'{body[:-2]},\n   "signatures": {json.dumps(rows, indent=3)}{tail}'.encode()


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


TAIL = {"formatLength": 10, "formatTail": _url64(b"\n}")}
SIGNATURES = [
    ("signed", signed()),
    ("signed twice alike", signed("\n}", TAIL, TAIL)),
    ("signed twice otherwise", signed("\n}", TAIL, {**TAIL, "formatLength": 11})),
    ("signed over too much", signed("\n}", {**TAIL, "formatLength": 1_000_000})),
    ("signed without a length", signed("\n}", {"formatTail": TAIL["formatTail"]})),
    ("signed with a tail that is no base64", signed("\n}", {**TAIL, "formatTail": "!!"})),
    ("signed without signatures", text({"schemaVersion": 1, "name": "a", "tag": "b"})),
    ("signed with no signature", text({"schemaVersion": 1, "name": "a", "tag": "b", "signatures": []})),
]
SNIFFED: list[tuple[str, bytes]] = [
    ("stated", text({"mediaType": OCI, **IMAGE})),
    ("layers", text({"schemaVersion": 2, "config": descriptor(), "layers": [LAYER]})),
    (
        "docker layers",
        text({"schemaVersion": 2, "config": descriptor(), "layers": [descriptor(media_type="application/vnd.docker.x")]}),
    ),
    ("manifests", text({"schemaVersion": 2, "manifests": [descriptor(media_type=OCI)]})),
    ("docker manifests", text({"schemaVersion": 2, "manifests": [descriptor(media_type=DOCKER)]})),
    ("both", text({"schemaVersion": 2, "manifests": [descriptor(media_type=OCI)], "layers": [LAYER], "config": descriptor()})),
    ("neither", text({"schemaVersion": 2})),
    ("empty lists", text({"schemaVersion": 2, "manifests": [], "layers": []})),
    ("schema 1", text({"schemaVersion": 1, "name": "a", "tag": "b"})),
    ("unknown stated", text({"mediaType": "a/b", **{k: v for k, v in IMAGE.items() if k != "mediaType"}})),
    ("untyped entries", text({"schemaVersion": 2, "manifests": [{"digest": D64, "size": 1}]})),
]
START: Case = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [D64]}}
CONFIGS: list[tuple[str, bytes]] = [
    ("plain", text(START)),
    ("spaced", text(START, indent=2)),
    ("nothing", b"{}"),
    (
        "full",
        text(
            {
                "created": "2024-01-02T03:04:05.600700Z",
                "author": "A <a@b>",
                **START,
                "os.version": "10",
                "os.features": ["w"],
                "variant": "v8",
                "features": ["x"],
                "history": [
                    {
                        "created": "2024-01-02T03:04:05Z",
                        "created_by": "RUN a && b",
                        "author": "x",
                        "comment": "y",
                        "empty_layer": True,
                    },
                    {"created_by": "COPY", "empty_layer": False},
                    {},
                ],
                "config": {
                    "Shell": ["/bin/sh"],
                    "OnBuild": ["x"],
                    "Healthcheck": {"Test": ["CMD", "x"], "Interval": 30000000000, "Retries": 3},
                    "ArgsEscaped": True,
                    "StopTimeout": 0,
                    "StopSignal": "9",
                    "Labels": {"z": "1", "a": "&"},
                    "WorkingDir": "/",
                    "Volumes": {"/v": {}, "/a": {}},
                    "Cmd": ["a", ""],
                    "Entrypoint": ["e"],
                    "Env": ["A=1", "B=<"],
                    "ExposedPorts": {"80/tcp": {}, "443": None},
                    "User": "u",
                },
            }
        ),
    ),
    (
        "nulls",
        text(
            {
                **START,
                "created": None,
                "history": None,
                "config": {"Env": None, "Labels": None, "Healthcheck": None},
                "rootfs": None,
            }
        ),
    ),
    ("empty config", text({**START, "config": {}})),
    ("hollow config", text({**START, "config": {"Env": []}})),
    ("hollow label", text({**START, "config": {"Labels": {}}})),
    ("one label", text({**START, "config": {"Labels": {"gone": "x"}}})),
    ("empty healthcheck", text({**START, "config": {"Healthcheck": {}}})),
    ("empty history", text({**START, "history": []})),
    ("null layers", text({**START, "rootfs": {"type": "layers", "diff_ids": None}})),
    ("bad port", text({**START, "config": {"ExposedPorts": {"80": 1}}})),
    ("bad created", text({**START, "created": "yesterday"})),
    ("wrong env", text({**START, "config": {"Env": {"A": "b"}}})),
    ("capitals", text({"ARCHITECTURE": "arm", "Os": "linux", "Config": {"env": ["a=b"], "labels": {"a": "b"}}})),
    *(
        (f"created {moment}", text({**START, "created": moment}))
        for moment in (
            "2024-01-01T00:00:00Z",
            "2024-01-01T00:00:00.000Z",
            "2024-01-01T00:00:00.1234567891Z",
            "2024-01-01T00:00:00+00:00",
            "2024-01-01T00:00:00-00:00",
            "2024-01-01T00:00:00.5+02:00",
            "0001-01-01T00:00:00Z",
            "2024-01-01T00:00:00+23:59",
            "2024-01-01T00:00:00+24:00",
            "2024-02-30T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01t00:00:00Z",
            "2024-01-01T00:00:00z",
            "2024-01-01 00:00:00Z",
            "2024-01-01T00:00:00,5Z",
            "2024-01-01T0:00:00Z",
            "2024-01-01T00:00:00",
            "",
        )
    ),
]


def cases() -> list[Case]:
    """Return every question."""
    found: list[Case] = [{"op": "reference", "texts": [item]} for item in REFERENCES]
    found += [{"op": "host", "texts": [item]} for item in HOSTS]
    found += [{"op": "toregistry", "texts": [item]} for item in TO_REGISTRY]
    found += [{"op": "fallback", "texts": [f"x@{item}"]} for item in (D64, S512, "sha384:" + "c" * 96)]
    found += [
        {"op": "mediatype", "texts": [item]}
        for item in (
            OCI,
            "",
            "a/b",
            "a",
            "a/",
            "/b",
            "a/b;c=d",
            "*/*",
            "a/*",
            "a/" + "b" * 127,
            "a/" + "b" * 128,
            "a/.b",
            "a/b.",
            "A!#$&^_.+-/9",
            "a/b/c",
            "a/b\n",
        )
    ]
    found += [{"op": "base", "texts": [item]} for item in (OCI, "A/B; c=D", " a/b ", ";x", "", "a/b;c;d")]
    found += [{"op": "platform", "texts": [item]} for item in PLATFORMS]
    found += [{"op": "compare", "arg": [host, *PARTS]} for host in PARTS]
    found += [{"op": "same", "arg": [one, two]} for one in DESCRIPTORS for two in DESCRIPTORS]
    found += [{"op": "filter", "arg": {"Entries": FILTERED, **item}} for item in FILTERS]
    return found + _changes()


def _changes() -> list[Case]:
    found: list[Case] = []
    for name, media_type, raw in DOCUMENTS:
        common: Case = {"name": name, "mediaType": media_type, "document": base64.b64encode(raw).decode()}
        found += [
            {**common, "op": "parse"},
            {**common, "op": "annotate", "texts": ["org.example.<new>", ODD]},
            {**common, "op": "annotate", "texts": ["a", ""]},
            {**common, "op": "subject", "arg": descriptor(E64, 7, OCI)},
            {**common, "op": "subject", "arg": None},
            {**common, "op": "layers", "arg": [descriptor(E64, 3, LABEL, annotations={"x": "y"}, urls=["https://u.example"])]},
            {**common, "op": "layers", "arg": []},
            {**common, "op": "manifests", "arg": [descriptor(E64, 3, OCI, platform={"os": "linux", "architecture": "arm"})]},
            {**common, "op": "manifests", "arg": []},
        ]
    found += [{"op": "parse", "name": name, "document": base64.b64encode(raw).decode()} for name, raw in SNIFFED]
    found += [
        {"op": "parse", "name": name, "mediaType": SIGNED, "document": base64.b64encode(raw).decode()}
        for name, raw in SIGNATURES
    ]
    for name, raw in CONFIGS:
        common = {"op": "config", "name": name, "mediaType": CONFIG, "document": base64.b64encode(raw).decode()}
        found += [
            {**common, "texts": ["k<", ODD]},
            {**common, "texts": ["gone", ""]},
            {**common, "texts": ["", "new & author"]},
        ]
    return found


if __name__ == "__main__":
    json.dump(cases(), sys.stdout)
