"""The program's entry and its table of commands."""

from __future__ import annotations

from regclient.cli.app import entry
from regclient.cli.builtin import completion_commands
from regclient.cli.options import CLI_DOC, CONFIG, HELP, LOGGING
from regclient.cli.version import version_command
from regclient.kit.flags.table import Command, Flag

ABORT = Flag("abort-on-error", "bool", "End at the first error")
COMMANDS = (
    Command(
        "check",
        "say what a sync would do",
        long="Look at every image the configuration names and say which are out of step; copy nothing.",
        example="regsync check -c regsync.yml",
        flags=(ABORT, CONFIG),
        run="regclient.regsync.run:check",
    ),
    Command(
        "config",
        "show the configuration",
        long="Show the configuration as it would run: defaults inherited, templates expanded. Logins are shown in clear.",
        example="regsync config -c regsync.yml",
        flags=(CONFIG,),
        run="regclient.regsync.run:config",
    ),
    Command(
        "once",
        "sync once, ignoring schedules",
        long="Bring every image the configuration names into step, once.",
        example="""\
# everything
regsync once -c regsync.yml

# only what the targets do not have
regsync once -c regsync.yml --missing""",
        flags=(ABORT, CONFIG, Flag("missing", "bool", "Copy only tags that the target does not have")),
        run="regclient.regsync.run:once",
    ),
    Command(
        "schema",
        "print the JSON Schema of the configuration file",
        long="Print the JSON Schema of the configuration file, for editors that check while one types.",
        example="regsync schema > regsync.schema.json",
        run="regclient.regsync.run:schema",
    ),
    Command(
        "server",
        "sync on schedules, until a signal",
        long="""\
Copy what is missing at once, then bring each step into step whenever its schedule says so, until a signal.

The first signal begins nothing new and lets running copies end within the grace period. The second ends them.""",
        example="regsync server -c regsync.yml",
        flags=(
            ABORT,
            CONFIG,
            Flag("grace", "string", "How long running copies may take to end after a signal", default="5s", shown="duration"),
        ),
        run="regclient.regsync.server:serve",
    ),
)
ROOT = Command(
    "regsync",
    "keep repositories in step",
    long="""\
Keep images, repositories and whole registries in step with others, as a file says: once, or on schedules.

The file is that of regclient's regsync.""",
    example="""\
# what would be copied
regsync check -c regsync.yml

# copy it
regsync once -c regsync.yml""",
    persistent=LOGGING,
    children=(
        *COMMANDS,
        CLI_DOC,
        Command("completion", "print a completion script for a shell", children=completion_commands("regsync")),
        HELP,
        version_command("regsync"),
    ),
)


def main() -> None:
    """Run regsync with the words of this process; never returns."""
    entry(ROOT)
