"""Importing an image from a tar, whoever wrote it: what kind it is, which image is meant, then its content into a repository.

Entries may come in any order and are read where they lie. Nothing is tagged before everything it means is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from regclient.concurrency import Workers
from regclient.errors import Corrupt, DigestMismatch, StorageFault
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.observer import Observer, silent
from regclient.ops.archive import read_docker, read_oci
from regclient.ops.archive.contents import open_contents
from regclient.ops.archive.read_oci import ArchiveRepository
from regclient.ops.copy import copy
from regclient.ops.copyplan import CopyOptions
from regclient.repository import Name, Repository

UNPACKED = 64 << 30


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How an image is imported.

    ``name`` says which image of several: a tag or full name in an OCI layout, one of its names in an archive of Docker's.
    ``limit`` bounds what an archive that is compressed, or comes through a pipe, may take on the disk while it is read.
    """

    name: str = ""
    limit: int = UNPACKED


DEFAULT = ImportOptions()


@contextmanager
def opened(archive: BinaryIO | str | PathLike[str]) -> Iterator[tuple[BinaryIO, str]]:
    """Open the file an archive is in, or take the stream it is; also say what to call it in messages.

    Raises:
        StorageFault: the file cannot be read.
    """
    if not isinstance(archive, str | PathLike):
        yield archive, "archive"
        return
    path = Path(archive)
    try:
        file = path.open("rb")
    except OSError as error:
        raise StorageFault(path, error.strerror or str(error)) from error
    with file:
        yield file, str(path)


def import_image(  # noqa: PLR0913 - a file, a name in a repository, and how
    content: BinaryIO,
    repository: Repository,
    name: Name,
    *,
    where: str = "archive",
    options: ImportOptions = DEFAULT,
    workers: Workers | None = None,
    observer: Observer = silent,
) -> Descriptor:
    """Import an image from a tar and call it ``name``; return what it is.

    ``where`` is what messages call the tar. Without ``workers`` the import has its own, for the time of the call.

    Raises:
        Corrupt: it is no archive of images, or damaged.
        ManifestNotFound: it has no such image.
        DigestMismatch: ``name`` is a digest, and the one image has another.
        SideError: with the side that failed; what was pushed stays, untagged.
    """
    if workers is None:
        with Workers() as own:
            return import_image(content, repository, name, where=where, options=options, workers=own, observer=observer)
    with open_contents(content, where, limit=options.limit, check=workers.cancel.check) as contents:
        if read_oci.is_layout(contents):
            top = read_oci.choose(read_oci.entries_of(contents), options.name, name)
            if isinstance(name, Digest) and top.digest != name:
                raise DigestMismatch(name, top.digest, f"the image in {where}")
            how = CopyOptions(external=True, recursive=True)
            src = ArchiveRepository(contents)
            return copy(src, top.digest, repository, name, options=how, workers=workers, observer=observer)
        if read_docker.MANIFEST in contents:
            image = read_docker.choose(read_docker.images_of(contents), options.name)
            return read_docker.import_docker(contents, image, repository, name, workers, observer)
        raise Corrupt(f"{where} is no archive of images: it has neither index.json with oci-layout nor manifest.json")
