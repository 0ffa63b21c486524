"""``regctl artifact get``: find an artifact, choose its files, and write them."""

from __future__ import annotations

import os

from regclient.cli.call import Call
from regclient.errors import StorageFault, Unsupported
from regclient.regctl.artifact import NEITHER, external, old_subject, wanted_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.model.descriptor import Descriptor, DescriptorFilter
    from regclient.model.manifest import Manifest
    from regclient.ops.fetch import ArtifactGetOptions
    from regclient.repository import Name, Repository

_CHUNK = 1 << 20


def get(call: Call) -> None:
    """Download an artifact."""
    from regclient.ops.fetch import ArtifactGetOptions, choose_layers, get_artifact

    flags, subject = call.flags, old_subject(call)
    if not call.args and not subject:
        raise Unsupported(NEITHER)
    directory = output_directory(flags.text("output"))
    options = ArtifactGetOptions(
        wanted=wanted_of(call, call.platform()),
        titles=tuple(flags.texts("file")),
        media_types=tuple(flags.texts("file-media-type")),
        strip=flags.switch("strip-dirs"),
        unpack_limit=flags.number("unpack-limit") or None,
    )
    repository, name = find(call, subject, options.wanted)
    manifest = get_artifact(repository, name, options.wanted)
    if flags.switch("config") or flags.text("config-file"):
        write_config(call, repository, manifest)
    if not flags.switch("config"):
        write_files(call, repository, choose_layers(manifest, options), directory, options)


def output_directory(text: str) -> str:
    """Return the directory to write to, empty for none.

    Raises:
        StorageFault: there is none of this name.
    """
    if text and not os.path.isdir(text):  # noqa: PTH112 - pathlib is slow to import
        raise StorageFault(text, "not a directory to write files to")
    return text


def find(call: Call, subject: str, wanted: DescriptorFilter) -> tuple[Repository, Name]:
    """Find the artifact to get: by its name, or else among the referrers of its subject."""
    from dataclasses import replace

    from regclient.model.reference import Reference
    from regclient.ops.fetch import find_referrer

    source = external(call)
    if source is not None and not subject:
        call.log.warning("external option should be used with subject")
    if call.args:
        return call.named(0)
    at = Reference.parse(subject)
    repository, name = call.located(at)
    home = call.client.repository(source) if source else repository
    with call.observer() as observer:
        found = find_referrer(
            repository,
            name,
            replace(wanted, platform=None),
            platform=wanted.platform,
            source=home,
            scan=call.flags.switch("slow-referrers"),
            observer=observer,
        )
    return home, found.digest


def write_config(call: Call, repository: Repository, manifest: Manifest) -> None:
    """Write the config of an artifact to the file asked for, or else to standard output."""
    from regclient.ops.archive.outfile import writing
    from regclient.ops.fetch import artifact_config
    from regclient.regctl.blob import write_blob

    path, blob = call.flags.text("config-file"), artifact_config(repository, manifest)
    if not path:
        write_blob(call, repository, blob)
        return
    with repository.open_blob(blob) as content, writing(path) as file:
        while data := content.read(_CHUNK):
            file.write(data)


def write_files(
    call: Call, repository: Repository, layers: tuple[Descriptor, ...], directory: str, options: ArtifactGetOptions
) -> None:
    """Write layers below a directory, or the only one to standard output.

    Raises:
        Unsupported: there are several and no directory.
    """
    from pathlib import Path

    from regclient.concurrency import Workers
    from regclient.ops.fetch import save_layers
    from regclient.regctl.blob import write_blob

    if directory:
        with call.observer() as observer, Workers(cancel=call.cancel) as workers:
            save_layers(repository, layers, Path(directory), options, workers=workers, observer=observer)
        return
    if len(layers) > 1:
        raise Unsupported(f"{len(layers)} files match: choose one with --file, or a directory for all with --output")
    write_blob(call, repository, layers[0])
