"""``regctl image``: images as a whole. Some of its commands are those of ``regctl manifest``, where people look for them."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import PLATFORM, PRETTY, format_flag
from regclient.kit.flags.table import Command, Flag
from regclient.regctl.archive import EXPORT, IMPORT
from regclient.regctl.checkbase import CHECK_BASE
from regclient.regctl.files import IMAGE_GET_FILE
from regclient.regctl.imagecreate import CREATE
from regclient.regctl.manifest import DELETE, GET, HEAD, IMAGE, REFERENCES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.ops.copyplan import CopyOptions

COPY = Command(
    "copy",
    "copy or retag an image",
    usage="<src_image_ref> <dst_image_ref>",
    long="""\
Copy an image, with every platform it has. Only what the target lacks is moved; within a registry layers are mounted instead of
moved, and within a repository only the manifest is sent, under its new tag. A tag is written last, so a tag seen is a copy
finished.""",
    example="""\
# between registries
regctl image copy ghcr.io/regclient/regctl:edge registry.example.org/regclient/regctl:edge

# with signatures and other referrers, to an OCI layout
regctl image copy --digest-tags --referrers ghcr.io/regclient/regctl:edge ocidir://regctl:edge

# only for this machine
regctl image copy --platform local ghcr.io/regclient/regctl:edge registry.example.org/regclient/regctl:edge

# retag
regctl image copy registry.example.org/repo:v1.2.3 registry.example.org/repo:v1""",
    aliases=("cp",),
    args=(2, 2),
    flags=(
        Flag("digest-tags", "bool", 'Copy tags that stand for a digest as well ("sha256-<digest>.*")'),
        Flag("fast", "bool", "Stop when the target has the image, without a look at referrers and digest tags"),
        Flag("force-recursive", "bool", "Look at everything even when the target has the image, and mend what is missing"),
        format_flag(default=""),
        Flag("include-external", "bool", "Copy layers that live at addresses of their own"),
        PLATFORM,
        Flag("platforms", "stringArray", "Copy the content of these platforms only, below an unchanged index", hidden=True),
        Flag("referrers", "bool", "Copy referrers (signatures, SBOMs...) as well"),
        Flag("referrers-src", "string", "Read referrers from this repository"),
        Flag("referrers-tgt", "string", "Write referrers to this repository"),
    ),
    run="regclient.regctl.image:copy",
    complete=REFERENCES,
)
INSPECT = Command(
    "inspect",
    "show the config of an image",
    usage=IMAGE,
    long="Show the config of an image: what it runs, its environment, labels and history. Layers are not pulled.",
    example="regctl image inspect --platform linux/arm64 nginx",
    aliases=("config",),
    args=(1, 1),
    flags=(format_flag(default=PRETTY), PLATFORM),
    run="regclient.regctl.image:inspect",
    complete=REFERENCES,
)
RATE_LIMIT = Command(
    "ratelimit",
    "show how many pulls are left",
    usage=IMAGE,
    long="""\
Show what the registry says about its rate limit for an image, asked without using up a pull. "Set" tells whether it said
anything.""",
    example="""\
# the pulls that remain
regctl image ratelimit alpine --format '{{.Remain}}'""",
    aliases=("rate-limit",),
    args=(1, 1),
    flags=(format_flag(default=PRETTY),),
    run="regclient.regctl.image:ratelimit",
    complete=REFERENCES,
)
DIGEST = Command(
    "digest",
    'show the digest of an image, like "manifest head"',
    usage=IMAGE,
    long=HEAD.long,
    example=HEAD.example.replace("manifest head", "image digest"),
    args=HEAD.args,
    # The Go program shows a default that it does not have; what happens is the same, so its help is kept.
    flags=tuple(
        Flag(flag.name, flag.kind, flag.help, shown_default="true") if flag.name == "require-digest" else flag
        for flag in HEAD.flags
    ),
    run=HEAD.run,
    complete=REFERENCES,
)
MANIFEST = Command(
    "manifest",
    'show the manifest or index, like "manifest get"',
    usage=IMAGE,
    long=GET.long,
    example=GET.example.replace("manifest get", "image manifest"),
    args=GET.args,
    flags=GET.flags,
    run=GET.run,
    complete=REFERENCES,
)
MOD = Command(
    "mod",
    "modify an image",
    usage=IMAGE,
    long="""\
