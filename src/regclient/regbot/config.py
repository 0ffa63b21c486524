"""The configuration file of regbot: scripts, when they run, and what each may use.

The rows are also what the JSON Schema and the page of the reference are made from.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from regclient.jobs.choices import CHOICES, ClientChoices
from regclient.jobs.configfile import Form, JobsFile
from regclient.jobs.kinds import DURATION, TEXT, WHOLE, Key, Record
from regclient.regbot.sandbox.limits import LEAST_MEMORY, MEMORY, PROCESSOR, Limits


@dataclass(frozen=True, slots=True)
class Script:
    """One script of the file; times are nanoseconds. What is 0 or empty is taken from the defaults."""

    name: str = ""
    text: str = ""
    interval: int = 0
    schedule: str = ""
    timeout: int = 0
    memory: int = 0
    processor: int = 0

    @property
    def limits(self) -> Limits:
        """What the script may use."""
        return Limits(self.memory or MEMORY, self.processor or PROCESSOR, self.timeout)


@dataclass(frozen=True, slots=True)
class Defaults:
    """Everything under ``defaults:``; ``parallel`` copies and archives are made at once."""

    interval: int = 0
    schedule: str = ""
    timeout: int = 0
    memory: int = 0
    processor: int = 0
    parallel: int = 0
    client: ClientChoices = field(default_factory=ClientChoices)


def _defaults(**fields: object) -> Defaults:
    """Take apart what concerns the client and what concerns scripts."""
    client = {key.field: fields.pop(key.field) for key in CHOICES if key.field in fields}
    return Defaults(**fields, client=ClientChoices(**client))  # type: ignore[arg-type] # the kinds of the keys


_INTERVAL = Key("interval", "interval", DURATION, "time between two runs")
_SCHEDULE = Key("schedule", "schedule", TEXT, "when to run, as cron says it; goes before the interval")
_LIMITS = (
    Key("timeout", "timeout", DURATION, "how long a script may take; without it there is no limit"),
    Key("memoryLimit", "memory", WHOLE, f"bytes of memory a script may use; {MEMORY} without it"),
    Key("cpuLimit", "processor", DURATION, f"processor time a script may use; {PROCESSOR // 10**9}s without it"),
)
DEFAULTS = Record(
    _defaults,
    (
        _INTERVAL,
        _SCHEDULE,
        *_LIMITS,
        Key(
            "parallel",
            "parallel",
            WHOLE,
            "copies, archives and configs at once, with scripts beside each other; 0: one after another",
        ),
        *CHOICES,
    ),
)
SCRIPT = Record(
    Script,
    (
        Key("name", "name", TEXT, "what the log calls the script"),
        Key("script", "text", TEXT, "the script, in Lua"),
        _INTERVAL,
        _SCHEDULE,
        *_LIMITS,
    ),
)
TITLE = "Configuration file of regbot"
FORM: Form[Defaults, Script] = Form(DEFAULTS, "scripts", SCRIPT)


def settled(file: JobsFile[Defaults, Script]) -> tuple[Script, ...]:
    """Return the scripts with what they take over from the defaults.

    Raises:
        InvalidConfig: a limit is too low to start a script at all.
    """
    scripts = tuple(_settled(script, file.defaults) for script in file.entries)
    for script, spot in zip(scripts, file.spots, strict=True):
        if script.limits.memory < LEAST_MEMORY:
            raise spot.fail("memoryLimit", f"a script needs {LEAST_MEMORY} bytes at least, not {script.limits.memory}")
        if script.processor < 0:
            raise spot.fail("cpuLimit", "a script needs some processor time")
    return scripts


def _settled(script: Script, defaults: Defaults) -> Script:
    if not script.schedule and not script.interval:
        interval = 0 if defaults.schedule else defaults.interval
        script = replace(script, schedule=defaults.schedule, interval=interval)
    return replace(
        script,
        timeout=script.timeout or defaults.timeout,
        memory=script.memory or defaults.memory,
        processor=script.processor or defaults.processor,
    )
