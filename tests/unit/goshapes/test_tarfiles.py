from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from regclient.goshapes.tarfiles import header
from regclient.goview import functions, view
from regclient.kit.gotemplate.template import parse
from regclient.kit.gotemplate.values import Struct
from regclient.kit.tarheader import TarHeader
from tests.tables import table

FILE = TarHeader(
    "d/a", "0", 5, 5, 0o755, 1, 2, 1, "", "u", "g", format="pax", records={"mtime": "1.5", "SCHILY.xattr.user.a": "b"}
)


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def rendered(template: str, found: TarHeader) -> str:
    out: list[str] = []
    parse(template, name="out", functions=functions()).execute(out.append, view(found), functions=functions())
    return "".join(out)


@table(
    ("template", "expected"),
    [
        ("{{.Name}} {{.Size}} {{.Mode}} {{.Uid}} {{.Gid}} {{.Uname}} {{.Gname}}", "d/a 5 493 1 2 u g"),
        ("{{.Typeflag}} {{.Format}} {{.Devmajor}} {{.Linkname}}", "48 PAX 0 "),
        ("{{.ModTime}} {{.ModTime.Unix}}", "1970-01-01 00:00:01.5 +0000 UTC 1"),
        ("{{.AccessTime.IsZero}}", "true"),
        ('{{.Xattrs}} {{index .PAXRecords "mtime"}}', "map[user.a:b] 1.5"),
        (
            "{{with .FileInfo}}{{.Name}} {{.Size}} {{.Mode}} {{.Mode.Perm}} {{.IsDir}} {{.ModTime.Unix}}{{end}}",
            "a 5 -rwxr-xr-x -rwxr-xr-x false 1",
        ),
    ],
)
def test_a_header_has_the_fields_of_gos(template: str, expected: str) -> None:
    assert expected == rendered(template, FILE)


def test_its_json_is_that_of_go() -> None:
    expected = (
        '{"Typeflag":53,"Name":"d/","Linkname":"","Size":0,"Mode":493,"Uid":0,"Gid":0,"Uname":"","Gname":"",'
        '"ModTime":"1970-01-01T00:00:00Z","AccessTime":"0001-01-01T00:00:00Z","ChangeTime":"0001-01-01T00:00:00Z",'
        '"Devmajor":0,"Devminor":0,"Xattrs":null,"PAXRecords":null,"Format":2}\n'
    )

    assert expected == rendered("{{json .}}", TarHeader("d/", "5", mode=0o755, format="ustar"))


@table(("kind", "expected"), [("0", "-"), ("5", "d"), ("2", "L"), ("3", "Dc"), ("4", "D"), ("6", "p")])
def test_kinds_have_the_letters_of_go(kind: str, expected: str) -> None:
    found = TarHeader("a", kind, mode=0o644)

    assert f"{expected}rw-r--r-- -rw-r--r--" == rendered("{{.FileInfo.Mode}} {{.FileInfo.Mode.Perm}}", found)
    assert ("true" if kind == "5" else "false") == rendered("{{.FileInfo.Mode.IsDir}}", found)
    assert ("true" if kind == "0" else "false") == rendered("{{.FileInfo.Mode.IsRegular}}", found)


@table("text", ["1.x", "-1.25", "3.123456789123", "abc", "-", "9" * 30, "9" * 18, "\u0663"])
def test_odd_times_are_no_failure(text: str) -> None:
    assert isinstance(header(TarHeader("a", records={"mtime": text})), Struct)
    assert ("-1.25" == text) == (
        "1969-12-31 23:59:58.75 +0000 UTC" == rendered("{{.ModTime}}", TarHeader("a", records={"mtime": text}))
    )
