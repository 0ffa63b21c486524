"""``regctl image export`` and ``import``: images as tar files."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import PLATFORM
from regclient.kit.flags.table import Command, Flag
from regclient.regctl.manifest import IMAGE, REFERENCES

EXPORT = Command(
    "export",
    "write an image to a tar file",
    usage=f"{IMAGE} [file]",
    long="""\
Write an image to a tar file, or to standard output. The tar is an OCI layout, and of a single image (or with --platform) also
what "docker load" reads. A file appears under its name when it is whole.""",
    example="""\
# for docker load
regctl image export --platform local alpine >alpine.tar

# every platform, compressed, called otherwise
regctl image export --compress --name registry.example.org/alpine:3 alpine:3 alpine.tgz""",
    args=(1, 2),
    flags=(
        Flag("compress", "bool", "Compress the tar with gzip"),
        Flag("name", "string", "Call the image so inside the tar, by a full reference"),
        PLATFORM,
    ),
    run="regclient.regctl.archive:export",
    complete=REFERENCES,
)
IMPORT = Command(
    "import",
    "read an image from a tar file",
    usage=f"{IMAGE} <file>",
    long="""\
Push the image in a tar file to a registry or a layout. The tar may be an OCI layout or what "docker save" writes, plain or
compressed, with its entries in any order. The tag is written last, when everything it means is there.""",
    example="""\
regctl image import registry.example.org/repo:v1 image.tar

# one of several
docker save -o both.tar alpine:3 busybox:1
regctl image import --name busybox:1 registry.example.org/busybox:1 both.tar""",
    args=(2, 2),
    flags=(
        Flag("name", "string", "Take the image of this name, where the tar has several"),
        Flag("unpack-limit", "int64", "Bytes a compressed tar may unpack to on the disk", shown_default="64 GiB"),
    ),
    run="regclient.regctl.archive:import_",
    complete=REFERENCES,
)


def export(call: Call) -> None:
    """Write an image to a file, or to standard output."""
    from regclient.model.reference import Reference
    from regclient.ops.archive.outfile import writing
    from regclient.ops.archive.write import ExportOptions

    reference, name = call.reference(0), call.flags.text("name")
    options = ExportOptions(
        name=Reference.parse(name) if name else None, compress=call.flags.switch("compress"), platform=call.platform()
    )
    with call.observer() as observer:
        if len(call.args) == 1:
            call.client.export(reference, call.streams.out, options, observer=observer)
            return
        with writing(call.args[1]) as file:
            call.client.export(reference, file, options, observer=observer)


def import_(call: Call) -> None:
    """Push the image in a file."""
    from regclient.ops.archive.read import UNPACKED, ImportOptions

    flags = call.flags
    options = ImportOptions(name=flags.text("name"), limit=flags.number("unpack-limit") or UNPACKED)
    with call.observer() as observer:
        call.client.import_(call.args[1], call.reference(0), options, observer=observer)
