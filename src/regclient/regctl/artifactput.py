"""``regctl artifact put``: files, directories or standard input to an artifact."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.errors import StorageFault, Unsupported
from regclient.regctl.artifact import NEITHER, external, old_subject
from regclient.regctl.manifest import show_put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.model.reference import Reference
    from regclient.ops.artifact import ArtifactFile, ArtifactPutOptions

_CONFIG_LIMIT = 64 << 20


def put(call: Call) -> None:
    """Upload an artifact."""
    from regclient.concurrency import Workers
    from regclient.ops.artifact import put_artifact

    subject = old_subject(call)
    if not call.args and not subject:
        raise Unsupported(NEITHER)
    target = target_of(call, subject)
    options = options_of(call, subject)
    files = files_of(call, options.artifact_type)
    name = target.target if call.args else None
    with call.observer() as observer, Workers(cancel=call.cancel) as workers:
        manifest = put_artifact(call.client.repository(target), name, files, options, workers=workers, observer=observer)
    show_put(call, manifest, target, by_digest=options.by_digest)


def target_of(call: Call, subject: str) -> Reference:
    """Return where the artifact goes: what was named, or the repository for referrers, or that of the subject.

    Raises:
        Unsupported: a repository for referrers without a subject, or other than that of the name.
    """
    from regclient.model.reference import Reference

    elsewhere = external(call)
    if elsewhere is not None and not subject:
        raise Unsupported("external repository is only supported with a subject")
    if not call.args:
        return elsewhere or Reference.parse(subject)
    target = call.reference(0)
    if elsewhere is not None and not elsewhere.same_repository(target):
        raise Unsupported("the reference and the external repository are two repositories")
    return target


def options_of(call: Call, subject: str) -> ArtifactPutOptions:
    """Read what the artifact is.

    Raises:
        StorageFault: the file with the config cannot be read.
        ManifestNotFound, PlatformNotFound: the subject is not there.
        UnsupportedMediaType, Unsupported: a type is none, or the options do not fit together.
    """
    from regclient.kit.keyvalues import parse_pairs
    from regclient.model.mediatype import OCI_ARTIFACT, OCI_MANIFEST
    from regclient.ops.artifact import ArtifactPutOptions, config_of

    flags = call.flags
    media_type = flags.text("media-type") or OCI_MANIFEST
    if media_type == OCI_ARTIFACT:
        call.log.warning("changing media-type is experimental and non-portable")
    path = flags.text("config-file")
    options = ArtifactPutOptions(
        artifact_type=flags.text("artifact-type"),
        config_type=flags.text("config-type"),
        config=read_config(path) if path else None,
        annotations=parse_pairs(flags.texts("annotation")),
        media_type=media_type,
        by_digest=flags.switch("by-digest"),
        index=flags.switch("index"),
        platform=call.platform() if flags.switch("index") else None,
    )
    config_of(options)
    return with_subject(call, options, subject)


def with_subject(call: Call, options: ArtifactPutOptions, subject: str) -> ArtifactPutOptions:
    """Return the options with the subject looked up, when there is one."""
    from dataclasses import replace

    from regclient.model.reference import Reference
    from regclient.ops.artifact import subject_of

    if not subject:
        return options
    repository, name = call.located(Reference.parse(subject))
    return replace(options, subject=subject_of(repository, name, call.platform()))


def read_config(path: str) -> bytes:
    """Read the file with the content of a config.

    Raises:
        StorageFault: it cannot be read, or is far too large.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            data = file.read(_CONFIG_LIMIT + 1)
    except OSError as error:
        raise StorageFault(path, error.strerror or str(error)) from error
    if len(data) > _CONFIG_LIMIT:
        raise StorageFault(path, "too large for a config")
    return data


def files_of(call: Call, artifact_type: str) -> tuple[ArtifactFile, ...]:
    """Return the layers to be: the files named, or standard input."""
    from pathlib import Path

    from regclient.ops.artifact import ArtifactFile, layer_types, title_of

    flags = call.flags
    names, strip = flags.texts("file"), flags.switch("strip-dirs")
    types = layer_types(len(names), flags.texts("file-media-type"), artifact_type)
    if not names:
        return (ArtifactFile(content=call.streams.stdin, media_type=types[0]),)
    paths = [Path(name) for name in names]
    titles = [title_of(name, is_directory=path.is_dir(), strip=strip) for name, path in zip(names, paths, strict=True)]
    if not flags.switch("file-title"):
        titles = [""] * len(names)
    return tuple(ArtifactFile(path, None, kind, title) for path, kind, title in zip(paths, types, titles, strict=True))