Change an image without building it again. What no flag names keeps its bytes; what changed is pushed by its digest, unless
--create or --replace gives it a name.

Manifests are changed first, then configs, then layers; within each, flags run in the order they are given, and may be repeated.

Time options are a comma separated list:
  set=TIME          the time to set, as in RFC 3339 (2006-01-02T15:04:05Z)
  from-label=NAME   the label that holds it
  after=TIME        change only times after this
  base-ref=IMAGE    leave alone what comes from this base image
  base-layers=N     leave alone the first layers
One of set and from-label is needed.""",
    example="""\
# annotate every image of an index, and move the tag
regctl image mod registry.example.org/repo:v1 --replace --annotation "[*]org.opencontainers.image.created=2021-02-03T05:06:07Z"

# a copy with the media types of OCI
regctl image mod alpine:3.5 --to-oci --create registry.example.org/alpine:3.5

# one more layer for one platform
regctl image mod registry.example.org/repo:v1 --create v1-more --layer-add "tar=file.tar,platform=linux/amd64"

# times of configs and layers, those of the base image aside
regctl image mod registry.example.org/repo:v1 --create v1-time --time "set=2021-02-03T04:05:06Z,base-ref=alpine:3"

# another entrypoint, no command
regctl image mod registry.example.org/repo:v1 --create v1-bash --config-entrypoint '["bash"]' --config-cmd ""

# drop a variable for one platform
regctl image mod registry.example.org/repo:v1 --create v1-env --env "[linux/arm64]LD_PRELOAD="

# look first
regctl image mod registry.example.org/repo:v1 --label version=2 --dry-run

# take the base image as it is now
regctl image mod registry.example.org/repo:v1 --rebase --create v1-rebased""",
    args=(1, 1),
    flags="regclient.regctl.image_edit:FLAGS",
    run="regclient.regctl.image_edit:mod",
    complete=REFERENCES,
)
COMMANDS = (
    CHECK_BASE,
    COPY,
    CREATE,
    Command(
        "delete",
        'delete an image, like "manifest delete"',
        usage=IMAGE,
        long=DELETE.long,
        example=DELETE.example.replace("manifest delete", "image delete"),
        aliases=DELETE.aliases,
        args=DELETE.args,
        flags=DELETE.flags,
        run=DELETE.run,
    ),
    DIGEST,
    EXPORT,
    IMAGE_GET_FILE,
    IMPORT,
    INSPECT,
    MANIFEST,
    MOD,
    RATE_LIMIT,
)


def copy(call: Call) -> None:
    """Copy an image and print where it went, even when everything was there already."""
    src, dst, platform = call.reference(0), call.reference(1), call.platform()
    options = copy_options(call)
    with call.observer() as observer:
        call.client.copy(src, dst, options, platform=platform, observer=observer)
    if call.flags.given("format"):
        call.show(dst)
    else:
        call.write(f"{dst.name}\n")


def copy_options(call: Call) -> CopyOptions:
    """Read the flags of ``copy``.

    Raises:
        Unsupported: referrers from or to elsewhere, without the referrers.
        InvalidPlatform, InvalidReference: a value is none.
    """
    from regclient.model.platform import Platform
    from regclient.model.reference import Reference
    from regclient.ops.copyplan import CopyOptions

    flags = call.flags
    src, dst = (flags.text(f"referrers-{side}") for side in ("src", "tgt"))
    return CopyOptions(
        platforms=tuple(call.read_platform(text) if text else Platform() for text in flags.texts("platforms")),
        referrers=flags.switch("referrers"),
        referrers_src=call.client.repository(Reference.parse(src)) if src else None,
        referrers_dst=call.client.repository(Reference.parse(dst)) if dst else None,
        digest_tags=flags.switch("digest-tags"),
        external=flags.switch("include-external"),
        recursive=flags.switch("force-recursive"),
        fast=flags.switch("fast"),
    )


def inspect(call: Call) -> None:
    """Show the config of an image, of the local platform unless told otherwise."""
    config = call.client.config(call.reference(0), call.platform())
    call.show(config, exchange=config)


def ratelimit(call: Call) -> None:
    """Show the rate limit that a HEAD of the image reports."""
    from regclient.model.ratelimit import rate_limit_of

    call.show(rate_limit_of(call.client.head(call.reference(0)).headers))
