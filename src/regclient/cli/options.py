"""Flags and commands that programs share, so that a word means one thing wherever it appears."""

from __future__ import annotations

from regclient.kit.flags.table import Command, Flag

PRETTY = "{{printPretty .}}"
"""The default of most ``--format`` flags: the layout that suits the thing shown."""

RAW = frozenset({"raw"})
BODY = frozenset({"rawBody", "raw-body", "body"})
HEADERS = frozenset({"rawHeaders", "raw-headers", "headers"})
"""The words that ``--format`` knows besides templates: what was received, its body, its headers."""

PLATFORMS = (
    "local",
    "linux",
    "windows",
    "freebsd",
    "linux/amd64",
    "linux/386",
    "linux/arm/v5",
    "linux/arm/v6",
    "linux/arm/v7",
    "linux/arm64",
    "linux/mips64le",
    "linux/ppc64le",
    "linux/riscv64",
    "linux/s390x",
    "windows/amd64",
    "freebsd/amd64",
)
"""The platforms completion offers."""

EVERYWHERE = (
    Flag("host", "stringArray", "Registry settings for this run (reg=registry,user=username,pass=password,tls=enabled)"),
    Flag("logopt", "stringArray", "Log options (json: one object per line)", values=("json",)),
    Flag("user-agent", "string", "Replace the user agent sent to registries"),
    Flag(
        "verbosity",
        "string",
        "Log level (trace, debug, info, warn, error)",
        short="v",
        default="WARN",
        values=("trace", "debug", "info", "warn", "error"),
    ),
)
"""The flags of every command."""

CONFIG = Flag("config", "string", "Configuration file (- for standard input)", short="c", required=True)
"""The flag that names the file of regsync or regbot."""

LOGGING = (
    Flag("logopt", "stringArray", "Log options (json: one object per line)", values=("json",)),
    Flag(
        "verbosity",
        "string",
        "Log level (trace, debug, info, warn, error)",
        short="v",
        default="INFO",
        values=("trace", "debug", "info", "warn", "error"),
    ),
)
"""The flags of every command of regsync and regbot."""

HELP = Command(
    "help",
    "help about any command",
    usage="[command]",
    args=(0, None),
    run="regclient.cli.builtin:show_help",
    complete="regclient.cli.builtin:complete_help",
)
"""The ``help`` command of every program."""

PLATFORM = Flag("platform", "string", "Platform to pick from an index (e.g. linux/amd64 or local)", short="p", values=PLATFORMS)


def format_flag(help: str = "Go template for the output", default: str = "") -> Flag:  # noqa: A002 - as in the table
    """Return a ``--format`` flag with a default of its own."""
    return Flag("format", "string", help, default=default)


CLI_DOC = Command(
    "cli-doc",
    "document the commands",
    usage="[command]",
    long="Print the reference of a command as Markdown, or the names of all commands.",
    example="""\
# all commands
regctl cli-doc --list

# the reference of one
regctl cli-doc image copy""",
    args=(0, None),
    flags=(
        format_flag(),
        Flag("hidden", "bool", "List hidden commands as well"),
        Flag("list", "bool", "List all commands"),
    ),
    hidden=True,
    run="regclient.cli.clidoc:document",
    complete="regclient.cli.builtin:complete_help",
)
"""The hidden ``cli-doc`` command of every program."""
