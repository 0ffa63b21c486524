"""``regctl manifest``: the documents themselves, by tag or digest. ``regctl image`` borrows several of these commands."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import PLATFORM, PRETTY, format_flag
from regclient.errors import Incomplete, Unsupported
from regclient.kit.flags.table import Command, Flag
from regclient.regctl.diffs import FLAGS, show_diff

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.model.manifest import Manifest
    from regclient.model.reference import Reference

IMAGE = "<image_ref>"
LIST = Flag("list", "bool", "Accept an index (always done)", default="true", hidden=True)
REFERENCES = "regclient.cli.complete:references"

GET = Command(
    "get",
    "show a manifest or index",
    usage=IMAGE,
    long="""\
Show the manifest or index a reference points at: in words, with a template, or byte for byte (--format raw-body).""",
    example="""\
# what a tag points at
regctl manifest get alpine

# the bytes of the manifest for this machine
regctl manifest get alpine --format raw-body --platform local""",
    aliases=("pull",),
    args=(1, 1),
    flags=(
        format_flag('Go template for the output ("raw-body" for the bytes as they are)', PRETTY),
        LIST,
        PLATFORM,
        Flag("require-list", "bool", "Deprecated: only refuses --platform"),
    ),
    run="regclient.regctl.manifest:get",
    complete=REFERENCES,
)
HEAD = Command(
    "head",
    "show the digest or headers of a manifest",
    usage=IMAGE,
    long="""\
Ask for a manifest without its bytes, which registries do not count as a pull, and show its digest or the headers of the
answer.""",
    example="""\
# the digest of an image
regctl manifest head alpine

# the digest for one platform (fetches the index)
regctl manifest head alpine --platform linux/arm64

# every header of the answer
regctl manifest head alpine --format raw-headers""",
    aliases=("digest",),
    args=(1, 1),
    flags=(
        format_flag('Go template for the output ("raw-headers" for the headers)'),
        LIST,
        PLATFORM,
        Flag("require-digest", "bool", "Fetch the manifest when the answer names no digest"),
        Flag("require-list", "bool", "Only refuses --platform"),
    ),
    run="regclient.regctl.manifest:head",
    complete=REFERENCES,
)
PUT = Command(
    "put",
    "push a manifest or index",
    usage=IMAGE,
    long="Push standard input as a manifest or index, byte for byte.",
    example="regctl manifest put registry.example.org/repo:v1 <manifest.json",
    aliases=("push",),
    args=(1, 1),
    flags=(
        Flag("by-digest", "bool", "Push under the digest instead of the tag, and print it"),
        Flag(
            "content-type",
            "string",
            "Media type, where the document does not name its own",
            short="t",
            values=(
                "application/vnd.docker.distribution.manifest.v2+json",
                "application/vnd.docker.distribution.manifest.list.v2+json",
                "application/vnd.oci.image.manifest.v1+json",
                "application/vnd.oci.image.index.v1+json",
                "application/vnd.docker.distribution.manifest.v1+json",
                "application/vnd.docker.distribution.manifest.v1+prettyjws",
            ),
        ),
        format_flag(),
    ),
    run="regclient.regctl.manifest:put",
    complete=REFERENCES,
)
DELETE = Command(
    "delete",
    "delete a manifest",
    usage=IMAGE,
    long="""\
Delete a manifest with every tag on it. The reference has to name a digest, unless told otherwise: a tag may point elsewhere by
the time the registry acts. Registries may refuse, and may keep the blobs for a while. See also "tag delete".""",
    example="""\
# delete a manifest
regctl manifest delete registry.example.org/repo@sha256:fab3c890d0480549d05d2ff3d746f42e360b7f0e3fe64bdf39fc572eab94911b

# delete whatever a tag points at now
regctl manifest delete registry.example.org/repo:v1.2.3 --force-tag-dereference""",
    aliases=("del", "rm", "remove"),
    args=(1, 1),
    flags=(
        Flag("force-tag-dereference", "bool", "Delete what a tag points at"),
        Flag("ignore-missing", "bool", "It is no failure when the manifest is not there"),
        Flag("referrers", "bool", "Take the manifest off the list of its subject's referrers (for artifacts)"),
    ),
    run="regclient.regctl.manifest:delete",
)
DIFF = Command(
    "diff",
    "show what differs between two manifests",
    usage="<image_ref> <image_ref>",
    long="""\
