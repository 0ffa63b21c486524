"""``regctl repo``: the repositories of a registry."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import PRETTY, format_flag
from regclient.errors import ParseError
from regclient.kit.flags.table import Command, Flag

COMMANDS = (
    Command(
        "copy",
        "copy a repository",
        usage="<src_repository> <dst_repository>",
        long="""\
Copy the tags of a repository, with everything they consist of. Nothing is deleted at the target. Regular expressions choose the
tags, bound to both ends of a tag.""",
        example="""\
# all tags
regctl repo copy ghcr.io/regclient/regctl registry.example.org/mirror/regctl

# releases that are not there yet, with their signatures
regctl repo copy --include 'v[0-9].*' --new-tags --referrers ghcr.io/regclient/regctl registry.example.org/mirror/regctl""",
        aliases=("cp",),
        args=(2, 2),
        flags=(
            Flag("concurrent", "int", "How many tags are copied at once (less than one: all)", default="2"),
            Flag("exclude", "stringArray", "Regular expression of tags to leave out (bound to both ends of the tag)"),
            Flag("include", "stringArray", "Regular expression of tags to copy (bound to both ends of the tag)"),
            Flag("new-tags", "bool", "Leave out tags that the target has"),
            Flag("referrers", "bool", "Copy referrers (signatures, SBOMs...) as well"),
        ),
        run="regclient.regctl.repo:copy",
    ),
    Command(
        "ls",
        "list the repositories of a registry",
        usage="<registry>",
        long="List the repositories of a registry. Docker Hub does not answer this.",
        example="""\
# all repositories
regctl repo ls registry.example.org

# the five after repo1
regctl repo ls --last repo1 --limit 5 registry.example.org""",
        aliases=("list",),
        args=(1, 1),
        flags=(
            format_flag(default=PRETTY),
            Flag("last", "string", "Start after this repository"),
            Flag("limit", "int", "Ask for this many repositories"),
        ),
        run="regclient.regctl.repo:ls",
        complete="regclient.cli.complete:registries",
    ),
)


def copy(call: Call) -> None:
    """Copy the tags of a repository; patterns are checked before anything is asked."""
    from regclient.cli.patterns import tag_filter
    from regclient.concurrency import Workers
    from regclient.ops.copyplan import CopyOptions
    from regclient.ops.repo import RepositoryCopyOptions, copy_repository

    flags = call.flags
    options = RepositoryCopyOptions(
        keeps=tag_filter(flags.texts("include"), flags.texts("exclude")),
        new_tags=flags.switch("new-tags"),
        concurrent=flags.number("concurrent"),
        copy=CopyOptions(referrers=flags.switch("referrers")),
    )
    src, dst = call.repository(0), call.repository(1)
    with call.observer() as observer, Workers(cancel=call.cancel) as workers:
        copy_repository(src, dst, options, workers=workers, observer=observer)


def ls(call: Call) -> None:
    """List one page of a registry's catalog."""
    host, flags = call.args[0], call.flags
    if "/" in host:
        call.log.error("Hostname invalid", host=host)
        raise ParseError(host, "expected the name of a registry, without a path")
    found = call.client.registry(host).repositories(limit=flags.number("limit"), last=flags.text("last") or None)
    call.show(found, exchange=found)
