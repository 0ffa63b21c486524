"""``regctl artifact``: files in a registry, and what refers to what."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import PLATFORM, PRETTY, format_flag
from regclient.errors import Unsupported
from regclient.kit.flags.table import Command, Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.model.descriptor import DescriptorFilter
    from regclient.model.platform import Platform
    from regclient.model.reference import Reference

REFERENCES = "regclient.cli.complete:references"
NEITHER = "either a reference or subject must be provided"
"""What to say when nothing names an artifact; scripts know the words."""

_CREATED = "org.opencontainers.image.created"

_FILTERS = (
    Flag("filter-annotation", "stringArray", "Only referrers with this annotation (key or key=value)"),
    Flag("filter-artifact-type", "string", "Only referrers of this artifact type"),
)
_ORDER = (
    Flag("latest", "bool", "Newest first, by the OCI annotation for the time of creation"),
    Flag("sort-annotation", "string", "Sort by the value of this annotation"),
    Flag("sort-desc", "bool", "Sort the other way round"),
)
_SLOW = Flag("slow-referrers", "bool", "Read every manifest of an OCI layout for its subject")
_DIGEST_TAGS = Flag("digest-tags", "bool", 'Also tags that stand for a digest ("sha256-<digest>.*")')
_REFERS = Flag("refers", "string", "Deprecated: use subject", hidden=True)

COMMANDS = (
    Command(
        "get",
        "download an artifact",
        usage="[reference]",
        long="""\
Download an artifact, by its name or as a referrer of another image (--subject). One file is written to standard output; with
--output every file is written below a directory, under its title, and directories are unpacked.""",
        example="""\
# the only file of an artifact
regctl artifact get registry.example.org/repo:artifact >file.txt

# the newest SBOM of an image
regctl artifact get --subject registry.example.org/repo:v1 --filter-artifact-type application/spdx+json --latest

# all files
regctl artifact get registry.example.org/repo:artifact --output .""",
        aliases=("pull",),
        args=(0, 1),
        flags=(
            Flag("config", "bool", "Show the config instead of the files"),
            Flag("config-file", "string", "Write the config to this file"),
            Flag("external", "string", "Look for referrers in this repository"),
            Flag("file", "stringArray", "Only the file of this title", short="f"),
            Flag("file-media-type", "stringArray", "Only files of this media type", short="m"),
            *_FILTERS,
            *_ORDER,
            Flag("output", "string", "Directory to write files to", short="o"),
            PLATFORM,
            _REFERS,
            _SLOW,
            Flag("strip-dirs", "bool", "Leave the directories of titles out"),
            Flag("subject", "string", "Get a referrer of this image"),
            Flag(
                "unpack-limit", "int64", "Bytes one directory may unpack to", shown_default="100 times its size, 4 GiB at least"
            ),
        ),
        run="regclient.regctl.artifactget:get",
        complete=REFERENCES,
    ),
    Command(
        "list",
        "list what refers to an image",
        usage="<reference>",
        long="List the artifacts that refer to an image: signatures, SBOMs and the like.",
        example="""\
# all referrers
regctl artifact list registry.example.org/repo:v1

# SBOMs of one platform, newest first
regctl artifact list registry.example.org/repo:v1 --platform linux/amd64 \\
  --filter-artifact-type application/spdx+json --latest""",
        aliases=("ls",),
        args=(1, 1),
        flags=(
            _DIGEST_TAGS,
            Flag("external", "string", "Look for referrers in this repository"),
            *_FILTERS,
            format_flag(default=PRETTY),
            *_ORDER,
            PLATFORM,
            _SLOW,
        ),
        run="regclient.regctl.artifact:list_referrers",
        complete=REFERENCES,
    ),
    Command(
        "put",
        "upload an artifact",
        usage="[reference]",
        long="""\
Upload files, directories or standard input as an artifact. With --subject it refers to an image, and with a subject alone it
needs no name of its own.""",
        example="""\
# standard input
regctl artifact put --artifact-type application/example registry.example.org/repo:artifact <file.txt

# an SBOM that refers to an image
regctl artifact put --artifact-type application/spdx+json --subject registry.example.org/repo:v1 <sbom.json

