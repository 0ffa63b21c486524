"""The local platform, from what machines say of themselves."""

from __future__ import annotations

from regclient.model.platform import Platform
from regclient.settings.machine import local_platform, platform_of
from tests.tables import table

V2 = "sse2 pni ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm"
V3 = f"{V2} avx avx2 bmi1 bmi2 f16c fma abm movbe"
V4 = f"{V3} avx512f avx512bw avx512cd avx512dq avx512vl"


@table(
    ("variant", "flags"),
    [("", "fpu sse2"), ("v2", V2), ("v3", V3), ("v4", V4), ("v2", V4.replace("movbe", "")), ("", V3.replace("popcnt", ""))],
)
def test_the_level_of_an_x86_cpu_is_the_highest_whose_flags_are_all_there(variant: str, flags: str) -> None:
    cpuinfo = f"processor\t: 0\nflags\t\t: {flags}\nbugs\t\t: none\n"
    assert Platform("linux", "amd64", variant) == platform_of("linux", "x86_64", cpuinfo)


@table(
    ("variant", "machine", "stated"),
    [
        ("v7", "armv7l", "7"),
        ("v6", "armv6l", "6TEJ"),
        ("v5", "armv5tel", "5TE"),
        ("v7", "armv7l", "?(12)"),
        ("v8", "armv8l", "8"),
    ],
)
def test_the_version_of_an_arm_cpu_is_what_the_kernel_says(variant: str, machine: str, stated: str) -> None:
    assert Platform("linux", "arm", variant) == platform_of("linux", machine, f"CPU architecture: {stated}\n")


def test_a_pi_that_calls_itself_seven_is_a_six() -> None:
    cpuinfo = "model name\t: ARMv6-compatible processor rev 7 (v6l)\nCPU architecture: 7\n"
    assert Platform("linux", "arm", "v6") == platform_of("linux", "armv6l", cpuinfo)


def test_a_64_bit_arm_has_no_variant_to_speak_of() -> None:
    assert Platform("linux", "arm64") == platform_of("linux", "aarch64", "CPU architecture: 8\n")
    assert Platform("darwin", "arm64") == platform_of("darwin", "arm64", "")


def test_other_machines_go_by_their_usual_names() -> None:
    assert Platform("windows", "amd64", "", "10.0.17763") == platform_of("win32", "AMD64", "", "10.0.17763")
    assert Platform("linux", "386") == platform_of("linux", "i686", "")
    assert Platform("linux", "s390x") == platform_of("linux", "s390x", "")


def test_this_machine_is_something() -> None:
    here = local_platform()
    assert here.os
    assert here.architecture
    assert here == local_platform()
