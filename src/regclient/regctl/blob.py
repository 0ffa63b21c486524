"""``regctl blob``: bytes by their digest, such as layers and image configs."""

from __future__ import annotations

from regclient.answers import BlobStat
from regclient.cli.call import Call
from regclient.cli.options import BODY, PRETTY, RAW, format_flag
from regclient.errors import BlobNotFound, InvalidDigest
from regclient.kit.flags.table import Command, Flag
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.regctl.diffs import FLAGS, show_diff
from regclient.regctl.files import BLOB_GET_FILE
from regclient.repository import Repository

_PAIRS = "<repository> <digest> <repository> <digest>"
COMMANDS = (
    Command(
        "copy",
        "copy a blob",
        usage="<src_repository> <dst_repository> <digest>",
        long="""\
Copy a blob from one repository to another. Within a registry nothing moves: it is asked to mount the blob.""",
        example="""\
regctl blob copy alpine registry.example.org/library/alpine \\
  sha256:9123ac7c32f74759e6283f04dbf571f18246abe5bb2c779efcb32cd50f3ff13c""",
        aliases=("cp",),
        args=(3, 3),
        run="regclient.regctl.blob:copy",
    ),
    Command(
        "delete",
        "delete a blob",
        usage="<repository> <digest>",
        long="""\
Delete a blob. Registries usually drop what nothing refers to by themselves; this helps to mend a damaged one.""",
        example="""\
regctl blob delete registry.example.org/repo \\
  sha256:a58ecd4f0c864650a4286c3c2d49c7219a3f2fc8d7a0bf478aa9834acfe14ae7""",
        aliases=("del", "rm"),
        args=(2, 2),
        run="regclient.regctl.blob:delete",
    ),
    Command(
        "diff-config",
        "show what differs between two image configs",
        usage=_PAIRS,
        long="Compare two image configs, a line for each value. Whether they differ or not, the exit code is 0.",
        example="""\
regctl blob diff-config \\
  alpine sha256:9123ac7c32f74759e6283f04dbf571f18246abe5bb2c779efcb32cd50f3ff13c \\
  alpine sha256:a58ecd4f0c864650a4286c3c2d49c7219a3f2fc8d7a0bf478aa9834acfe14ae7""",
        args=(4, 4),
        flags=FLAGS,
        run="regclient.regctl.blob:diff_config",
    ),
    Command(
        "diff-layer",
        "show what differs between two layers",
        usage=_PAIRS,
        long="""\
Compare the entries of two layers: mode, owner, size, time, name and content. Times are those of the local time zone (TZ).
Whether they differ or not, the exit code is 0.""",
        example="""\
regctl blob diff-layer --ignore-timestamp \\
  alpine sha256:9123ac7c32f74759e6283f04dbf571f18246abe5bb2c779efcb32cd50f3ff13c \\
  alpine sha256:a58ecd4f0c864650a4286c3c2d49c7219a3f2fc8d7a0bf478aa9834acfe14ae7""",
        args=(4, 4),
        flags=(*FLAGS, Flag("ignore-timestamp", "bool", "Leave the times of entries out")),
        run="regclient.regctl.blob:diff_layer",
    ),
    Command(
        "get",
        "download a blob",
        usage="<repository> <digest>",
        long="""\
Write a blob to standard output as it is: a layer comes as the compressed tar it was pushed as. The bytes are checked while they
are written, so look at the exit code before you use them.""",
        example="""\
# what is in a layer
regctl blob get busybox \\
  sha256:a58ecd4f0c864650a4286c3c2d49c7219a3f2fc8d7a0bf478aa9834acfe14ae7 | tar -tvzf -""",
        aliases=("pull",),
        args=(2, 2),
        flags=(format_flag(default=PRETTY), Flag("media-type", "string", "Ignored", hidden=True)),
        run="regclient.regctl.blob:get",
    ),
    BLOB_GET_FILE,
    Command(
        "head",
        "show the headers of a blob",
        usage="<repository> <digest>",
        long="Ask whether a blob is there, and show the headers of the answer.",
        example="""\
regctl blob head alpine \\
  sha256:9123ac7c32f74759e6283f04dbf571f18246abe5bb2c779efcb32cd50f3ff13c""",
        aliases=("digest",),
        args=(2, 2),
        flags=(format_flag(),),
        run="regclient.regctl.blob:head",
    ),
    Command(
        "put",
        "upload a blob",
        usage="<repository>",
        long="Upload standard input as a blob and print its digest.",
        example="regctl blob put registry.example.org/repo <layer.tgz",
        aliases=("push",),
        args=(1, 1),
        flags=(
            Flag("content-type", "string", "Ignored", hidden=True),
            Flag("digest", "string", "The digest the blob must have"),
            format_flag(default="{{println .Digest}}"),
        ),
        run="regclient.regctl.blob:put",
    ),
)
_CHUNK = 1 << 20