Compare two manifests or indexes, a line for each value. Whether they differ or not, the exit code is 0.""",
    example="""\
# what changed between two releases
regctl manifest diff --context-full ghcr.io/regclient/regctl:v0.7.0 ghcr.io/regclient/regctl:v0.8.0""",
    args=(2, 2),
    flags=FLAGS,
    run="regclient.regctl.manifest:diff",
    complete=REFERENCES,
)
COMMANDS = (DELETE, DIFF, GET, HEAD, PUT)
_MANIFEST_LIMIT = 8 << 20


def get(call: Call) -> None:
    """Show a manifest."""
    from regclient.goshapes.located import Located

    refuse_lists(call)
    reference, platform = call.reference(0), call.platform()
    manifest = call.client.manifest(reference, platform)
    if platform is not None and manifest.digest != reference.target:
        reference = reference.with_digest(manifest.digest)
    shown = Located(manifest, reference)
    call.show(shown, exchange=shown)


def head(call: Call) -> None:
    """Show the digest of a manifest, or the headers its HEAD came with."""
    refuse_lists(call)
    flags, template, reference = call.flags, call.flags.text("format"), call.reference(0)
    require = flags.switch("require-digest") or not (flags.given("require-digest") or flags.given("format"))
    found = call.client.head(reference, call.platform(), digest=require)
    if template in ("", "digest"):
        call.write(f"{found.digest or ''}\n")
        return
    from regclient.goshapes.located import Located

    call.show(Located(found, reference), exchange=found)


def put(call: Call) -> None:
    """Push standard input as a manifest."""
    from regclient.model.manifest import parse_manifest
    from regclient.ops.place import put_in_place

    reference, by_digest = call.reference(0), call.flags.switch("by-digest")
    raw = call.read_all(_MANIFEST_LIMIT)
    if not raw:
        raise Incomplete("manifest", "standard input, which is empty")
    manifest = parse_manifest(raw, media_type=call.flags.text("content-type"))
    name, promised = reference.place
    put_in_place(call.client.repository(reference), manifest, manifest.digest if by_digest else name, promised)
    show_put(call, manifest, reference, by_digest=by_digest)


def delete(call: Call) -> None:
    """Delete a manifest."""
    from regclient.cli.missing import missing_forgiven
    from regclient.model.digest import Digest

    flags = call.flags
    repository, name = call.named(0)
    forgive = flags.switch("ignore-missing")
    with missing_forgiven(repository, name, forgive=forgive):
        if not isinstance(name, Digest) and not flags.switch("force-tag-dereference"):
            raise Incomplete("digest", f"{call.args[0]} (--force-tag-dereference looks it up)")
        digest = name if isinstance(name, Digest) else repository.resolve(name).digest
        # Some registries keep the tags of a manifest that is gone.
        with missing_forgiven(repository, digest, forgive=forgive):
            manifest = repository.get_manifest(digest) if flags.switch("referrers") else None
            repository.delete_manifest(digest, manifest=manifest)


def diff(call: Call) -> None:
    """Show what differs between two manifests."""
    from regclient.ops.diff import manifest_lines

    old, new = (manifest_lines(call.client.manifest(call.reference(at))) for at in (0, 1))
    show_diff(call, old, new)


def refuse_lists(call: Call) -> None:
    """Say what became of the old flags about lists.

    Raises:
        Unsupported: ``--require-list`` contradicts ``--platform``.
    """
    if call.flags.given("list"):
        call.log.info("The list option is deprecated: an index is shown unless a platform is asked for")
    if call.flags.switch("require-list") and call.flags.text("platform"):
        raise Unsupported("a platform and require-list cannot be asked for together")


def show_put(call: Call, manifest: Manifest, reference: Reference, *, by_digest: bool) -> None:
    """Show what was pushed: nothing, or its digest when that is its only name, unless ``--format`` says otherwise."""
    if by_digest and not call.flags.given("format"):
        call.write(f"{manifest.digest}\n")
    elif call.flags.text("format"):
        from regclient.goview import put_result

        call.show(put_result(manifest, reference))
