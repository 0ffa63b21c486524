from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from regclient.regctl.image import MOD
from regclient.regctl.image_edit import EDITS
from tests.claims import claims
from tests.fakes.console import Console
from tests.programs.edited import APP, nested_tar, write_layout
from tests.programs.edited import digest as digest_of

NEW = "2022-01-01T00:00:00Z"


@dataclass(frozen=True)
class Shop:
    """A layout with images to edit, and the program."""

    regctl: Console
    folder: Path
    digests: dict[str, str]

    def mod(self, name: str, *words: str) -> tuple[int, str]:
        ended = self.regctl("image", "mod", f"ocidir://{self.folder}:{name}", *words)
        return ended.code, ended.out.replace(str(self.folder), "lay").strip()

    def document(self, name: str) -> str:
        """Return everything a name says: its manifest, those below it, and their configs."""
        index = json.loads((self.folder / "index.json").read_text())["manifests"]
        digest = next(each["digest"] for each in index if each["annotations"].get("org.opencontainers.image.ref.name") == name)
        return self.content(digest)

    def content(self, digest: str) -> str:
        text = (self.folder / "blobs" / digest.replace(":", "/")).read_text()
        found = json.loads(text)
        parts = [*found.get("manifests", ()), *([found["config"]] if "layers" in found else ())]
        return text + "".join(self.content(part["digest"]) for part in parts)


@pytest.fixture
def shop(regctl: Console, tmp_path: Path) -> Shop:
    made = write_layout(tmp_path / "lay")
    return Shop(regctl, tmp_path / "lay", {**made.digests, "app": digest_of(APP), "inner": digest_of(nested_tar())})


@claims(
    "regctl image mod --annotation",
    "regctl image mod --annotation-base",
    "regctl image mod --annotation-promote",
    "regctl image mod --author",
    "regctl image mod --buildarg-rm",
    "regctl image mod --buildarg-rm-regex",
    "regctl image mod --config-cmd",
    "regctl image mod --config-entrypoint",
    "regctl image mod --config-platform",
    "regctl image mod --config-time",
    "regctl image mod --config-time-max",
    "regctl image mod --data-max",
    "regctl image mod --digest-algo",
    "regctl image mod --env",
    "regctl image mod --expose-add",
    "regctl image mod --expose-rm",
    "regctl image mod --external-urls-rm",
    "regctl image mod --file-tar-time",
    "regctl image mod --file-tar-time-max",
    "regctl image mod --label",
    "regctl image mod --label-to-annotation",
    "regctl image mod --layer-add",
    "regctl image mod --layer-compress",
    "regctl image mod --layer-rm-created-by",
    "regctl image mod --layer-rm-index",
    "regctl image mod --layer-strip-file",
    "regctl image mod --layer-time",
    "regctl image mod --layer-time-max",
    "regctl image mod --rebase-ref",
    "regctl image mod --reproducible",
    "regctl image mod --time",
    "regctl image mod --time-max",
    "regctl image mod --to-docker",
    "regctl image mod --to-oci",
    "regctl image mod --to-oci-referrers",
    "regctl image mod --user",
    "regctl image mod --volume-add",
    "regctl image mod --volume-rm",
    "regctl image mod --workdir",
)
def test_every_flag_changes_what_it_says(shop: Shop) -> None:
    digest = shop.digests["base"]
    Path(f"{shop.folder}.tar").write_bytes(APP)
    lay = f"ocidir://{shop.folder}"
    # the image, the flag and its value, what the image says without it, what it says with it ("" for nothing new)
    rows = (
        ("multi", "annotation=k=v", "", '"k":"v"'),
        (
            "multi",
            f"annotation-base=alpine:3,{digest}",
            "",
            '"org.opencontainers.image.base.name":"docker.io/library/alpine:3"',
        ),
        ("multi", "annotation-promote", "", '"linux"}}],"annotations":{"common":"yes"'),
        ("multi", "author=Me", "", '"author":"Me"'),
        ("args", "buildarg-rm=VERSION=1.2", "VERSION=1.2", "RUN |1  OTHER=x"),
        ("args", "buildarg-rm-regex=VERSION=.\\..", "VERSION=1.2", "RUN |1  OTHER=x"),
        ("multi", "config-cmd=make", '"Cmd":["run"]', '"Cmd":["/bin/sh","-c","make"]'),
        ("multi", 'config-entrypoint=["x"]', '"Entrypoint":["/app"]', '"Entrypoint":["x"]'),
        ("plain", "config-platform=linux/s390x", '"architecture":"amd64"', '"architecture":"s390x"'),
        ("multi", f"config-time=set={NEW}", '"created":"2021', f'"created":"{NEW}"'),
        ("multi", f"config-time-max={NEW.replace('2022', '2020')}", '"created":"2021', '"created":"2020-01-01T00:00:00Z"'),
        ("multi", "data-max=5000", "", '"data":"'),
        ("multi", "digest-algo=sha512", '"digest":"sha256:', '"digest":"sha512:'),
        ("multi", "env=NEW=1", "", '"NEW=1"'),
        ("multi", "expose-add=53/udp", "", '"53/udp":{}'),
        ("multi", "expose-rm=80/tcp", '"80/tcp"', ""),
        ("foreign", "external-urls-rm", '"urls"', '"application/vnd.oci.image.layer.v1.tar+gzip"'),
        ("multi", "label=new=1", "", '"new":"1"'),
        ("plain", "label-to-annotation", "", '"arch":"amd64","common":"yes"'),
        ("multi", "layer-rm-created-by=COPY app", '"created_by":"COPY app', ""),
        ("plain", "layer-rm-index=0", '"created_by":"ADD base', ""),
        ("multi", f"layer-add=tar={shop.folder}.tar", "", '"comment":"regclient"'),
        ("multi", "layer-compress=zstd", "tar+gzip", "tar+zstd"),
        ("multi", "layer-strip-file=app", '"created_by":"COPY app', ""),
        ("multi", f"layer-time=set={NEW}", shop.digests["app"], ""),
        ("multi", f"layer-time-max={NEW.replace('2022', '2020')}", shop.digests["app"], ""),
        ("tars", f"file-tar-time=filename=dir/inner.tar,set={NEW}", shop.digests["inner"], ""),
        ("tars", f"file-tar-time-max=dir/inner.tar,{NEW.replace('2022', '2020')}", shop.digests["inner"], ""),
        ("multi", "reproducible", shop.digests["app"], ""),
        ("multi", f"time=set={NEW}", shop.digests["app"], f'"created":"{NEW}"'),
        ("multi", f"time-max={NEW.replace('2022', '2020')}", shop.digests["app"], '"created":"2020-01-01T00:00:00Z"'),
        ("multi", "to-docker", "application/vnd.oci", "application/vnd.docker"),
        ("docker", "to-oci", "application/vnd.docker", "application/vnd.oci"),
        ("attested", "to-oci-referrers", "vnd.docker.reference.type", ""),
        ("multi", "user=me", '"User":"1000"', '"User":"me"'),
        ("multi", "volume-add=/more", "", '"/more":{}'),
        ("multi", "volume-rm=/data", '"/data"', ""),
        ("multi", "workdir=/new", '"WorkingDir":"/srv"', '"WorkingDir":"/new"'),
        ("built", f"rebase-ref={lay}:base-old,{lay}:base", "", '"created":"2021-02-03T04:05:06.123456789Z","created_by":"ADD'),
    )
    for name, flag, gone, new in rows:
        before = shop.document(name)
        assert (0, "ocidir://lay:new") == shop.mod(name, f"--{flag}", "--create", "new"), flag
        after = shop.document("new")
        assert gone in before, flag
        assert not gone or gone not in after, flag
        assert not new or (new in after and new not in before), flag


