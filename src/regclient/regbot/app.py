"""The program's entry and its commands: run scripts over registries, once or on schedules."""

from __future__ import annotations

from regclient.cli.app import entry
from regclient.cli.options import CLI_DOC, CONFIG, HELP, LOGGING
from regclient.cli.version import version_command
from regclient.kit.flags.table import Command, Flag

_FLAGS = (
    Flag("allow-io", "bool", "Let scripts use files and programs (io, os.execute, require, tar files)"),
    CONFIG,
    Flag("dry-run", "bool", "Write nothing: print what scripts would have done"),
)
ONCE = Command(
    "once",
    "run every script once",
    long="""\
Run every script of the file once, without a look at schedules, one after another or with "parallel" at the same time. A script
that fails stops no other; the program then ends with 1.""",
    example="""\
# what would happen
regbot once -c regbot.yml --dry-run

# do it
regbot once -c regbot.yml""",
    flags=_FLAGS,
    run="regclient.regbot.run:once",
)
SCHEMA = Command(
    "schema",
    "print the JSON Schema of the configuration file",
    long="Print the JSON Schema of the configuration file, for editors that check while one types.",
    example="regbot schema > regbot.schema.json",
    run="regclient.regbot.run:schema",
)
SERVER = Command(
    "server",
    "run scripts on their schedules",
    long="""\
Run scripts on their schedules until a signal comes. Nothing runs at the start. A script that still runs when it is due again
is not started twice. After the first signal nothing is started, and what runs has 8 seconds to end; the second ends it at
once.""",
    example="regbot server -c regbot.yml",
    flags=_FLAGS,
    run="regclient.regbot.run:server",
)
ROOT = Command(
    "regbot",
    "run scripts over registries",
    long="""\
Run scripts in Lua over registries and OCI layouts: mirror, tag, clean up. The scripts, their schedules and the logins are in
one file. A script runs in a process of its own, with limits on its memory and time, and reaches registries through regbot
only.""",
    example="""\
# run the scripts of a file now
regbot once -c regbot.yml

# run them on their schedules
regbot server -c regbot.yml""",
    persistent=LOGGING,
    children=(
        CLI_DOC,
        Command("completion", "print a completion script for a shell", children="regclient.cli.builtin:REGBOT_COMPLETION"),
        HELP,
        ONCE,
        SCHEMA,
        SERVER,
        version_command("regbot"),
    ),
)


def main() -> None:
    """Run regbot with the words of this process; never returns."""
    entry(ROOT)
