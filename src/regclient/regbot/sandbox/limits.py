"""What one script may use, and how its process says that it wanted more."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from regclient.kit.duration import format_duration
from regclient.regbot.sandbox.child import OUT_OF_MEMORY

MEMORY = 512 << 20
PROCESSOR = 600 * 10**9
LEAST_MEMORY = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The caps of a script: bytes of memory, nanoseconds of processor time and of time; 0 is none for the last two."""

    memory: int = MEMORY
    processor: int = PROCESSOR
    timeout: int = 0

    @property
    def seconds(self) -> int:
        """The processor time in the whole seconds that the kernel counts, rounded up."""
        return -(-self.processor // 10**9)


def reason_of(status: int, limits: Limits) -> str:
    """Say why a script's process ended before it was done; ``status`` is as in ``Popen.returncode``."""
    if status == -signal.SIGKILL:
        return "the script's process was killed, perhaps because the machine has no memory left"
    if status == -signal.SIGXCPU:
        return f"the script used more than {format_duration(limits.seconds * 10**9)} of processor time (see cpuLimit)"
    if status == OUT_OF_MEMORY:
        return f"not enough memory: the script wanted more than {limits.memory} bytes (see memoryLimit)"
    if status in (-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT):
        return "the interpreter broke down: the script recursed too deeply, perhaps in a pattern"
    return f"the script's process ended without a word (status {status})"