def copy(call: Call) -> None:
    """Copy a blob, unless the target has it."""
    from regclient.ops.blobs import Escort, copy_blob

    blob = named(call.args[2])
    with call.observer() as observer:
        copy_blob(call.repository(0), call.repository(1), blob, Escort(observer=observer, check=call.cancel.check))


def delete(call: Call) -> None:
    """Delete a blob."""
    blob = named(call.args[1])
    call.repository(0).delete_blob(blob.digest)


def diff_config(call: Call) -> None:
    """Show what differs between two image configs."""
    from regclient.ops.diff import config_lines

    old, new = (config_lines(call.repository(at), named(call.args[at + 1])) for at in (0, 2))
    show_diff(call, old, new)


def diff_layer(call: Call) -> None:
    """Show what differs between two layers, with times as they are here."""
    from regclient.kit.civil import local_zone
    from regclient.ops.diff import layer_lines

    zones = None if call.flags.switch("ignore-timestamp") else local_zone
    old, new = (layer_lines(call.repository(at), named(call.args[at + 1]), zones) for at in (0, 2))
    show_diff(call, old, new)


def get(call: Call) -> None:
    """Write a blob to standard output, or what is known of it as ``--format`` says."""
    blob, repository, template = named(call.args[1]), call.repository(0), call.flags.text("format")
    if call.flags.given("media-type"):
        call.log.info("The media-type option is deprecated, it has no effect")
    if template == PRETTY or template in BODY:
        write_blob(call, repository, blob)
        return
    stat = known(repository, blob)
    call.show(stat, template="headers" if template in RAW else template, exchange=stat)
    if template in RAW:
        call.write("\n")
        write_blob(call, repository, blob)


def head(call: Call) -> None:
    """Show the headers a registry answers a HEAD with; a layout only says whether the blob is there."""
    blob, template = named(call.args[1]), call.flags.text("format")
    stat = known(call.repository(0), blob)
    call.show(stat, template=template or "headers", exchange=stat)


def put(call: Call) -> None:
    """Upload standard input; a digest that is none is ignored, as scripts rely on."""
    from regclient.ops.blobs import Escort, send_blob

    text = call.flags.text("digest")
    if call.flags.given("content-type"):
        call.log.info("The content-type option is deprecated, it has no effect")
    expected = None
    try:
        expected = named(text) if text else None
    except InvalidDigest:
        call.log.debug("Ignoring the digest, it is none", digest=text)
    with call.observer() as observer:
        escort = Escort(observer, check=call.cancel.check)
        stored = send_blob(call.repository(0), call.streams.stdin, expected or _nameless(), escort)
    if call.flags.given("format"):
        from regclient.goview import blob_put_result

        call.show(blob_put_result(stored))
    else:
        call.write(f"{stored.digest}\n")


def named(text: str) -> Descriptor:
    """Return what is known of a blob of which only the digest was given.

    Raises:
        InvalidDigest: the text is none.
    """
    return Descriptor("", Digest.parse(text), -1)


def _nameless() -> Descriptor:
    """Return what stands for a blob nobody has hashed."""
    return Descriptor("", Digest.of(b""), -1)


def known(repository: Repository, blob: Descriptor) -> BlobStat:
    """Ask for a blob without its bytes.

    Raises:
        BlobNotFound: it is not there.
    """
    stat = repository.stat_blob(blob)
    if stat is None:
        raise BlobNotFound(blob.digest, repository.reference)
    return stat


def write_blob(call: Call, repository: Repository, blob: Descriptor) -> None:
    """Stream a blob to standard output; damage shows as an error after the bytes before it were written.

    Raises:
        Corrupt: the bytes are not those of the digest.
    """
    from regclient.ops.blobs import Escort, reading

    with (
        call.observer(beside=True) as observer,
        reading(repository, blob, Escort(observer, check=call.cancel.check)) as content,
    ):
        while chunk := content.read(_CHUNK):
            call.write(chunk)
