"""``regctl image create``: an image of nothing, to build on."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import PLATFORMS, format_flag
from regclient.kit.flags.table import Command, Flag
from regclient.model.mediatype import DOCKER_MANIFEST, OCI_MANIFEST

CREATE = Command(
    "create",
    "create an image without layers",
    usage="<image_ref>",
    long='Push an image that has a config and no layers, as "FROM scratch" does, to add to afterwards.',
    example="""\
# an empty image for Linux
regctl image create ocidir://scratch:empty --platform linux/amd64 --label org.example.team=blue""",
    aliases=("init", "new"),
    args=(1, 1),
    flags=(
        Flag("annotation", "stringArray", "Annotation of the manifest (key=value)"),
        Flag("by-digest", "bool", "Push under the digest instead of the tag, and print it"),
        Flag("created", "string", "When the image was made (now, or a time as in RFC 3339)", values=("now",)),
        format_flag(),
        Flag("label", "stringArray", "Label in the config (key=value)"),
        Flag(
            "media-type", "string", "Media type of the manifest", default=OCI_MANIFEST, values=(OCI_MANIFEST, DOCKER_MANIFEST)
        ),
        Flag("platform", "string", "Platform the image is for (e.g. linux/amd64 or local)", values=PLATFORMS),
    ),
    run="regclient.regctl.imagecreate:create",
    complete="regclient.cli.complete:references",
)


def create(call: Call) -> None:
    """Push an image without layers."""
    from regclient.errors import UnsupportedMediaType
    from regclient.kit.keyvalues import parse_pairs
    from regclient.ops.create import CONFIG_TYPES, create_image
    from regclient.regctl.manifest import show_put

    flags, by_digest = call.flags, call.flags.switch("by-digest")
    media_type = flags.text("media-type")
    if media_type not in CONFIG_TYPES:
        raise UnsupportedMediaType(media_type, "not the type of an image")
    reference = call.reference(0)
    repository, _ = call.named(0)
    name, promised = reference.place
    manifest = create_image(
        repository,
        None if by_digest else name,
        promised=promised,
        media_type=media_type,
        created=created_of(flags.text("created")),
        platform=call.platform(),
        labels=parse_pairs(flags.texts("label")),
        annotations=parse_pairs(flags.texts("annotation")),
    )
    show_put(call, manifest, reference, by_digest=by_digest)


def created_of(text: str) -> str:
    """Return a time as configs write it, for ``now`` that of this moment.

    Raises:
        ParseError: it is no time.
    """
    from regclient.kit.gotime import RFC3339, RFC3339_NANO, GoTime

    if text == "now":
        from time import time_ns

        return GoTime(0, time_ns()).format(RFC3339_NANO)
    return GoTime.parse(RFC3339, text).format(RFC3339_NANO) if text else ""
