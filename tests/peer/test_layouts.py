"""Layouts between programs: skopeo, umoci, buildah and Go's regctl read what we write, and we read what they write."""

from __future__ import annotations

import io
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from regclient.layout.repository import LayoutRepository, LayoutSettings
from regclient.model.children import children_of
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import Manifest
from regclient.repository import Name
from tests.contract.samples import image, index_of, push, read

pytestmark = pytest.mark.peer

CREATED = 1_577_880_000


def run(program: str, *arguments: str, cwd: Path, stdin: bytes = b"") -> str:
    """Run a program and return what it says; the test is skipped, with the reason, where it is missing."""
    home = pwd.getpwuid(os.getuid()).pw_dir
    found = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), f"{home}/go/bin"]))
    if found is None:
        pytest.skip(f"{program} is not installed")
    environment = {**os.environ, "SOURCE_DATE_EPOC": str(CREATED), "HOME": str(cwd)}
    done = subprocess.run([found, *arguments], cwd=cwd, input=stdin, capture_output=True, check=False, env=environment)
    assert 0 == done.returncode, done.stderr.decode(errors="replace")
    return done.stdout.decode()


def by_umoci(place: Path) -> None:
    (place / "file").write_text("content")
    run("umoci", "init", "--layout", "layout", cwd=place)
    run("umoci", "new", "--image", "layout:v1", cwd=place)
    run("umoci", "insert", "--rootless", "--image", "layout:v1", "file", "/file", cwd=place)


def by_skopeo(place: Path) -> None:
    push(LayoutRepository(place / "made"), "v1")
    run("skopeo", "copy", "oci:made:v1", "oci:layout:docker.io/library/app:v1", cwd=place)


def by_buildah(place: Path) -> None:
    stores = ["--storage-driver", "vfs", "--root", str(place / "root"), "--runroot", str(place / "run")]
    container = run("buildah", *stores, "from", "scratch", cwd=place).strip()
    run("buildah", *stores, "commit", container, "oci:layout:v1", cwd=place)


def by_regctl(place: Path) -> None:
    run("regctl", "image", "create", "ocidir://layout:v1", "--platform", "linux/amd64", cwd=place)


WRITERS: dict[str, Callable[[Path], None]] = {
    "umoci": by_umoci,
    "skopeo": by_skopeo,
    "buildah": by_buildah,
    "regctl": by_regctl,
}


def content_of(layout: LayoutRepository, name: Name) -> set[bytes]:
    """Read an image to its last verified byte."""
    manifest = layout.get_manifest(name)
    return {manifest.raw, *(read(layout, blob) for blob in children_of(manifest).blobs)}


@pytest.mark.parametrize("program", WRITERS)
def test_we_read_what_others_wrote_and_collecting_keeps_it(tmp_path: Path, program: str) -> None:
    WRITERS[program](tmp_path)
    layout = LayoutRepository(tmp_path / "layout")

    before = content_of(layout, "v1")
    push(layout, "ours", "ours")
    layout.close()

    assert ("ours", "v1") == layout.tags().tags
    assert before == content_of(layout, "v1")


@pytest.mark.parametrize("program", WRITERS)
def test_others_read_what_we_added_to_their_layout(tmp_path: Path, program: str) -> None:
    WRITERS[program](tmp_path)
    layout = LayoutRepository(tmp_path / "layout")
    manifest = push(layout, "ours", "ours")
    layout.close()

    assert str(manifest.digest) in run("regctl", "manifest", "head", "ocidir://layout:ours", cwd=tmp_path)
    assert manifest.raw.decode() == run("skopeo", "inspect", "--raw", "oci:layout:ours", cwd=tmp_path)
    assert "ours" in run("umoci", "ls", "--layout", "layout", cwd=tmp_path).split()


class Side:
    """The same steps on a layout, made by Go's regctl or by us, from the same source."""

    def __init__(self, place: Path, source: LayoutRepository) -> None:
        self.place = place
        self.source = source


class Theirs(Side):
    """Go's regctl; every step is a command, which collects garbage when it ends."""

    def copy(self, name: Name, tag: str) -> None:
        origin = f"ocidir://source@{name}" if isinstance(name, Digest) else f"ocidir://source:{name}"
        run("regctl", "image", "copy", origin, f"ocidir://{self.place.name}:{tag}", cwd=self.place.parent)

    def put(self, manifest: Manifest, name: Name) -> None:
        mark = f"@{name}" if isinstance(name, Digest) else f":{name}"
        command = ["manifest", "put", "-t", manifest.media_type, f"ocidir://{self.place.name}{mark}"]
        run("regctl", *command, cwd=self.place.parent, stdin=manifest.raw)

    def delete_tag(self, tag: str) -> None:
        run("regctl", "tag", "delete", f"ocidir://{self.place.name}:{tag}", cwd=self.place.parent)

    def delete(self, digest: Digest) -> None:
        run("regctl", "manifest", "delete", f"ocidir://{self.place.name}@{digest}", cwd=self.place.parent)


