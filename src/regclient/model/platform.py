"""Platforms: what an image runs on, and which of several runs best here.

The rules (names that mean the same, which CPU runs which) are those of containerd's and regclient's platform matching, as
tables and small predicates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from regclient.errors import InvalidPlatform, ParseError
from regclient.kit.keyvalues import parse_key_values
from regclient.model import document, gojson

ARCHITECTURES = frozenset(
    {
        *("386", "amd64", "i386", "x86_64", "x86-64", "arm", "armhf", "armel", "arm64", "aarch64"),
        *("mips", "mips64", "mips64le", "ppc", "ppc64", "ppc64le", "loong64", "riscv", "riscv64"),
        *("s390", "s390x", "sparc", "sparc64", "wasm"),
    }
)
"""Names that mean an architecture when they stand alone."""

_PART = re.compile(r"[A-Za-z0-9_-]+")
_FILLED = frozenset({"linux", "darwin", "windows"})
_FIXED_CPUS = {"i386": ("386", ""), "armhf": ("arm", "v7"), "armel": ("arm", "v6")}
_CPU_NAMES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64"}
_VARIANTS = {
    ("amd64", "v1"): "",
    ("arm64", "8"): "",
    ("arm64", "v8"): "",
    ("arm", ""): "v7",
    ("arm", "5"): "v5",
    ("arm", "6"): "v6",
    ("arm", "7"): "v7",
    ("arm", "8"): "v8",
}
SHAPE = document.Shape("architecture", "os", "os.version", "os.features", "variant", "features")


@dataclass(frozen=True, slots=True)
class Platform:
    """An operating system and a CPU; ``variant`` is the CPU's level, ``os_version`` matters on Windows only.

    Empty fields are unknown, and a platform with none is what an index says of an attestation or an artifact.
    """

    os: str = ""
    architecture: str = ""
    variant: str = ""
    os_version: str = ""
    os_features: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    extras: document.Extras = field(default=(), compare=False, repr=False)

    @classmethod
    def parse(cls, text: str, local: Platform | None = None) -> Platform:
        """Read ``os[/arch[/variant]][,osver=VERSION]``, a lone architecture, or ``local``.

        What is left out is taken from ``local``, the platform programs run on here; without one nothing is filled in.

        Raises:
            InvalidPlatform: the text is none of these.
        """
        here = local or cls()
        if text == "local":
            return here
        head, _, arguments = text.partition(",")
        parsed = _parse_components(text, head)
        if parsed.os in {"", "local"}:
            parsed = replace(parsed, os=here.os)
        parsed = replace(parsed, os_version=_os_version(text, arguments)).normalized()
        return _filled(parsed, here, short="/" not in head)

    @classmethod
    def from_json(cls, value: object, where: str = "platform") -> Platform:
        """Read the JSON object of a descriptor.

        Raises:
            InvalidManifest: a member has the wrong type.
        """
        known, extras = SHAPE.read(value, where)
        return cls.from_members(known, where, extras)

    @classmethod
    def from_members(cls, known: Mapping[str, object], where: str, extras: document.Extras = ()) -> Platform:
        """Read the members of a platform out of a larger object, such as an image config."""
        return cls(
            os=document.text_of(known, "os", where),
            architecture=document.text_of(known, "architecture", where),
            variant=document.text_of(known, "variant", where),
            os_version=document.text_of(known, "os.version", where),
            os_features=document.texts_of(known, "os.features", where),
            features=document.texts_of(known, "features", where),
            extras=extras,
        )

    def members(self) -> dict[str, str]:
        """Return the encoded members, empty ones left out as Go leaves them."""
        encoded = {"architecture": gojson.encode_text(self.architecture), "os": gojson.encode_text(self.os)}
        optional = {"os.version": self.os_version, "variant": self.variant}
        lists = {"os.features": self.os_features, "features": self.features}
        encoded |= {name: gojson.encode_text(value) for name, value in optional.items() if value}
        return encoded | {name: gojson.encode_texts(value) for name, value in lists.items() if value}

    def to_json(self) -> str:
        """Return the JSON object in Go's member order."""
        return SHAPE.write(self.members(), self.extras)

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return self != Platform()

    def __str__(self) -> str:
        """Return ``os/arch/variant``, normalised, without what is empty; an unknown system prints as ``unknown``."""
        plain = self.normalized()
        return "/".join(filter(None, (plain.os or "unknown", plain.architecture, plain.variant)))

    def normalized(self) -> Platform:
        """Return the same platform under the usual names: ``aarch64`` is ``arm64``, ``arm`` alone is ``arm/v7``."""
        system = "darwin" if self.os == "macos" else self.os
        architecture, variant = _usual_cpu(self.architecture, self.variant)
        if (system, architecture, variant) == (self.os, self.architecture, self.variant):
            return self
        return replace(self, os=system, architecture=architecture, variant=variant)

    def matches(self, other: Platform) -> bool:
        """Whether both are the same platform, as filters mean it; features count only on systems we know nothing of."""
        mine, theirs = self.normalized(), other.normalized()
        if (mine.os, mine.architecture, mine.variant) != (theirs.os, theirs.architecture, theirs.variant):
            return False
        if mine.os in {"linux", "freebsd"}:
            return True
        if mine.os == "windows":
            return _same_windows(mine.os_version, theirs.os_version)
        return _details(mine) == _details(theirs)

    def compatible(self, other: Platform) -> bool:
        """Whether this host can run an image for ``other``: the CPU or an earlier level of it, on this system or a guest."""
        mine, theirs = self.normalized(), other.normalized()
        if mine.architecture != theirs.architecture or not _variant_runs(mine.variant, theirs.variant):
            return False
        if mine.os in {"linux", "freebsd"}:
            return mine.os == theirs.os
        if mine.os == "darwin":
            return theirs.os in {"darwin", "linux"}
        if mine.os == "windows":
            version_fits = not mine.os_version or _same_windows(mine.os_version, theirs.os_version)
            return theirs.os == "linux" or (theirs.os == "windows" and version_fits)
        return mine.os == theirs.os and _details(mine) == _details(theirs)

    def better(self, candidate: Platform, previous: Platform) -> bool:
        """Whether this host should rather run ``candidate`` than ``previous`` (an empty platform: nothing found yet)."""
        if not self.compatible(candidate):
            return False
        mine, new, old = self.normalized(), candidate.normalized(), previous.normalized()
        for wanted, left, right in ((mine.os, new.os, old.os), (mine.architecture, new.architecture, old.architecture)):
            if left != right and wanted in {left, right}:
                return left == wanted
        if new.variant != old.variant:
            return _closer(
                mine.variant, new.variant, old.variant, higher=_variant_number(new.variant) > _variant_number(old.variant)
            )
        if new.os_version != old.os_version:
            return _closer(
                mine.os_version,
                new.os_version,
                old.os_version,
                higher=_is_newer(new.os_version, old.os_version),
            )
        return False