# several files, with their names
regctl artifact put --artifact-type application/example --file-title \\
  --file a.txt --file-media-type text/plain --file docs/ --file-media-type application/x-tar \\
  registry.example.org/repo:files""",
        aliases=("create", "push"),
        args=(0, 1),
        flags=(
            Flag("annotation", "stringArray", "Annotation of the artifact (key=value)"),
            Flag("artifact-type", "string", "What the artifact is (a media type)"),
            Flag("by-digest", "bool", "Push under the digest instead of the tag, and print it"),
            Flag("config-file", "string", "File with the content of the config"),
            Flag("config-type", "string", "Media type of the config"),
            Flag("external", "string", "Push the referrer to this repository"),
            Flag("file", "stringArray", "File or directory to add", short="f"),
            Flag("file-media-type", "stringArray", "Media type of each file", short="m"),
            Flag("file-title", "bool", "Keep the names of files (as title annotations)"),
            format_flag(),
            Flag("index", "bool", "Add the artifact to the index under the tag, made when there is none"),
            Flag(
                "media-type",
                "string",
                "Media type of the manifest",
                default="application/vnd.oci.image.manifest.v1+json",
                hidden=True,
            ),
            Flag(
                "platform",
                "string",
                "Platform of the subject, or of the new entry of the index",
                short="p",
                values=PLATFORM.values,
            ),
            _REFERS,
            Flag("strip-dirs", "bool", "Leave directories out of the names of files"),
            Flag("subject", "string", "Refer to this image"),
        ),
        run="regclient.regctl.artifactput:put",
        complete=REFERENCES,
    ),
    Command(
        "tree",
        "show everything below an image",
        usage="<reference>",
        long="""\
Show an image with its platforms and everything that refers to it or to one of them, and to those in turn.""",
        example="regctl artifact tree --digest-tags ghcr.io/regclient/regctl:latest",
        args=(1, 1),
        flags=(
            _DIGEST_TAGS,
            Flag("external", "string", "Look for referrers in this repository"),
            *_FILTERS,
            format_flag(default=PRETTY),
            _SLOW,
        ),
        run="regclient.regctl.artifact:tree",
        complete=REFERENCES,
    ),
)


def list_referrers(call: Call) -> None:
    """List the referrers of an image."""
    from regclient.goshapes.located import LocatedReferrers
    from regclient.ops.digesttags import with_digest_tags
    from regclient.ops.select import digest_of, referrers_of

    reference, source = call.reference(0), external(call)
    wanted = wanted_of(call)
    repository, name = call.named(0)
    digest = digest_of(repository, name, call.platform())
    home = call.client.repository(source) if source else None
    found = referrers_of(repository, digest, wanted, source=home, scan=call.flags.switch("slow-referrers"))
    if call.flags.switch("digest-tags"):
        found = with_digest_tags(repository, found)
    shown = LocatedReferrers(found, reference.with_digest(digest), source)
    call.show(shown, exchange=shown)


def tree(call: Call) -> None:
    """Show the tree below an image, as much of it as could be read."""
    from regclient.concurrency import Workers
    from regclient.ops.tree import TreeOptions, read_tree

    reference, source = call.reference(0), external(call)
    options = TreeOptions(
        wanted=wanted_of(call, ordered=False),
        source=call.client.repository(source) if source else None,
        scan=call.flags.switch("slow-referrers"),
        digest_tags=call.flags.switch("digest-tags"),
    )
    with Workers(cancel=call.cancel) as workers:
        found = read_tree(call.client.repository(reference), reference, options, workers=workers)
    if found.root is not None:
        call.show(found.root)
    if found.failure is not None:
        raise found.failure


def wanted_of(call: Call, platform: Platform | None = None, *, ordered: bool = True) -> DescriptorFilter:
    """Read the flags that choose and order referrers.

    Raises:
        Unsupported: two orders are asked for.
    """
    from regclient.kit.keyvalues import parse_pairs
    from regclient.model.descriptor import DescriptorFilter

    flags, sort, descending = call.flags, "", False
    if ordered:
        sort, descending = flags.text("sort-annotation"), flags.switch("sort-desc")
        if flags.switch("latest"):
            if sort:
                raise Unsupported("latest and sort-annotation cannot be asked for together")
            sort, descending = _CREATED, True
    return DescriptorFilter(
        artifact_type=flags.text("filter-artifact-type"),
        annotations=parse_pairs(flags.texts("filter-annotation")),
        platform=platform,
        sort_annotation=sort,
        sort_descending=descending,
    )


def old_subject(call: Call) -> str:
    """Return the subject asked for, by the old name of the flag as well."""
    subject = call.flags.text("subject")
    if call.flags.text("refers"):
        call.log.warning("--refers is deprecated, use --subject")
        subject = subject or call.flags.text("refers")
    return subject


def external(call: Call) -> Reference | None:
    """Return the repository referrers are kept in, when that is another one."""
    from regclient.model.reference import Reference

    text = call.flags.text("external")
    return Reference.parse(text) if text else None
