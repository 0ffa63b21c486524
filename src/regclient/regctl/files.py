"""``regctl image get-file`` and ``blob get-file``: one file of an image, or of one of its layers."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import PLATFORM, format_flag
from regclient.kit.flags.table import Command
from regclient.regctl.manifest import IMAGE, REFERENCES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from regclient.ops.files import LayerFile

IMAGE_GET_FILE = Command(
    "get-file",
    "read a file of an image",
    usage=f"{IMAGE} <filename> [out-file]",
    long="""\
Write a file of an image to standard output, or to a file with the same permissions, pulling no more than needed. The file is
the one a container would see: links are followed inside the image, and what an upper layer removed is not found.""",
    example="""\
regctl image get-file alpine /etc/os-release

# a program, ready to run
regctl image get-file ghcr.io/regclient/regctl /regctl ./regctl""",
    aliases=("cat",),
    args=(2, 3),
    flags=(format_flag(default=""), PLATFORM),
    run="regclient.regctl.files:image_get_file",
    complete=REFERENCES,
)
BLOB_GET_FILE = Command(
    "get-file",
    "read a file of a layer",
    usage="<repository> <digest> <file> [out-file]",
    long="Write a file of a layer to standard output, or to a file with the same permissions.",
    example="""\
regctl blob get-file alpine \\
  sha256:9123ac7c32f74759e6283f04dbf571f18246abe5bb2c779efcb32cd50f3ff13c /etc/alpine-release""",
    aliases=("cat",),
    args=(3, 4),
    flags=(format_flag(),),
    run="regclient.regctl.files:blob_get_file",
)
_CHUNK = 1 << 20


def image_get_file(call: Call) -> None:
    """Show a file of an image, of the local platform unless told otherwise."""
    with (
        call.observer(beside=True) as observer,
        call.client.read_file(call.reference(0), call.args[1], call.platform(), observer=observer) as found,
    ):
        _show(call, found, 2)


def blob_get_file(call: Call) -> None:
    """Show a file of a layer."""
    from regclient.ops.files import open_file
    from regclient.regctl.blob import named

    blob = named(call.args[1])
    with (
        call.observer(beside=True) as observer,
        open_file(call.repository(0), (blob,), call.args[2], check=call.cancel.check, observer=observer) as found,
    ):
        _show(call, found, 3)


def _show(call: Call, found: LayerFile, position: int) -> None:
    if call.flags.text("format"):
        from regclient.goview import view
        from regclient.kit.gotemplate.values import Struct

        reader = Struct("tar.Reader", {}, pointer=True)
        call.show(Struct("struct", {"Header": view(found.header), "Reader": reader}))
    elif len(call.args) <= position:
        _copy(call, found, call.streams.out)
    else:
        from regclient.ops.archive.outfile import writing

        with writing(call.args[position], mode=lambda: found.target.mode & 0o777) as file:
            _copy(call, found, file)


def _copy(call: Call, found: LayerFile, out: BinaryIO) -> None:
    while chunk := found.content.read(_CHUNK):
        call.cancel.check()
        out.write(chunk)