class Ours(Side):
    """Our layout, closed after each step as a command would."""

    @property
    def layout(self) -> LayoutRepository:
        return LayoutRepository(self.place, LayoutSettings(created=CREATED))

    def copy(self, name: Name, tag: str) -> None:
        layout = self.layout
        manifest = self.source.get_manifest(name)
        self._move(layout, manifest)
        layout.put_manifest(manifest, tag)
        layout.close()

    def _move(self, layout: LayoutRepository, manifest: Manifest) -> None:
        for blob in children_of(manifest).blobs:
            with self.source.open_blob(blob) as stream:
                layout.put_blob(stream, blob)
        for child in children_of(manifest).manifests:
            below = self.source.get_manifest(child.digest)
            self._move(layout, below)
            layout.put_manifest(below, None)

    def put(self, manifest: Manifest, name: Name) -> None:
        layout = self.layout
        layout.put_manifest(manifest, name)
        layout.close()

    def delete_tag(self, tag: str) -> None:
        layout = self.layout
        layout.delete_tag(tag)
        layout.close()

    def delete(self, digest: Digest) -> None:
        layout = self.layout
        layout.delete_manifest(digest)
        layout.close()


def files_of(place: Path) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def test_the_same_steps_leave_the_same_bytes_as_with_go(tmp_path: Path) -> None:
    source = LayoutRepository(tmp_path / "source", LayoutSettings(created=CREATED))
    one, two = push(source, "one", "layer one"), push(source, "two", "layer two")
    index = index_of(one, two)
    source.put_manifest(index, "index")
    signature = image(
        source, "signature", subject=index.descriptor, artifact_type="application/x.sig", annotations={"a": "<&>"}
    )
    sbom = image(source, "sbom", subject=index.descriptor)
    sides = Theirs(tmp_path / "theirs", source), Ours(tmp_path / "ours", source)

    def step(act: Callable[[Theirs | Ours], None]) -> None:
        for side in sides:
            act(side)
        assert files_of(tmp_path / "theirs") == files_of(tmp_path / "ours")

    step(lambda side: side.copy("one", "v1"))
    step(lambda side: side.copy("index", "latest"))
    step(lambda side: side.copy("two", "v1"))
    step(lambda side: side.copy("two", "v1"))
    step(lambda side: side.copy("one", "v1.0_a-b"))
    step(lambda side: side.put(signature, "sig"))
    step(lambda side: side.put(sbom, sbom.digest))
    step(lambda side: side.put(sbom, sbom.digest))
    step(lambda side: side.delete_tag("v1"))
    step(lambda side: side.delete(signature.digest))
    step(lambda side: side.delete(sbom.digest))
    step(lambda side: side.delete(index.digest))


def test_a_listing_with_everything_in_it_is_changed_as_with_go(tmp_path: Path) -> None:
    source = LayoutRepository(tmp_path / "source", LayoutSettings(created=CREATED))
    old, new = push(source, "old", "old"), push(source, "new", "new")
    entry = f'"mediaType":"{old.media_type}","size":{len(old.raw)},"digest":"{old.digest}"'
    entries = [
        f'{{{entry},"platform":{{"os":"linux","architecture":"amd64","variant":"v2"}},"urls":["http://x/?a=1&b=2"]}}',
        f'{{"annotations":{{"z":"1","org.opencontainers.image.ref.name":"docker.io/app:v1","a":"<é\\u2028>"}},{entry}}}',
        f'{{{entry},"annotations":{{"org.opencontainers.image.ref.name":"v1"}}}}',
        f'{{{entry},"annotations":null,"artifactType":"application/x","data":"YQ=="}}',
        f'{{{entry},"annotations":{{"org.opencontainers.image.ref.name":"v1"}}}}',
    ]
    written = f'{{"annotations":{{"b":"1","a":"&"}},"manifests":[{", ".join(entries)}],"schemaVersion":2}}'
    sides = Theirs(tmp_path / "theirs", source), Ours(tmp_path / "ours", source)
    for side in sides:
        shutil.copytree(tmp_path / "source", side.place)
        (side.place / "index.json").write_text(written)
        side.put(new, "v1")

    assert (tmp_path / "theirs" / "index.json").read_text() == (tmp_path / "ours" / "index.json").read_text()


def test_go_reads_referrers_we_wrote_and_we_read_theirs(tmp_path: Path) -> None:
    layout = LayoutRepository(tmp_path / "layout")
    subject = push(layout, "v1")
    ours = image(layout, "ours", subject=subject.descriptor, artifact_type="application/x.ours")
    layout.put_manifest(ours, ours.digest)
    layout.close()
    command = [
        "artifact",
        "put",
        "--subject",
        "ocidir://layout:v1",
        "--artifact-type",
        "application/x.theirs",
        "ocidir://layout",
    ]
    run("regctl", *command, cwd=tmp_path, stdin=b"content")

    form = "{{range .Descriptors}}{{println .ArtifactType}}{{end}}"
    listed = run("regctl", "artifact", "list", "ocidir://layout:v1", "--format", form, cwd=tmp_path)

    expected = ["application/x.ours", "application/x.theirs"]
    assert expected == listed.split()
    assert expected == [found.artifact_type for found in layout.referrers(subject.digest).descriptors]
    assert [ours.digest] == [found.digest for found in layout.referrers(subject.digest, "application/x.ours").descriptors]


def test_go_reads_blobs_of_other_algorithms_from_us(tmp_path: Path) -> None:
    layout = LayoutRepository(tmp_path / "layout")
    blob = layout.put_blob(io.BytesIO(b"content"), Descriptor.of(b"content", algorithm="sha512"))

    assert "content" == run("regctl", "blob", "get", "ocidir://layout", str(blob.digest), cwd=tmp_path)
