"""The front door: references and settings in, and one-line calls for what people do most.

``Client(...)`` is hermetic: it knows what it is given and reads nothing. ``Client.from_environment`` reads what Docker, podman
and regctl left on this machine. Opening repositories is in ``opener.py``. Verbs are imported when first used, so that a command
pays for what it needs.
"""

from __future__ import annotations

from os import PathLike, fspath
from typing import TYPE_CHECKING

from regclient.errors import DigestMismatch, Incomplete
from regclient.model.digest import Digest
from regclient.model.reference import Reference
from regclient.observer import Observer, silent
from regclient.opener import Opener, parsed_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import BinaryIO

    from regclient.concurrency import Workers
    from regclient.model.descriptor import Descriptor, DescriptorFilter
    from regclient.model.imageconfig import ImageConfig
    from regclient.model.manifest import IndexManifest, Manifest
    from regclient.model.platform import Platform
    from regclient.model.referrers import ReferrerList
    from regclient.ops.archive.read import ImportOptions
    from regclient.ops.archive.write import ExportOptions
    from regclient.ops.artifact import ArtifactFile, ArtifactPutOptions
    from regclient.ops.copyplan import CopyOptions, CopyPlan
    from regclient.ops.edit.edit import Edit
    from regclient.ops.edit.editor import ImageEditor
    from regclient.ops.fetch import ArtifactGetOptions
    from regclient.ops.files import LayerFile
    from regclient.ops.index import IndexCreateOptions
    from regclient.ops.tree import Tree, TreeOptions
    from regclient.repository import ManifestHead


