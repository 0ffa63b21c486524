"""``regctl index``: indexes made by hand, of images from anywhere."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import PLATFORMS, format_flag
from regclient.kit.flags.table import Command, Flag
from regclient.regctl.manifest import show_put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.model.descriptor import Descriptor
    from regclient.model.manifest import IndexManifest
    from regclient.model.platform import Platform
    from regclient.ops.index import IndexEntries
    from regclient.repository import Repository

REFERENCES = "regclient.cli.complete:references"
_INDEX = "<image_ref>"
_ENTRIES = (
    Flag("desc-annotation", "stringArray", "Annotation of every new entry (key=value)"),
    Flag("desc-platform", "string", "Platform of every new entry", values=PLATFORMS),
    Flag("digest", "stringArray", "Digest of a manifest that the repository has"),
    Flag("digest-tags", "bool", 'Copy tags that stand for a digest as well ("sha256-<digest>.*")'),
    Flag("platform", "stringArray", "Take only these platforms of an index", values=PLATFORMS),
    Flag("ref", "stringArray", "Image to copy into the repository and list", complete=REFERENCES),
    Flag("referrers", "bool", "Copy referrers (signatures, SBOMs...) as well"),
)
COMMANDS = (
    Command(
        "add",
        "add entries to an index",
        usage=_INDEX,
        long="Add images to an index. Entries that are there already are not listed twice.",
        example="""\
# one more platform
regctl index add registry.example.org/repo:v1 --ref registry.example.org/repo:arm64""",
        aliases=("append", "insert"),
        args=(1, 1),
        flags=_ENTRIES,
        run="regclient.regctl.index:add",
        complete=REFERENCES,
    ),
    Command(
        "create",
        "create an index",
        usage=_INDEX,
        long="""\
Create an index (a multi-platform image) of images from anywhere; they are copied into its repository first.""",
        example="""\
# of images built one by one
regctl index create registry.example.org/repo:v1 \\
  --ref registry.example.org/repo:v1-amd64 --ref registry.example.org/repo:v1-arm64

# of some platforms of another image
regctl index create registry.example.org/alpine:small --ref alpine --platform linux/amd64 --platform linux/arm64""",
        aliases=("init", "new", "put"),
        args=(1, 1),
        flags=(
            Flag("annotation", "stringArray", "Annotation of the index (key=value)"),
            Flag("artifact-type", "string", "What the index is (a media type)"),
            Flag("by-digest", "bool", "Push under the digest instead of the tag, and print it"),
            *_ENTRIES,
            format_flag(),
            Flag(
                "media-type",
                "string",
                "Media type of the index",
                short="m",
                default="application/vnd.oci.image.index.v1+json",
                values=(
                    "application/vnd.oci.image.index.v1+json",
                    "application/vnd.docker.distribution.manifest.list.v2+json",
                ),
            ),
            Flag("subject", "string", "Tag or digest in the same repository that the index refers to"),
        ),
        run="regclient.regctl.index:create",
        complete=REFERENCES,
    ),
    Command(
        "delete",
        "delete entries of an index",
        usage=_INDEX,
        long="Take entries off an index. Their manifests stay where they are.",
        example="""\
# all but real platforms
regctl index delete registry.example.org/repo:v1 --platform unknown/unknown""",
        aliases=("del", "rm", "remove"),
        args=(1, 1),
        flags=(
            Flag("digest", "stringArray", "Digest of an entry"),
            Flag("platform", "stringArray", "Platform of an entry", values=PLATFORMS),
        ),
        run="regclient.regctl.index:delete",
        complete=REFERENCES,
    ),
)


def create(call: Call) -> None:
    """Create an index."""
    from regclient.concurrency import Workers
    from regclient.kit.keyvalues import parse_pairs
    from regclient.ops.index import IndexCreateOptions, create_index

    flags, reference = call.flags, call.reference(0)
    repository, _ = call.named(0)
    name, promised = reference.place
    options = IndexCreateOptions(
        media_type=flags.text("media-type"),
        artifact_type=flags.text("artifact-type"),
        subject=subject_of(repository, flags.text("subject")),
        annotations=parse_pairs(flags.texts("annotation")),
        by_digest=flags.switch("by-digest"),
    )
    with call.observer() as observer, Workers(cancel=call.cancel) as workers:
        entries = entries_of(call)
        index = create_index(repository, name, entries, options, promised=promised, workers=workers, observer=observer)
    show_put(call, index, reference, by_digest=options.by_digest)


def add(call: Call) -> None:
    """Add entries to an index."""
    from regclient.concurrency import Workers
    from regclient.ops.index import add_to_index

    repository, name = call.named(0)
    with call.observer() as observer, Workers(cancel=call.cancel) as workers:
        index = add_to_index(repository, name, entries_of(call), workers=workers, observer=observer)
    push(call, repository, index)


def delete(call: Call) -> None:
    """Delete entries of an index."""
    from regclient.ops.index import get_index, without_entries

    repository, name = call.named(0)
    index = get_index(repository, name)
    push(call, repository, without_entries(index, call.flags.texts("digest"), platforms_of(call)))


def push(call: Call, repository: Repository, index: IndexManifest) -> None:
    """Push a changed index under its tag; one that only has a digest gets its new one, which is printed."""
    reference = call.reference(0)
    name = reference.tag or reference.target
    if reference.digest and not reference.tag:
        name = index.digest
    repository.put_manifest(index, name)
    if name is index.digest:
        call.write(f"{index.digest}\n")


def entries_of(call: Call) -> IndexEntries:
    """Read the flags about entries.

    Raises:
        InvalidDigest, InvalidPlatform, InvalidReference, ParseError: a value is none.
    """
    from regclient.kit.keyvalues import parse_pairs
    from regclient.model.digest import Digest
    from regclient.model.reference import Reference
    from regclient.ops.index import IndexEntries

    flags = call.flags
    return IndexEntries(
        digests=tuple(Digest.parse(text) for text in flags.texts("digest")),
        sources=tuple(call.located(Reference.parse(text)) for text in flags.texts("ref")),
        platforms=platforms_of(call),
        referrers=flags.switch("referrers"),
        digest_tags=flags.switch("digest-tags"),
        annotations=parse_pairs(flags.texts("desc-annotation")),
        platform=call.read_platform(flags.text("desc-platform")) if flags.text("desc-platform") else None,
    )


def platforms_of(call: Call) -> tuple[Platform, ...]:
    """Read ``--platform``, which may be given again and again."""
    return tuple(call.read_platform(text) for text in call.flags.texts("platform"))


def subject_of(repository: Repository, text: str) -> Descriptor | None:
    """Look up what an index refers to; None when nothing was named.

    Raises:
        ManifestNotFound: it is not there.
    """
    from regclient.model.digest import Digest
    from regclient.ops import artifact

    return artifact.subject_of(repository, Digest.parse(text) if ":" in text else text) if text else None
