"""The platform programs run on here: what ``local`` means where a platform is asked for.

The level of an x86-64 CPU (https://gitlab.com/x86-psABIs/x86-64-ABI) and the version of an ARM one are read from what the
kernel says of it; where it says nothing, the lowest is taken.
"""

from __future__ import annotations

import os
import re
import sys

from regclient.model.platform import Platform

CPUINFO = "/proc/cpuinfo"
_SYSTEMS = {"win32": "windows", "cygwin": "windows"}
_ARCHITECTURES = {"i486": "386", "i586": "386", "i686": "386", "x86": "386", "loongarch64": "loong64"}
_LEVELS = (
    ("v2", {"pni", "ssse3", "sse4_1", "sse4_2", "cx16", "popcnt", "lahf_lm"}),
    ("v3", {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"}),
    ("v4", {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}),
)
_ARM_VERSIONS = {
    "v8": {"8", "aarch64"},
    "v7": {"7", "7m", "?(12)", "?(13)", "?(14)", "?(15)", "?(16)", "?(17)"},
    "v6": {"6", "6tej"},
    "v5": {"5", "5t", "5te", "5tej"},
    "v4": {"4", "4t"},
    "v3": {"3"},
}


def local_platform() -> Platform:
    """Return the platform of this machine."""
    version = ""
    if sys.platform == "win32":
        windows = sys.getwindowsversion()
        version = f"{windows.major}.{windows.minor}.{windows.build}"
        return platform_of(sys.platform, os.environ.get("PROCESSOR_ARCHITECTURE", ""), "", version)
    try:
        with open(CPUINFO, encoding="utf-8", errors="replace") as file:
            cpuinfo = file.read()
    except OSError:
        cpuinfo = ""
    return platform_of(sys.platform, os.uname().machine, cpuinfo, version)


def platform_of(system: str, machine: str, cpuinfo: str, version: str = "") -> Platform:
    """Return the platform of a machine that names itself so; ``cpuinfo`` is what Linux says of its first CPU and the others."""
    name = machine.lower()
    name = "arm" if re.match("arm(?!64)", name) else _ARCHITECTURES.get(name, name)
    plain = Platform(_SYSTEMS.get(system, system), name, os_version=version).normalized()
    variant = ""
    if plain.architecture == "amd64":
        variant = _level(cpuinfo)
    elif plain.architecture in {"arm", "arm64"}:
        variant = _arm_version(plain, cpuinfo)
    return Platform(plain.os, plain.architecture, variant, plain.os_version).normalized()


def _level(cpuinfo: str) -> str:
    flags = set(_first(cpuinfo, "flags").split())
    reached = ""
    for level, needed in _LEVELS:
        if not needed <= flags:
            break
        reached = level
    return reached


def _arm_version(plain: Platform, cpuinfo: str) -> str:
    if plain.os in {"windows", "darwin"}:
        return "v8" if plain.architecture == "arm64" else "v7"
    stated = _first(cpuinfo, "CPU architecture").lower()
    if plain.architecture == "arm" and stated == "7" and _first(cpuinfo, "model name").lower().startswith("armv6-compatible"):
        return "v6"
    return next((version for version, words in _ARM_VERSIONS.items() if stated in words), "")


def _first(cpuinfo: str, name: str) -> str:
    found = re.search(rf"^{name}[ \t]*:[ \t]*(.*)$", cpuinfo, re.MULTILINE | re.IGNORECASE)
    return found[1].strip() if found else ""