class Client(Opener):
    """Opens repositories and does the common verbs; safe from many threads. Close it, or use it as a context manager.

    A reference and a platform may be given as text: ``registry.example.org/app:v1``, ``linux/arm64``, and ``local`` for the
    platform of this machine; text that is none raises ``InvalidReference`` or ``InvalidPlatform``.

    Closing drops idle connections and lets every layout that was changed drop what nothing reaches. ``cancel`` ends all work
    early, from any thread or signal handler.
    """

    def copy(
        self,
        src: Reference | str,
        dst: Reference | str,
        options: CopyOptions | None = None,
        *,
        platform: Platform | str | None = None,
        observer: Observer = silent,
    ) -> Descriptor:
        """Copy an image with everything it consists of; return what ``dst`` means afterwards.

        ``platform`` copies only the image of an index that runs best on it, so that ``dst`` is no index. Events of the copy go
        to ``observer``.

        Raises:
            SideError: with the side and the step that failed.
        """
        from regclient.ops.copy import run_copy  # noqa: PLC0415 - a door: most commands copy nothing

        with self._threads() as workers:
            return run_copy(self._plan(src, dst, options, platform, workers), workers, observer)

    def plan_copy(
        self,
        src: Reference | str,
        dst: Reference | str,
        options: CopyOptions | None = None,
        *,
        platform: Platform | str | None = None,
    ) -> CopyPlan:
        """Ask both sides what :meth:`copy` would do, and do none of it: print the plan, or give it to ``run_copy``.

        Raises:
            SideError: the source is not there, or a side cannot be reached.
        """
        with self._threads() as workers:
            return self._plan(src, dst, options, platform, workers)

    def copy_blob(
        self, src: Reference | str, dst: Reference | str, blob: Descriptor, *, observer: Observer = silent
    ) -> Descriptor:
        """Have a blob of one repository in another: found there, mounted, or sent.

        Raises:
            SideError: with the side that failed.
        """
        from regclient.ops.blobs import Escort, copy_blob  # noqa: PLC0415 - a door: most commands copy nothing

        return copy_blob(self.repository(src), self.repository(dst), blob, Escort(observer, check=self.cancel.check))

    def manifest(self, reference: Reference | str, platform: Platform | str | None = None) -> Manifest:
        """Fetch a manifest; with a platform, that of the image in an index which runs best on it.

        Raises:
            InvalidReference: neither tag nor digest.
            ManifestNotFound, PlatformNotFound: there is none.
        """
        from regclient.ops.select import get_manifest  # noqa: PLC0415 - a door, as all verbs

        return get_manifest(*self.named(reference), _asked(platform))

    def head(self, reference: Reference | str, platform: Platform | str | None = None, *, digest: bool = False) -> ManifestHead:
        """Ask for a manifest's facts without its bytes, which rate limits do not count.

        ``digest`` fetches the bytes where the registry leaves the digest out.

        Raises:
            InvalidReference: neither tag nor digest.
            ManifestNotFound, PlatformNotFound: there is none.
        """
        from regclient.ops.select import head_manifest  # noqa: PLC0415 - a door, as all verbs

        return head_manifest(*self.named(reference), _asked(platform), digest=digest)

    def digest(self, reference: Reference | str, platform: Platform | str | None = None) -> Digest:
        """Return the digest behind a reference.

        Raises:
            InvalidReference: neither tag nor digest.
            ManifestNotFound, PlatformNotFound: there is none.
        """
        from regclient.ops.select import digest_of  # noqa: PLC0415 - a door, as all verbs

        return digest_of(*self.named(reference), _asked(platform))

    def config(self, reference: Reference | str, platform: Platform | str | None = None) -> ImageConfig:
        """Read the config of an image, of the best one for ``platform`` (by default this machine's) when there are several.

        Raises:
            UnsupportedMediaType: it is not an image.
            ManifestNotFound, PlatformNotFound: there is none.
        """
        from regclient.ops.config import image_config  # noqa: PLC0415 - a door, as all verbs

        return image_config(*self.named(reference), _meant(platform or "local"))

    def referrers(
        self,
        reference: Reference | str,
        wanted: DescriptorFilter | None = None,
        *,
        platform: Platform | str | None = None,
        source: Reference | str | None = None,
        scan: bool = False,
    ) -> ReferrerList:
        """List what refers to an image (signatures, SBOMs), or with a platform to the one in an index that runs best on it.

        ``source`` is the repository to ask when they are kept elsewhere. ``scan`` also reads every manifest of a layout.

        Raises:
            ManifestNotFound, PlatformNotFound: the image is not there.
        """
        from regclient.ops.select import referrers_of  # noqa: PLC0415 - a door, as all verbs

        repository, name = self.named(reference)
        home = self.repository(source) if source is not None else None
        return referrers_of(repository, name, wanted, platform=_asked(platform), source=home, scan=scan)

    def delete(self, reference: Reference | str, *, referrers: bool = False) -> None:
        """Delete a manifest with every tag on it; the reference needs a digest, for a tag may mean something else by now.

        ``referrers`` reads the manifest first and takes it off the list of its subject, where the registry keeps none itself.

        Raises:
            Incomplete: there is no digest.
            ManifestNotFound: it is not there.
        """
        repository, name = self.named(reference)
        if isinstance(name, str):
            raise Incomplete("digest", reference)
        repository.delete_manifest(name, manifest=repository.get_manifest(name) if referrers else None)

    def export(
        self,
        reference: Reference | str,
        out: BinaryIO | str | PathLike[str],
        options: ExportOptions | None = None,
        *,
        observer: Observer = silent,
    ) -> Descriptor:
        """Write an image as one tar, to a stream or to a file that appears when it is whole; return what was exported.

        Raises:
            InvalidReference: neither tag nor digest.
            ManifestNotFound, PlatformNotFound, BlobNotFound: a part is not there.
        """
        from regclient.ops.archive.outfile import writing  # noqa: PLC0415 - a door, as all verbs
        from regclient.ops.archive.write import DEFAULT, export_image  # noqa: PLC0415

        if isinstance(out, str | PathLike):
            with writing(fspath(out)) as file:
                return self.export(reference, file, options, observer=observer)
        called, options = parsed_of(reference), options or DEFAULT
        repository, name = self.named(called)
        check = self.cancel.check
        return export_image(repository, name, out, called=called, options=options, observer=observer, check=check)

    def import_(
        self,
        archive: BinaryIO | str | PathLike[str],
        reference: Reference | str,
        options: ImportOptions | None = None,
        *,
        observer: Observer = silent,
    ) -> Descriptor:
        """Push the image in a tar, an OCI layout or what ``docker save`` wrote, and call it ``reference``.

        Raises:
            InvalidReference: neither tag nor digest.
            Corrupt: it is no archive of images, or damaged.
            ManifestNotFound: the image is not in it.
            SideError: with the side that failed.
        """
        from regclient.ops.archive.read import DEFAULT, import_image, opened  # noqa: PLC0415 - a door, as all verbs
        from regclient.ops.copy import copy  # noqa: PLC0415

        repository, name = self.named(reference)
        tag, promised = parsed_of(reference).place
        with opened(archive) as (content, where), self._threads() as workers:
            how = options or DEFAULT
            found = import_image(content, repository, name, where=where, options=how, workers=workers, observer=observer)
            if promised is None or tag is None:
                return found
            return copy(repository, promised, repository, tag, workers=workers)

    def read_file(
        self, reference: Reference | str, path: str, platform: Platform | str | None = None, *, observer: Observer = silent
    ) -> AbstractContextManager[LayerFile]:
        """Open one file as a container of the image would see it; without a ``platform``, of the image for this machine.

        The layers that are looked through are told to ``observer``.

        Raises:
            FileNotFound, FileDeleted: on entering the block: it is not there.
            ManifestNotFound, PlatformNotFound: there is no such image.
        """
        from regclient.ops.files import image_layers, open_file  # noqa: PLC0415 - a door, as all verbs

        repository, name = self.named(reference)
        layers = image_layers(repository, name, _meant(platform or "local"))
        return open_file(repository, layers, path, check=self.cancel.check, observer=observer)

    def put_artifact(
        self,
        reference: Reference | str,
        files: Iterable[ArtifactFile],
        options: ArtifactPutOptions | None = None,
        *,
        observer: Observer = silent,
    ) -> Manifest:
        """Push files as an artifact; ``by_digest`` of the options leaves it with its digest alone, as referrers are.

        Raises:
            StorageFault: a file cannot be read.
            Unsupported: the options do not fit together.
        """
        from regclient.ops.artifact import put_artifact  # noqa: PLC0415 - a door, as all verbs

        repository, name = self.named(reference)
        with self._threads() as workers:
            return put_artifact(repository, name, tuple(files), options, workers=workers, observer=observer)

    def get_artifact(
        self,
        reference: Reference | str,
        directory: PathLike[str] | str,
        options: ArtifactGetOptions | None = None,
        *,
        observer: Observer = silent,
    ) -> tuple[Path, ...]:
        """Write the files of an artifact below a directory, each under its title; return where they are.

        Raises:
            ManifestNotFound, NotFound: there is no such artifact, or no such file in it.
            Corrupt: a file is damaged, or would leave the directory.
        """
        from regclient.ops.fetch import save_artifact  # noqa: PLC0415 - a door, as all verbs

        repository, name = self.named(reference)
        with self._threads() as workers:
            return save_artifact(repository, name, directory, options, workers=workers, observer=observer)

    def artifact_tree(self, reference: Reference | str, options: TreeOptions | None = None) -> Tree:
        """Read an image with its platforms and everything that refers to them; what failed half way is in the result."""
        from regclient.ops.tree import read_tree  # noqa: PLC0415 - a door, as all verbs

        called = parsed_of(reference)
        with self._threads() as workers:
            return read_tree(self.repository(called), called, options, workers=workers)

    def create_index(
        self,
        reference: Reference | str,
        sources: Iterable[Reference | str],
        options: IndexCreateOptions | None = None,
        *,
        platforms: Iterable[Platform | str] = (),
        observer: Observer = silent,
    ) -> IndexManifest:
        """Make an index of images from anywhere, copied beside it; with ``platforms``, of these parts of other indexes.

        Raises:
            ManifestNotFound, SideError: an image is not there or cannot be copied.
        """
        from regclient.ops.index import IndexEntries, create_index  # noqa: PLC0415 - a door, as all verbs

        entries = IndexEntries(sources=tuple(map(self.named, sources)), platforms=tuple(map(_meant, platforms)))
        repository, name = self.named(reference)
        with self._threads() as workers:
            return create_index(repository, name, entries, options, workers=workers, observer=observer)

    def edit(self, reference: Reference | str, *edits: Edit) -> ImageEditor:
        """Open an image for changes, those of ``regclient.edits``: add more, look at the plan, push the result.

        Nothing is asked before that.

        Raises:
            InvalidReference: neither tag nor digest.
        """
        from regclient.ops.edit.editor import ImageEditor, editor_options  # noqa: PLC0415 - a door, as all verbs

        self.named(reference)
        layout = self._layout.created if self._layout else None
        options = editor_options(self.repository, self._clock.now() if layout is None else layout)
        return ImageEditor(parsed_of(reference), options, self._threads, edits)

    def _threads(self) -> Workers:
        from regclient.concurrency import Workers  # noqa: PLC0415 - a door: most questions are asked by one thread

        return Workers(self.workers, self.cancel)

    def _plan(
        self,
        src: Reference | str,
        dst: Reference | str,
        options: CopyOptions | None,
        platform: Platform | str | None,
        workers: Workers,
    ) -> CopyPlan:
        from regclient.ops.copy import DEFAULT, plan_copy  # noqa: PLC0415 - a door: most commands copy nothing

        source, name = self.named(src)
        target, _ = self.named(dst)
        if platform is not None:
            name = self.digest(src, platform)
        target_name, promised = parsed_of(dst).place
        plan = plan_copy(source, name, target, target_name, options=options or DEFAULT, workers=workers)
        if promised is not None and plan.top.digest != promised:
            raise DigestMismatch(promised, plan.top.digest, f"manifest {name}")
        return plan


def _asked(platform: Platform | str | None) -> Platform | None:
    return None if platform is None else _meant(platform)


def _meant(platform: Platform | str) -> Platform:
    if not isinstance(platform, str):
        return platform
    from regclient.model.platform import Platform  # noqa: PLC0415 - a door: most questions name none
    from regclient.settings.machine import local_platform  # noqa: PLC0415

    return Platform.parse(platform, local_platform())
