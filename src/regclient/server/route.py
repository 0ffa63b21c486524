"""Paths of the distribution API, taken apart.

A repository name is checked against the spec's grammar here, before anything else sees it: a name that passes has no dots on
their own, no empty parts and no upper case, so it cannot leave a directory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from regclient.server.fault import Fault

NAME_LIMIT = 255
_NAME = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")


class Endpoint(Enum):
    """What a path is about."""

    BASE = "base"
    CATALOG = "catalog"
    TAGS = "tags"
    MANIFEST = "manifest"
    BLOB = "blob"
    UPLOADS = "uploads"
    UPLOAD = "upload"
    REFERRERS = "referrers"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes: ``name`` is the repository, ``argument`` the tag, digest or session."""

    endpoint: Endpoint
    name: str = ""
    argument: str = ""


def is_name(text: str) -> bool:
    """Whether the text is a repository name of the spec, of a length every client can use."""
    return len(text) <= NAME_LIMIT and _NAME.fullmatch(text) is not None


def is_tag(text: str) -> bool:
    """Whether the text is a tag of the spec."""
    return _TAG.fullmatch(text) is not None


def parse_route(path: str) -> Route:
    """Find the endpoint of a percent-decoded path.

    Raises:
        Fault: 404 when no endpoint has this shape, 400 NAME_INVALID when the name does not follow the grammar.
    """
    if path in {"/v2", "/v2/"}:
        return Route(Endpoint.BASE)
    if path in {"/v2/_catalog", "/v2/_catalog/"}:
        return Route(Endpoint.CATALOG)
    if not path.startswith("/v2/"):
        raise Fault(404, "UNSUPPORTED", "only paths below /v2/ are served")
    parts = path[4:].split("/")
    route = _route(parts)
    if not is_name(route.name):
        raise Fault(400, "NAME_INVALID", "the repository name does not follow the grammar of the specification")
    return route


def _route(parts: list[str]) -> Route:
    match parts:
        case [*name, "tags", "list"]:
            return Route(Endpoint.TAGS, "/".join(name))
        case [*name, "manifests", reference]:
            return Route(Endpoint.MANIFEST, "/".join(name), reference)
        case [*name, "referrers", digest]:
            return Route(Endpoint.REFERRERS, "/".join(name), digest)
        case [*name, "blobs", "uploads"] | [*name, "blobs", "uploads", ""]:
            return Route(Endpoint.UPLOADS, "/".join(name))
        case [*name, "blobs", "uploads", session]:
            return Route(Endpoint.UPLOAD, "/".join(name), session)
        case [*name, "blobs", digest]:
            return Route(Endpoint.BLOB, "/".join(name), digest)
    raise Fault(404, "UNSUPPORTED", "no such endpoint")
