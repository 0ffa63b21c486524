"""Entries of tars as Go structs, for the templates of ``get-file``."""

from __future__ import annotations

import posixpath
import re
import stat

from regclient.goshapes.parts import labels
from regclient.kit.gotemplate.timeview import time_value
from regclient.kit.gotemplate.values import Method, Named, Struct
from regclient.kit.gotime import GoTime
from regclient.kit.tarheader import TarHeader

_FORMATS = {"": (1, "V7"), "ustar": (2, "USTAR"), "pax": (4, "PAX"), "gnu": (8, "GNU")}
_TIME = re.compile(r"(-?)([0-9]{1,18})(?:\.([0-9]*))?")
_XATTR = "SCHILY.xattr."
_STRINGS = "map[string]string"


def header(found: TarHeader) -> Struct:
    """View the header of an entry."""
    xattrs = {key.removeprefix(_XATTR): value for key, value in found.records.items() if key.startswith(_XATTR)}
    fields = {
        "Typeflag": Named(ord(found.kind), "uint8"),
        "Name": found.name,
        "Linkname": found.link,
        "Size": Named(found.size, "int64"),
        "Mode": Named(found.mode, "int64"),
        "Uid": found.uid,
        "Gid": found.gid,
        "Uname": found.user,
        "Gname": found.group,
        "ModTime": time_value(_moment(found.records.get("mtime") or str(found.mtime))),
        "AccessTime": time_value(_moment(found.records.get("atime", ""))),
        "ChangeTime": time_value(_moment(found.records.get("ctime", ""))),
        "Devmajor": Named(found.major, "int64"),
        "Devminor": Named(found.minor, "int64"),
        "Xattrs": labels(xattrs) if xattrs else Named(None, _STRINGS),
        "PAXRecords": labels(found.records) if found.records else Named(None, _STRINGS),
        "Format": _format(found),
    }
    return Struct("tar.Header", fields, methods={"FileInfo": lambda: _file_info(found)}, pointer=True, subject=found)


def _format(found: TarHeader) -> Named:
    number, text = _FORMATS[found.format]
    return Named(number, "tar.Format", text=lambda: text, methods={"String": lambda: text})


def _file_info(found: TarHeader) -> Struct:
    name = posixpath.basename(posixpath.normpath(found.name)) if found.is_directory else posixpath.basename(found.name)
    methods: dict[str, Method] = {
        "IsDir": lambda: found.is_directory,
        "ModTime": lambda: time_value(_moment(found.records.get("mtime") or str(found.mtime))),
        "Mode": lambda: _mode(found, found.mode & 0o777),
        "Name": lambda: name,
        "Size": lambda: Named(found.size, "int64"),
    }
    return Struct("tar.headerFileInfo", {}, methods=methods)


def _mode(found: TarHeader, permissions: int, letter: str = "") -> Named:
    letter = letter or {"5": "d", "2": "L", "3": "Dc", "4": "D", "6": "p"}.get(found.kind, "-")
    text = letter + stat.filemode(permissions)[1:]
    methods: dict[str, Method] = {
        "IsDir": lambda: letter == "d",
        "IsRegular": lambda: letter == "-",
        "Perm": lambda: _mode(found, permissions, "-"),
        "String": lambda: text,
    }
    return Named(permissions, "fs.FileMode", kind="uint32", text=lambda: text, methods=methods)


def _moment(text: str) -> GoTime:
    """Read a time of an extended header; the zero time for what is none, or so far off that no calendar has it."""
    found = _TIME.fullmatch(text)
    if found is None:
        return GoTime()
    nanoseconds = int((found[3] or "")[:9].ljust(9, "0"))
    sign = -1 if found[1] else 1
    return GoTime(sign * int(found[2]), sign * nanoseconds).local()