def best_of(host: Platform, candidates: Iterable[Platform]) -> int | None:
    """Return the position of the candidate ``host`` runs best, the first among equals; None when it runs none."""
    found, best = None, Platform()
    for position, candidate in enumerate(candidates):
        if host.better(candidate, best):
            found, best = position, candidate
    return found


def _details(platform: Platform) -> tuple[object, ...]:
    return platform.os_version, platform.os_features, platform.features


def _parse_components(text: str, head: str) -> Platform:
    parts = head.split("/")
    if not all(_PART.fullmatch(part) for part in parts):
        raise InvalidPlatform(text, "expected OS[/ARCHITECTURE[/VARIANT]]")
    parts = [part.lower() for part in parts]
    if len(parts) == 1 and parts[0] in ARCHITECTURES:
        return Platform(architecture=parts[0])
    system, architecture, variant = (*parts, "", "")[:3]
    return Platform(system, architecture, variant)


def _os_version(text: str, arguments: str) -> str:
    try:
        pairs = parse_key_values(arguments)
    except ParseError as error:
        raise InvalidPlatform(text, error.reason) from error
    version = ""
    for key, value in pairs.items():
        if key.strip().lower() not in {"osver", "osversion"}:
            raise InvalidPlatform(text, f"unknown argument {key!r}")
        version = value
    return version


def _filled(parsed: Platform, here: Platform, *, short: bool) -> Platform:
    if short and parsed.os in _FILLED and _system_runs(here.os, parsed.os):
        parsed = replace(parsed, architecture=parsed.architecture or here.architecture)
        if parsed.architecture == here.architecture:
            parsed = replace(parsed, variant=parsed.variant or here.variant)
    same = parsed.os == here.os == "windows" and parsed.architecture == here.architecture
    if same and not parsed.os_version and _variant_runs(here.variant, parsed.variant):
        parsed = replace(parsed, os_version=here.os_version)
    return parsed


def _system_runs(host: str, guest: str) -> bool:
    return host == guest or (host in {"darwin", "windows"} and guest == "linux")


def _usual_cpu(architecture: str, variant: str) -> tuple[str, str]:
    if architecture in _FIXED_CPUS:
        return _FIXED_CPUS[architecture]
    architecture = _CPU_NAMES.get(architecture, architecture)
    return architecture, _VARIANTS.get((architecture, variant), variant)


def _variant_number(variant: str) -> int:
    digits = variant.removeprefix("v")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0


def _variant_runs(host: str, image: str) -> bool:
    mine, theirs = _variant_number(host), _variant_number(image)
    return mine >= theirs or (not host and theirs == 1)


def _same_windows(left: str, right: str) -> bool:
    return left.split(".")[:3] == right.split(".")[:3]  # the third part is the build; a fourth only counts its updates


def _closer(wanted: str, new: str, old: str, *, higher: bool) -> bool:
    return new == wanted if wanted in {new, old} else higher


def _is_newer(new: str, old: str) -> bool:
    # Only parts both have count: 10.0.17763 is not older than 10.0.17763.1, so the first found stays.
    for mine, theirs in zip(_version_parts(new), _version_parts(old), strict=False):
        if mine != theirs:
            return mine > theirs
    return False


def _version_parts(version: str) -> list[int]:
    return [int(part) if part.isascii() and part.isdecimal() and len(part) < 19 else -1 for part in version.split(".")]