@claims("regctl image mod --rebase")
def test_the_base_in_the_annotations_is_found_where_it_is(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.folder.rename(shop.folder.parent / "edit")
    monkeypatch.chdir(shop.folder.parent)
    moved = Shop(shop.regctl, shop.folder.parent / "edit", shop.digests)
    before = moved.document("built")

    assert 0 == moved.mod("built", "--rebase", "--create", "new")[0]

    new_base = '"created":"2021-02-03T04:05:06.123456789Z","created_by":"ADD'
    assert (False, True) == (new_base in before, new_base in moved.document("new"))


@claims("regctl image mod --create", "regctl image mod --replace")
def test_the_result_is_called_as_asked(shop: Shop) -> None:
    code, by_digest = shop.mod("multi", "--label", "a=b")
    assert (0, True) == (code, by_digest.startswith("ocidir://lay@sha256:"))
    assert '"a":"b"' not in shop.document("multi")

    assert (0, "ocidir://lay:new") == shop.mod("multi", "--label", "a=b", "--create", "new", "--replace")
    assert '"a":"b"' in shop.document("new")
    assert '"a":"b"' not in shop.document("multi")

    assert (0, "ocidir://lay:multi") == shop.mod("multi", "--label", "a=b", "--replace")
    assert '"a":"b"' in shop.document("multi")


@claims("regctl image mod --dry-run")
def test_a_dry_run_says_what_would_change_and_changes_nothing(shop: Shop) -> None:
    before = (shop.folder / "index.json").read_bytes()
    files = sorted(shop.folder.rglob("*"))

    code, told = shop.mod("multi", "--label", "a=b", "--replace", "--dry-run")

    assert (0, before, files) == (code, (shop.folder / "index.json").read_bytes(), sorted(shop.folder.rglob("*")))
    lines = told.splitlines()
    assert [2, 3, 5] == [
        sum(line.startswith("config") and "becomes" in line for line in lines),
        sum(line.startswith("manifest") and "becomes" in line for line in lines),
        sum(" to ocidir://" in line for line in lines),
    ]
    assert lines[-1].endswith("to ocidir://lay as multi")


def test_flags_run_in_the_order_they_come_in(shop: Shop) -> None:
    shop.mod("plain", "--label", "a=1", "--label", "a=2", "--create", "new")
    assert '"a":"2"' in shop.document("new")
    shop.mod("plain", "--expose-rm", "1", "--expose-add", "1", "--expose-rm", "80/tcp", "--create", "new")
    assert '"ExposedPorts":{"1":{}}' in shop.document("new")


def test_what_a_flag_refuses_is_a_mistake_of_the_line(shop: Shop) -> None:
    ended = shop.regctl("image", "mod", f"ocidir://{shop.folder}:plain", "--config-time", "set=now")

    assert (1, "") == (ended.code, ended.out)
    assert 'invalid argument "set=now" for "--config-time" flag:' in ended.err


def test_the_table_is_in_order_and_every_row_makes_edits() -> None:
    assert [flag.name for flag in EDITS] == sorted(flag.name for flag in EDITS)
    assert all(flag.parse is not None for flag in EDITS)
    assert {flag.name for flag in MOD.flags} - {flag.name for flag in EDITS} == {"create", "dry-run", "replace"}
