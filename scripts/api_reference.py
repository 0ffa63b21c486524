"""Write the page of the library's public names, from the code and its docstrings.

``make docs`` runs it; ``tests/house/test_api_docs.py`` fails when the page is not what this would write, or when a counterpart
of the Go library's that the page promises is not there.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import re
import typing
from collections.abc import Iterator
from importlib import import_module

import regclient
from regclient import edits, errors

HEAD = """\
# The library's names

Made from the code by `make docs`. These names are imported from `regclient`, the errors from `regclient.errors`, what is
changed in images from `regclient.edits`; they are the stable ones. Start with `Client`.
"""
LATER = "later: "

COUNTERPARTS = {
    "Making a client": {
        "config host, config hosts": "`Client`(hosts) with `HostSettings`; `HostBook.add` merges",
        "config host default": "`HostBook`(default=...)",
        "docker certs, docker creds, docker creds file": "`Client.from_environment`; `WireOptions.certificates`",
        "reg options: blob size": "`RemoteOptions.blob_chunk`, `RemoteOptions.blob_max`; per host `HostSettings.blob_chunk`, "
        "`HostSettings.blob_max`",
        "reg options: blob limit": "`RemoteOptions.chunk_limit`",
        "reg options: cache": "`RemoteOptions.cache_timeout`, `RemoteOptions.cache_count`",
        "reg options: certs, cert dirs, cert files": "`Roots`, `HostSettings.reg_cert`",
        "reg options: delay, retry limit": "`Retries`",
        "reg options: http client, transport": "`Client`(transport=...), any `Transport`",
        "reg options: manifest max": "`RemoteOptions.manifest_pull`, `RemoteOptions.manifest_push`",
        "ocidir options: gc, manifest max": "`LayoutSettings.collect`, `LayoutSettings.pull_limit`, "
        "`LayoutSettings.push_limit`",
        "ocidir options: throttle": "`Client`(workers=...), for all homes",
        "logger": "the standard `logging`, under the name `regclient`; "
        "`WireOptions.log` for exchanges; warnings are `Warned` events",
        "user agent": "`WireOptions.user_agent`",
    },
    "What a client does": {
        "blob copy": "`Client.copy_blob`, `copy_blob`; callback: `Escort.observer`, reader hook: `Escort.reader`",
        "blob delete": "`Repository.delete_blob`",
        "blob get": "`Repository.open_blob`",
        "blob get OCI config": "`read_config`",
        "blob head": "`Repository.stat_blob`",
        "blob mount": "`Mounts.mount_blob`",
        "blob put": "`Repository.put_blob`",
        "close": "`Client.close`, `Collects.close`",
        "image check base": LATER + "with `regctl image check-base`",
        "image config": "`Client.config`, `image_config`",
        "image copy": "`Client.copy` with `CopyOptions`; `copy`, or `plan_copy` and `run_copy`",
        "image export, image import": "`Client.export` with `ExportOptions`, `Client.import_` with `ImportOptions`; "
        "`export_image`, `import_image`",
        "manifest delete": "`Client.delete`, `Repository.delete_manifest`",
        "manifest get": "`Client.manifest`, `Repository.get_manifest`; a descriptor's inline data: `read_manifest`",
        "manifest head": "`Client.head`, `Client.digest`, `Repository.head_manifest`, `Repository.resolve`",
        "manifest put": "`Repository.put_manifest`; a child is put under the name None",
        "ping": "`Client.ping`, `Pings.ping`",
        "referrer list": "`Client.referrers`, `referrers_of`, `Repository.referrers`; slow search: "
        "`ScansReferrers.scan_referrers`",
        "repo list": "`Client.registry`, `Registry.repositories`",
        "tag delete": "`Repository.delete_tag`",
        "tag list": "`Repository.tags`",
    },
    "The options of a copy": {
        "callback": "the observer of `copy` and `Client.copy`, given an `Event`, `Planned` or `Warned`",
        "blob-reader hook": "`CopyOptions.reader`",
        "child": "the target name None of `copy`",
        "digest tags": "`CopyOptions.digest_tags`",
        "fast check": "`CopyOptions.fast`",
        "force recursive": "`CopyOptions.recursive`",
        "include external": "`CopyOptions.external`",
        "platforms list": "`CopyOptions.platforms`",
        "referrers, referrer source, referrer target": "`CopyOptions.referrers`, `CopyOptions.referrer_filters`, "
        "`CopyOptions.referrers_src`, `CopyOptions.referrers_dst`",
    },
    "Types": {
        "references": "`Reference`",
        "platforms": "`Platform`, `local_platform`",
        "descriptors and match options": "`Descriptor`, `DescriptorFilter`",
        "manifests: builders": "`ImageManifest.build`, `IndexManifest.build`, `ArtifactManifest.build`, `Manifest.replace`",
        "manifests: platform lookup": "`best_entry`, `DescriptorFilter.best`",
        "manifests: rate limit": "`RateLimit`",
        "manifests: docker to OCI and back": "`convert`",
        "blobs: reader, config": "`Repository.open_blob`, `Verifier`, `ImageConfig`",
        "blobs: tar reader (read file)": "`Client.read_file`; `open_file` of a layer or of `image_layers`",
        "archive helpers": LATER + "with the commands that need them",
        "image modification": "`Client.edit` with the values of `regclient.edits`, `ImageEditor`, `EditPlan`",
        "referrer list: add, delete, merge, fallback tag": "`ReferrerList`, `fallback_tag`; the homes keep the lists",
        "tag list, repo list, ping result": "`TagList`, `RepositoryList`, `Ping`",
        "warnings collector": "the observer of a `Client`, given a `Warned` for each",
        "host config and docker loaders": "`HostSettings`, `HostBook`, `Client.from_environment`",
    },
}
"""What the Go library offers, and where that is here. Names in backticks are checked."""


def page() -> str:
    """Return the page."""
    parts = [HEAD, *_counterparts(), "## Every name\n", *_names(), *_edits()]
    return "\n".join(parts).rstrip() + "\n"


def promised() -> Iterator[str]:
    """Yield the names of ours that the tables of counterparts promise."""
    for rows in COUNTERPARTS.values():
        for text in rows.values():
            if not text.startswith(LATER):
                yield from (
                    name
                    for name in re.findall(r"`([A-Za-z_.]+)`", text)
                    if name not in {"logging", "regclient", "regclient.edits"}
                )


def resolve(name: str) -> object:
    """Return what a dotted public name means.

    Raises:
        AttributeError: nothing.
    """
    found: object = regclient
    for part in name.split("."):
        found = _fields(found).get(part) or getattr(found, part)
    return found


def _fields(owner: object) -> dict[str, object]:
    is_class = isinstance(owner, type) and dataclasses.is_dataclass(owner)
    return {field.name: field for field in dataclasses.fields(owner)} if is_class else {}  # type: ignore[arg-type]


def _counterparts() -> Iterator[str]:
    yield "## For those who know the Go library\n"
    for title, rows in COUNTERPARTS.items():
        yield f"### {title}\n\n| there | here |\n|---|---|"
        yield from (f"| {name} | {text} |" for name, text in rows.items())
        yield ""


def _names() -> Iterator[str]:
    for name in sorted(regclient.__all__, key=str.lower):
        value = getattr(regclient, name)
        if isinstance(value, type):
            yield from _class(name, value)
        elif callable(value) and inspect.getdoc(value) and hasattr(value, "__module__") and not _is_alias(value):
            yield f"### {name}{_signature(value)}\n\n{_paragraph(value)}\n"
        else:
            yield f"### {name}\n\n{_constant(name)}\n"
    yield "## Errors\n\n```text"
    tree = (errors.__doc__ or "").partition("::\n")[2]
    yield inspect.cleandoc(tree)
    yield "```"


def _edits() -> Iterator[str]:
    yield "\n## Edits\n\nThese are imported from `regclient.edits` and given to `Client.edit`; all are values.\n"
    for name in edits.__all__:
        value: type = getattr(edits, name)
        yield f"### class {name}\n\n{_paragraph(value)}\n"
        yield from (f"- `{field}: {_annotation(value, field)}`" for field in _fields(value))
        yield ""


def _class(name: str, value: type) -> Iterator[str]:
    made = vars(value).get("__init__") if not dataclasses.is_dataclass(value) else None
    yield f"### class {name}{_signature(made).partition(' ->')[0] if made else ''}\n\n{_paragraph(value)}\n"
    for field in _fields(value):
        if not field.startswith("_"):
            yield f"- `{field}: {_annotation(value, field)}`"
    for member, attribute in sorted(vars(value).items()):
        if member.startswith("_") or member in _fields(value):
            continue
        plain = attribute.__func__ if isinstance(attribute, classmethod | staticmethod) else attribute
        if inspect.isfunction(plain):
            yield f"- `{member}{_signature(plain)}`: {_first_line(plain)}"
        elif isinstance(plain, property):
            yield f"- `{member}`: {_first_line(plain)}"
    yield ""


def _annotation(owner: type, field: str) -> str:
    for base in owner.__mro__:
        if field in vars(base).get("__annotations__", {}):
            return str(vars(base)["__annotations__"][field])
    return ""


def _signature(function: object) -> str:
    """Return the signature as written, with defaults that are values replaced by dots."""
    signature = inspect.signature(typing.cast("typing.Callable[..., object]", function))
    shown = []
    for parameter in signature.parameters.values():
        if parameter.name in {"self", "cls"}:
            continue
        plain = parameter.default in (None, True, False, 0, -1, ()) or parameter.default is parameter.empty
        shown.append(parameter if plain else parameter.replace(default=_Shown('""' if parameter.default == "" else "...")))
    return str(signature.replace(parameters=shown)).replace("'", "")


class _Shown:
    """A default as the page prints it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _is_alias(value: object) -> bool:
    return typing.get_origin(value) is not None


def _constant(name: str) -> str:
    """Return the text below an assignment, which is its docstring."""
    module = import_module(f"regclient.{regclient._HOMES[name]}")  # noqa: SLF001 - the table is made for this
    body = ast.parse(inspect.getsource(module)).body
    for statement, following in itertools.pairwise(body):
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else getattr(statement, "targets", [])
        is_it = any(isinstance(target, ast.Name) and target.id == name for target in targets)
        if is_it and isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            return _plain(str(following.value.value))
    return f"A value of `{module.__name__}`."


def _paragraph(value: object) -> str:
    return _plain((value.__doc__ or "").partition("Raises:\n")[0])


def _first_line(value: object) -> str:
    return _plain(value.__doc__ or "").partition("\n")[0]


def _plain(text: str) -> str:
    """Turn the marks of a docstring into those of the page."""
    text = re.sub(r":\w+:`~?(?:[a-z]+\.)*([^`]+)`", r"`\1`", inspect.cleandoc(text))
    return text.replace("``", "`").strip()
