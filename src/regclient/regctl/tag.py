"""``regctl tag``: the names of manifests in a repository."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import PRETTY, format_flag
from regclient.errors import Incomplete
from regclient.kit.flags.table import Command, Flag

COMMANDS = (
    Command(
        "delete",
        "delete a tag",
        usage="<image_ref>",
        long="""\
Delete one tag, and neither the manifest nor its other tags. Where a registry cannot, the tag is first pointed at a new and
empty image, which is then deleted by its digest; a registry that refuses that as well keeps the empty image under the tag.""",
        example="regctl tag delete registry.example.org/repo:v42",
        aliases=("del", "rm", "remove"),
        args=(1, 1),
        flags=(Flag("ignore-missing", "bool", "It is no failure when the tag is not there"),),
        run="regclient.regctl.tag:delete",
        complete="regclient.cli.complete:references",
    ),
    Command(
        "ls",
        "list tags",
        usage="<repository>",
        long="""\
List the tags of a repository. Many registries ignore --last and --limit. The index of an OCI layout is there for templates as
well (--format '{{ .Index }}').""",
        example="""\
# all tags
regctl tag ls registry.example.org/repo

# all but those that stand for digests
regctl tag ls registry.example.org/repo --exclude 'sha256-.*'""",
        aliases=("list",),
        args=(1, 1),
        flags=(
            Flag("exclude", "stringArray", "Regular expression of tags to leave out (bound to both ends of the tag)"),
            format_flag(default=PRETTY),
            Flag("include", "stringArray", "Regular expression of tags to show (bound to both ends of the tag)"),
            Flag("last", "string", "Start after this tag (where the registry can)"),
            Flag("limit", "int", "Ask for this many tags (where the registry can)"),
        ),
        run="regclient.regctl.tag:ls",
    ),
)


def ls(call: Call) -> None:
    """List tags; patterns are checked before anything is asked."""
    from dataclasses import replace

    from regclient.cli.patterns import tag_filter
    from regclient.model.reference import OCIDIR

    flags, reference = call.flags, call.reference(0)
    include, exclude = flags.texts("include"), flags.texts("exclude")
    keeps = tag_filter(include, exclude) if include or exclude else None
    # The Go program shows every tag of a layout, whatever page is asked for.
    paged = reference.scheme != OCIDIR
    limit, last = flags.number("limit") if paged else 0, flags.text("last") if paged else ""
    found = call.client.repository(reference).tags(limit=max(0, limit) or None, last=last or None)
    shown = replace(found, tags=tuple(filter(keeps, found.tags))) if keeps else found
    call.show(shown, exchange=found)


def delete(call: Call) -> None:
    """Delete a tag."""
    from regclient.cli.missing import missing_forgiven

    reference = call.reference(0)
    if not reference.tag:
        raise Incomplete("tag", reference)
    repository = call.client.repository(reference)
    with missing_forgiven(repository, reference.tag, forgive=call.flags.switch("ignore-missing")):
        repository.delete_tag(reference.tag)
