"""References: where an image is, as people write it.

``alpine``, ``registry.example/team/app:1@sha256:…`` and ``ocidir://path:tag`` are all references. The grammar and the
shortenings (a missing registry is Docker Hub) are those of regclient; the digest is only checked in shape here, and strictly
when :attr:`Reference.target` asks for it.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace

from regclient.errors import InvalidReference
from regclient.model.digest import Digest

REG = "reg"
OCIDIR = "ocidir"
OCIFILE = "ocifile"
DEFAULT_TAG = "latest"
DOCKER_HUB = "docker.io"

_HUB_NAMES = frozenset({"", "registry-1.docker.io", "index.docker.io"})
_LABEL = "[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*"
_GROUP = "[0-9a-fA-F]{1,4}"
_GROUPS = f"{_GROUP}(?::{_GROUP}){{0,7}}"
_IPV6 = rf"\[(?:{_GROUPS}|::{_GROUPS}|{_GROUPS}::(?:{_GROUPS})?)\]"
_DOMAIN = rf"{_LABEL}(?:(?:\.{_LABEL})+\.?|\.)"
# Repositories are lower-case, so an upper-case letter tells a host; it may not stand between dashes.
_UPPER = r"(?=[A-Za-z0-9]*[A-Z]|[A-Za-z0-9-]*[A-Z][A-Za-z0-9]*(?![A-Za-z0-9-]))[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]"
_PORT = ":[0-9]+"
_REGISTRY = f"(?:(?:{_DOMAIN}|{_UPPER}|{_IPV6}|localhost)(?:{_PORT})?|{_LABEL}{_PORT})"
_PART = "[a-z0-9]+(?:(?:[.]|_|__|-+)[a-z0-9]+)*"
_TAG = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
_DIGEST = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_NAME = f"(?::(?P<tag>{_TAG}))?(?:@(?P<digest>{_DIGEST}))?"
# Patterns are compiled when they are first used: most commands need one of them, and each takes longer than all else here.
_REG_PATTERN = f"(?:(?P<registry>{_REGISTRY})/)?(?P<repository>{_PART}(?:/{_PART})*){_NAME}"
_PATH_PATTERN = f"(?P<path>[A-Za-z0-9/_.+~ -]+){_NAME}"
_UNUSABLE = "[^/a-z0-9]+"
TAG = re.compile(_TAG)
"""The grammar of tags, for whoever stores one."""
_SCHEME = re.compile("(?P<scheme>[a-z]+)://(?P<rest>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reference:
    """An image, a repository, or a registry, depending on which parts are set.

    ``scheme`` is ``reg`` (a registry), ``ocidir`` (an OCI layout directory at ``path``) or ``ocifile`` (nothing opens it).
    ``digest`` has the shape of a digest but may be of an algorithm nobody knows. ``original`` is the text it was parsed from,
    or the common name once a part was changed; it does not count when references are compared.
    """

    scheme: str = REG
    registry: str = ""
    repository: str = ""
    tag: str = ""
    digest: str = ""
    path: str = ""
    original: str = field(default="", compare=False)

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read a reference; ``latest`` is the tag of a registry reference that has neither tag nor digest.

        Raises:
            InvalidReference: the text follows no grammar of references.
        """
        scheme, rest = _split_scheme(text)
        if scheme != REG:
            return cls(scheme=scheme, original=text, **_groups(_PATH_PATTERN, rest, text))
        parts = _groups(_REG_PATTERN, rest, text)
        registry, repository = parts["registry"], parts["repository"]
        if registry in _HUB_NAMES:
            registry = DOCKER_HUB
        if registry == DOCKER_HUB and "/" not in repository:
            if repository == "localhost" and not parts["registry"]:
                raise InvalidReference(text, "a repository is missing")
            repository = f"library/{repository}"
        tag = parts["tag"] if parts["tag"] or parts["digest"] else DEFAULT_TAG
        return cls(REG, registry, repository, tag, parts["digest"], original=text)

    def __str__(self) -> str:
        """Return the common name; the empty string when there is none."""
        return self.name

    @property
    def name(self) -> str:
        """The common name: ``registry/repository[:tag][@digest]`` or ``ocidir://path[:tag][@digest]``; else empty."""
        if self.scheme == REG and self.repository:
            text = f"{self.registry}/{self.repository}" if self.registry else self.repository
        elif self.scheme == OCIDIR:
            text = f"{OCIDIR}://{self.path}"
        else:
            return ""
        return text + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")

    def with_tag(self, tag: str) -> Reference:
        """Return the same repository with this tag and no digest."""
        return self._changed(tag=tag, digest="")

    def with_digest(self, digest: Digest | str) -> Reference:
        """Return the same repository with this digest and no tag."""
        return self._changed(tag="", digest=str(digest))

    def add_digest(self, digest: Digest | str) -> Reference:
        """Return the same repository and tag, pinned to this digest."""
        return self._changed(tag=self.tag, digest=str(digest))

    def repository_only(self) -> Reference:
        """Return the repository alone: no tag, no digest. Equal results are the same repository."""
        return self._changed(tag="", digest="")

    @property
    def target(self) -> str | Digest | None:
        """What to ask the repository for: the digest if there is one, else the tag, else ``latest`` in a layout, else None.

        Raises:
            InvalidDigest, Unsupported: the digest is not one we can verify.
        """
        if self.digest:
            return Digest.parse(self.digest)
        return self.tag or (None if self.scheme == REG else DEFAULT_TAG)

    @property
    def place(self) -> tuple[str | Digest | None, Digest | None]:
        """What to call a manifest that is put here, and the digest it must have where that name does not say so.

        A registry is told the digest if there is one. A layout named by tag and digest gets the tag, as with the Go programs.

        Raises:
            InvalidDigest, Unsupported: the digest is not one we can verify.
        """
        target = self.target
        if isinstance(target, Digest) and self.tag and self.scheme == OCIDIR:
            return self.tag, target
        return target, None

    @property
    def is_set_repository(self) -> bool:
        """Whether this says which repository."""
        return bool(self.registry and self.repository) if self.scheme == REG else self.scheme == OCIDIR and bool(self.path)

    @property
    def is_set(self) -> bool:
        """Whether this says which image: a layout's default tag counts."""
        return self.is_set_repository and (self.scheme == OCIDIR or bool(self.tag or self.digest))

    def to_registry(self) -> Reference:
        """Return a layout's reference under ``localhost``, its path made a repository name; others stay as they are.

        This is how a layout is served or exported as if it came from a registry.
        """
        if self.scheme != OCIDIR:
            return self
        path = posixpath.normpath(f"/{self.path}").lstrip("/")
        moved = replace(self, scheme=REG, registry="localhost", repository=re.sub(_UNUSABLE, "-", path.lower()), path="")
        return replace(moved, original=moved.name)

    def same_registry(self, other: Reference) -> bool:
        """Whether both are in the same registry or the same layout directory."""
        return (self.scheme, self.registry, self.path) == (other.scheme, other.registry, other.path)

    def same_repository(self, other: Reference) -> bool:
        """Whether both are in the same repository; tags and digests do not count."""
        return self.same_registry(other) and self.repository == other.repository

    def _changed(self, *, tag: str, digest: str) -> Reference:
        changed = replace(self, tag=tag, digest=digest)
        return replace(changed, original=changed.name)


def parse_host(text: str) -> Reference:
    """Read the name of a registry (or a layout directory) alone, as ``registry`` commands take it.

    Raises:
        InvalidReference: it is neither; a short name needs a port, a dot or ``localhost``.
    """
    scheme, rest = _split_scheme(text)
    if scheme != REG:
        return Reference(scheme=scheme, path=_groups(_PATH_PATTERN, rest, text)["path"], original=text)
    if not re.fullmatch(_REGISTRY, text):
        raise InvalidReference(text, "not the name of a registry")
    return Reference(registry=text, original=text)


def _split_scheme(text: str) -> tuple[str, str]:
    match = _SCHEME.fullmatch(text)
    if match is None:
        return REG, text
    if match["scheme"] not in {OCIDIR, OCIFILE}:
        raise InvalidReference(text, f"unknown scheme {match['scheme']!r}")
    return match["scheme"], match["rest"]


def _groups(pattern: str, rest: str, text: str) -> dict[str, str]:
    match = re.fullmatch(pattern, rest)
    if match is None:
        lower = pattern == _REG_PATTERN and re.fullmatch(pattern, rest.lower())
        raise InvalidReference(text, "the repository must be lower case" if lower else "")
    return match.groupdict("")
