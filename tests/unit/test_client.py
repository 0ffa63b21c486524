"""The front door: hermetic, one object for one repository, one line for what people do most."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest

from regclient.client import Client
from regclient.concurrency import Cancel
from regclient.errors import (
    Cancelled,
    Denied,
    DigestMismatch,
    FileNotFound,
    Incomplete,
    InvalidPlatform,
    InvalidReference,
    ManifestNotFound,
    RegistryFault,
    RepositoryNotFound,
    SideError,
)
from regclient.events import Event, Planned, Warned
from regclient.hosts import TLS, HostBook, HostSettings
from regclient.layout.repository import LayoutRepository, LayoutSettings
from regclient.model import mediatype
from regclient.model.descriptor import DescriptorFilter
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.ops.artifact import ArtifactFile, ArtifactPutOptions
from regclient.ops.copyplan import CopyOptions
from regclient.remote.repository import RemoteRepository
from regclient.remote.shared import RemoteOptions
from regclient.server.exchange import Policy
from regclient.settings.machine import local_platform
from tests.claims import claims
from tests.fakes import images
from tests.fakes.archives import files
from tests.fakes.registry import FakeRegistry
from tests.pages import play, python_blocks
from tests.programs.edited import write_layout as write_edited_layout

ARM64 = Platform.parse("linux/arm64")
APP = "registry.example/app:latest"


@pytest.fixture
def registry() -> FakeRegistry:
    return FakeRegistry()


@pytest.fixture
def client(registry: FakeRegistry) -> Client:
    return Client(transport=registry.transport)


@claims("Client.repository")
def test_one_repository_is_one_object_whatever_its_tag(client: Client, tmp_path: Path) -> None:
    app = client.repository(APP)
    assert isinstance(app, RemoteRepository)
    assert app is client.repository(Reference.parse("registry.example/app:v2"))
    assert app is not client.repository("registry.example/other")
    layout = client.repository(f"ocidir://{tmp_path}:v1")
    assert isinstance(layout, LayoutRepository)
    assert layout is client.repository(f"ocidir://{tmp_path}")


def test_what_is_no_repository_is_refused(client: Client) -> None:
    with pytest.raises(InvalidReference):
        client.repository("not a reference")
    with pytest.raises(InvalidReference):
        client.repository(Reference(registry="registry.example"))
    with pytest.raises(InvalidReference):
        client.manifest(Reference.parse(APP).repository_only())
    with pytest.raises(InvalidReference):
        client.repository("ocifile://x")


@claims("Client.copy")
def test_a_copy_is_one_line(client: Client, registry: FakeRegistry, tmp_path: Path) -> None:
    index = images.index(registry.repository("app"))
    events = list[Event | Planned | Warned]()
    with client:
        assert index.digest == client.copy(APP, f"ocidir://{tmp_path}:v1", observer=events.append).digest
        assert isinstance(events[0], Planned)
        assert index.manifests[1].digest == client.copy(APP, "registry.example/app:arm", platform=ARM64).digest
        assert index.manifests[1].digest == registry.repository("app").resolve("arm").digest
        with pytest.raises(SideError):
            client.copy("registry.example/app:nope", f"ocidir://{tmp_path}:nope")


@claims("Client.plan_copy")
def test_a_plan_does_nothing(client: Client, registry: FakeRegistry, tmp_path: Path) -> None:
    images.index(registry.repository("app"))
    plan = client.plan_copy(APP, f"ocidir://{tmp_path}/new:v1", CopyOptions(recursive=True))
    assert len(list(plan.pushes)) == 3
    assert not (tmp_path / "new").exists()


@claims("Client.copy_blob")
def test_a_blob_is_copied_between_repositories(client: Client, registry: FakeRegistry, tmp_path: Path) -> None:
    blob = images.blob(registry.repository("app"), b"content")
    with client:
        assert blob == client.copy_blob("registry.example/app", f"ocidir://{tmp_path}", blob)
        assert client.repository(f"ocidir://{tmp_path}").stat_blob(blob) is not None


@claims("Client.manifest", "Client.head", "Client.digest")
def test_manifests_heads_and_digests_follow_a_platform_when_there_is_one(client: Client, registry: FakeRegistry) -> None:
    index = images.index(registry.repository("app"))
    child = index.manifests[1].digest
    assert (index.digest, child) == (client.manifest(APP).digest, client.manifest(APP, ARM64).digest)
    assert (index.digest, child) == (client.head(APP).digest, client.head(APP, ARM64).digest)
    assert (index.digest, child) == (client.digest(APP), client.digest(APP, ARM64))
    registry.quirks.head_digests = False
    assert client.head(APP).digest is None
    assert index.digest == client.head(APP, digest=True).digest


def test_a_platform_may_be_given_as_text(client: Client, registry: FakeRegistry) -> None:
    index = images.index(registry.repository("app"))
    child, sbom = index.manifests[1].digest, images.artifact(registry.repository("app"), index.manifests[1])
    copied = client.copy(APP, "registry.example/app:arm", platform="linux/arm64")
    planned = client.plan_copy(APP, "registry.example/app:again", platform="linux/arm64")
    created = client.create_index("registry.example/app:made", [APP], platforms=["linux/arm64"])

    assert [child] * 3 == [ask(APP, "linux/arm64").digest for ask in (client.manifest, client.head)] + [copied.digest]
    assert [child] * 3 == [client.digest(APP, "linux/arm64"), planned.top.digest, created.manifests[0].digest]
    assert ARM64 == client.config(APP, "linux/arm64").platform
    assert [sbom.digest] == [entry.digest for entry in client.referrers(APP, platform="linux/arm64").descriptors]
    assert client.digest(APP, "local") == client.digest(APP, local_platform())
    with pytest.raises(InvalidPlatform, match="li nux"):
        client.digest(APP, "li nux/arm64")


@claims("Client.config")
def test_a_config_is_that_of_the_platform(client: Client, registry: FakeRegistry) -> None:
    images.index(registry.repository("app"))
    assert client.config(APP, ARM64).platform.architecture == "arm64"
    images.image(registry.repository("one"))
    assert client.config("registry.example/one:latest").platform.architecture == "amd64"


@claims("Client.referrers")
def test_referrers_are_found_by_platform_filter_and_place(client: Client, registry: FakeRegistry, tmp_path: Path) -> None:
    app = registry.repository("app")
    index = images.index(app)
    sbom, other = images.artifact(app, index), images.artifact(app, index.manifests[1], artifact_type="application/x")
    elsewhere = images.artifact(registry.repository("extra"), index, content=b"elsewhere")
    assert [sbom.digest] == [entry.digest for entry in client.referrers(APP).descriptors]
    assert [other.digest] == [entry.digest for entry in client.referrers(APP, platform=ARM64).descriptors]
    assert client.referrers(APP, DescriptorFilter(artifact_type="application/none")).descriptors == ()
    found = client.referrers(APP, source="registry.example/extra").descriptors
    assert [elsewhere.digest] == [entry.digest for entry in found]
    with client:
        layout = client.repository(f"ocidir://{tmp_path}")
        unlisted = images.artifact(layout, images.image(layout), "sbom")
        layout.delete_tag(next(tag for tag in layout.tags().tags if tag.startswith("sha256-")))
        found = client.referrers(f"ocidir://{tmp_path}:latest", scan=True).descriptors
        assert [unlisted.digest] == [entry.digest for entry in found]


@claims("Client.delete")
def test_a_manifest_is_deleted_by_digest_only(client: Client, registry: FakeRegistry) -> None:
    registry.quirks.referrers = False
    app = client.repository(APP)
    image = images.image(app)
    sbom = images.artifact(app, image)
    with pytest.raises(Incomplete):
        client.delete(APP)
    assert [sbom.digest] == [entry.digest for entry in client.referrers(APP).descriptors]
    client.delete(f"registry.example/app@{sbom.digest}", referrers=True)
    assert client.referrers(APP).descriptors == ()
    client.delete(f"registry.example/app@{image.digest}")
    with pytest.raises(ManifestNotFound):
        client.digest(APP)


@claims("Client.ping", "Client.registry")
def test_registries_and_layouts_are_pinged_and_registries_list_their_repositories(
    client: Client, registry: FakeRegistry, tmp_path: Path
) -> None:
    images.image(registry.repository("app"))
    assert client.ping(APP).headers
    assert client.registry("registry.example").ping().headers
    assert client.registry("registry.example").repositories().repositories == ("app",)
    client.ping(f"ocidir://{tmp_path}")
    with pytest.raises(RepositoryNotFound):
        client.ping(f"ocidir://{tmp_path}/nope")
    with pytest.raises(InvalidReference):
        client.registry("registry.example/app")


@claims("Client.close")
def test_closing_lets_a_changed_layout_drop_its_garbage(client: Client, tmp_path: Path) -> None:
    name = f"ocidir://{tmp_path}"
    layout = client.repository(name)
    image = images.image(layout)
    layout.delete_tag("latest")
    assert layout.stat_blob(image.config) is not None
    client.close(name)
    assert layout.stat_blob(image.config) is None
    client.close()
    images.image(layout)
    layout.delete_tag("latest")
    client.close()
    assert list((tmp_path / "blobs").rglob("*/*")) == []


def test_a_layout_in_use_keeps_what_a_copy_found_there(client: Client, registry: FakeRegistry, tmp_path: Path) -> None:
    image = images.image(registry.repository("app"))
    name = f"ocidir://{tmp_path}"
    with Client() as other:
        orphan = other.repository(name)
        images.image(orphan)
        orphan.delete_tag("latest")
        plan = client.plan_copy(APP, f"{name}:v1")
        assert client.repository(name).stat_blob(image.config) is not None
        other.close(name)
        assert client.repository(name).stat_blob(image.config) is not None
    assert plan.top.digest == client.copy(APP, f"{name}:v1").digest
    client.close()
    with Client() as reader:
        assert reader.config(f"{name}:v1").digest == image.config.digest


def test_settings_of_layouts_and_registries_reach_them(registry: FakeRegistry, tmp_path: Path) -> None:
    client = Client(
        transport=registry.transport,
        remote=RemoteOptions(blob_max=10, blob_chunk=100),
        layout=LayoutSettings(created=0.0),
    )
    images.image(client.repository(APP), layers=1)
    assert registry.counts()["PATCH upload"] > 0
    with client:
        client.copy(APP, f"ocidir://{tmp_path}:v1")
    entry = json.loads((tmp_path / "index.json").read_bytes())["manifests"][0]
    assert entry["annotations"]["org.opencontainers.image.created"] == "1970-01-01T00:00:00Z"


def test_hosts_are_given_as_values_or_as_a_book() -> None:
    host = HostSettings("registry.example", tls=TLS.DISABLED)
    assert TLS.DISABLED is Client([host]).hosts.resolve("registry.example").tls
    book = HostBook([host])
    assert book is Client(book).hosts


def test_a_cancel_ends_the_work_of_a_client(registry: FakeRegistry, tmp_path: Path) -> None:
    cancel = Cancel()
    client = Client(transport=registry.transport, cancel=cancel)
    images.image(registry.repository("app"))
    cancel.cancel()
    with pytest.raises(Cancelled):
        client.copy(APP, f"ocidir://{tmp_path}:v1")


def test_the_wire_is_made_when_first_needed_and_can_be_used_again_after_closing(registry: FakeRegistry) -> None:
    images.image(registry.repository("app"))
    with registry.serve() as host, Client([HostSettings(host, tls=TLS.DISABLED)]) as client:
        assert client.repository(f"{host}/app").tags().tags == ("latest",)
        client.close()
        assert client.registry(host).repositories().repositories == ("app",)


@claims("Client.from_environment")
def test_the_environment_is_read_only_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / ".docker").mkdir()
    login = {"auths": {"registry.example": {"auth": "dXNlcjpwYXNz"}}}
    (tmp_path / ".docker" / "config.json").write_text(json.dumps(login))
    with Client() as hermetic:
        assert hermetic.hosts.resolve("registry.example").user == ""
    warnings = list[Event | Planned | Warned]()
    over = HostSettings("registry.example", user="other")
    with Client.from_environment({"SOURCE_DATE_EPOCH": "0"}, tmp_path, hosts=[over], observer=warnings.append) as client:
        assert client.hosts.resolve("registry.example").user == "other"
        images.image(client.repository(f"ocidir://{tmp_path}/layout"))
    assert "1970-01-01T00:00:00Z" in (tmp_path / "layout" / "index.json").read_text()
    assert [True] == [isinstance(warning, Warned) and "login user" in warning.text for warning in warnings]


def test_the_ten_lines_of_the_readme_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = python_blocks("README.md")
    assert len([line for line in block.splitlines() if line.strip()]) <= 10
    exec(compile(block, "README.md", "exec"), {})
    digest = Client().digest(f"ocidir://{tmp_path}/copy:v1")
    assert str(digest) in capsys.readouterr().out


def test_the_library_is_used_from_asyncio_as_its_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Client() as client:
        for tag in ("v1", "v2"):
            images.image(client.repository("ocidir://layout"), tag, seed=tag)
    first, second = python_blocks("docs/howto/asyncio.md")
    exec(compile(first, "asyncio.md", "exec"), {"__name__": "__main__"})
    assert len(capsys.readouterr().out.splitlines()) == 2
    with Client() as client:
        assert client.repository("ocidir://mirror").tags().tags == ("v1", "v2")
    names: dict[str, object] = {}
    exec(compile(second, "asyncio.md", "exec"), names)
    copy_or_stop = names["copy_or_stop"]
    assert callable(copy_or_stop)
    with pytest.raises(TimeoutError):
        asyncio.run(copy_or_stop("ocidir://layout:v1", "ocidir://late:v1", seconds=0))
    asyncio.run(copy_or_stop("ocidir://layout:v1", "ocidir://late:v1", seconds=30))
    with Client() as client:
        assert client.repository("ocidir://late").tags().tags == ("v1",)


def test_a_tag_of_a_registry_that_may_not_be_written_stays() -> None:
    registry = FakeRegistry(policy=Policy(read_only=True))
    images.image(registry.repository("app"))
    client = Client(transport=registry.transport)
    with pytest.raises((Denied, RegistryFault)):
        client.repository(APP).delete_tag("latest")
    assert client.repository(APP).tags().tags == ("latest",)


@claims("Client.export", "Client.import_")
def test_an_image_travels_as_a_file(client: Client, registry: FakeRegistry, tmp_path: Path) -> None:
    index = images.index(registry.repository("app"))
    stream = io.BytesIO()
    exported = client.export(APP, tmp_path / "a.tar")
    client.export(APP, stream)

    assert index.digest == exported.digest
    assert (tmp_path / "a.tar").read_bytes() == stream.getvalue()
    assert index.digest == client.import_(tmp_path / "a.tar", f"ocidir://{tmp_path}/a:v1").digest
    assert index.digest == client.import_(stream, "registry.example/other:v1").digest
    assert index.digest == client.digest("registry.example/other:v1") == client.digest(f"ocidir://{tmp_path}/a:v1")


def test_an_import_into_a_layout_named_by_tag_and_digest_gets_the_tag(
    client: Client, registry: FakeRegistry, tmp_path: Path
) -> None:
    index, other = images.index(registry.repository("app")), images.image(registry.repository("other"))
    client.export(APP, tmp_path / "a.tar")
    place = f"ocidir://{tmp_path}/a:v1"

    assert index.digest == client.import_(tmp_path / "a.tar", f"{place}@{index.digest}").digest
    assert index.digest == client.digest(place)
    with pytest.raises(DigestMismatch):
        client.import_(tmp_path / "a.tar", f"ocidir://{tmp_path}/a:v2@{other.digest}")
    assert ("v1",) == client.repository(place).tags().tags


@claims("Client.read_file")
def test_a_file_of_an_image_is_one_call(client: Client, registry: FakeRegistry) -> None:
    layer = images.blob(registry.repository("app"), files(motd="hello"), mediatype.OCI_LAYER)
    plain = images.image(registry.repository("app"), None)
    registry.repository("app").put_manifest(plain.replace(layers=(layer,)), "latest")
    with client.read_file(APP, "/motd") as found:
        assert b"hello" == found.content.read()
    with pytest.raises(FileNotFound), client.read_file(APP, "/other"):
        pass


@claims("Client.put_artifact", "Client.get_artifact", "Client.artifact_tree", "Client.create_index")
def test_artifacts_and_indexes_are_one_line_each(client: Client, registry: FakeRegistry, tmp_path: Path) -> None:
    images.index(registry.repository("app"))
    made = client.create_index("registry.example/made:v1", [APP], platforms=[ARM64])
    (tmp_path / "file").write_text("content")
    files = [ArtifactFile(tmp_path / "file", title="named")]
    subject = made.descriptor.replace(annotations={})
    client.put_artifact("registry.example/made", files, ArtifactPutOptions("a/b", subject=subject, by_digest=True))
    tree = client.artifact_tree("registry.example/made:v1")

    assert tree.root is not None
    assert ([ARM64], ["a/b"]) == (
        [node.platform for node in tree.root.children],
        [node.artifact_type for node in tree.root.referrers],
    )
    assert (tmp_path / "named",) == client.get_artifact(tree.root.referrers[0].reference, tmp_path)
    assert "content" == (tmp_path / "named").read_text()


def test_a_layout_named_by_tag_and_digest_gets_the_tag_if_it_is_that_digest(
    client: Client, registry: FakeRegistry, tmp_path: Path
) -> None:
    digest = images.image(registry.repository("app"), "v1").digest
    other = images.image(registry.repository("app"), "v2", seed="other").digest
    target = f"ocidir://{tmp_path}/new"

    client.copy("registry.example/app:v1", f"{target}:tag@{digest}")
    with pytest.raises(DigestMismatch):
        client.copy("registry.example/app:v1", f"{target}:wrong@{other}")
    assert ("tag",) == client.repository(target).tags().tags
    assert digest == client.digest(f"{target}:tag")


def test_images_are_changed_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_edited_layout(tmp_path / "images")
    with Client() as client:
        client.copy("ocidir://images:multi", "ocidir://images:v1")
    play("docs/howto/modify.md")
    with Client() as client:
        assert "gold" == client.config("ocidir://images:v2").labels["org.example.tier"]
        assert "blue" == client.manifest("ocidir://images:v2").annotations["org.example.team"]
        assert client.digest("ocidir://images:dated") != client.digest("ocidir://images:v2")
