"""A tree of layouts as a store, and the endpoints over it."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from regclient.errors import RepositoryNotFound
from regclient.kit.atomicfile import Writing
from regclient.layout.repository import LayoutRepository
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.referrers import fallback_tag
from regclient.server.exchange import Policy
from regclient.server.store import HasFiles, Store
from regclient.server.tree import LayoutTree
from tests.fakes import images
from tests.fakes.asking import Asker

CONTENT = b"hello world"
DIGEST = Digest.of(CONTENT)


def tree_at(root: Path, open_limit: int = 128) -> LayoutTree:
    return LayoutTree(root, writing=Writing(sync=False), open_limit=open_limit)


def test_a_repository_is_a_layout_below_the_root(tmp_path: Path) -> None:
    tree: Store = tree_at(tmp_path)

    assert tree.open("a/b") is None
    images.image(tree.create("a/b"))

    assert (tmp_path / "a" / "b" / "index.json").is_file()
    assert tree.open("a/b") is not None
    assert isinstance(tree, HasFiles)


def test_a_layout_others_made_is_a_repository(tmp_path: Path) -> None:
    layout = LayoutRepository(tmp_path / "made" / "elsewhere")
    manifest = images.image(layout)
    layout.close()

    asker = Asker(store=tree_at(tmp_path))

    assert manifest.raw == asker.ask("GET", "made/elsewhere/manifests/latest").body
    assert {"repositories": ["made/elsewhere"]} == asker.ask("GET", "_catalog").json


def test_repositories_nest_and_may_be_named_like_parts_of_a_layout(tmp_path: Path) -> None:
    tree = tree_at(tmp_path)
    names = ["a", "a/b", "a/blobs", "a/blobs/sha256", "a/index.json", "a/oci-layout/c", "blobs", "sha256"]
    for name in names:
        images.image(tree.create(name), seed=name)

    assert names == list(tree.names())
    assert names == list(tree_at(tmp_path).names())
    for name in names:
        repository = tree.open(name)
        assert repository is not None
        assert images.image(repository, seed=name).raw == repository.get_manifest("latest").raw


def test_what_is_no_repository_is_not_listed(tmp_path: Path) -> None:
    tree = tree_at(tmp_path)
    images.image(tree.create("a"))
    (tmp_path / "Upper" / "x").mkdir(parents=True)
    (tmp_path / "Upper" / "x" / "index.json").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path)

    assert ["a"] == list(tree.names())


def test_a_root_that_is_a_layout_serves_what_is_below(tmp_path: Path) -> None:
    images.image(LayoutRepository(tmp_path))
    tree = tree_at(tmp_path)
    images.image(tree.create("blobs/sha256"))

    assert ["blobs/sha256"] == list(tree.names())


def test_a_root_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(RepositoryNotFound):
        tree_at(tmp_path / "missing")


def test_what_is_spooled_has_no_name(tmp_path: Path) -> None:
    with tree_at(tmp_path).spool() as spool:
        spool.write(b"x")
        assert not hasattr(os, "O_TMPFILE") or [] == list(tmp_path.iterdir())

    assert [] == list(tmp_path.iterdir())


def test_blobs_are_files(tmp_path: Path) -> None:
    tree = tree_at(tmp_path)
    tree.create("a").put_blob(io.BytesIO(CONTENT), Descriptor.of(CONTENT))

    file = tree.blob_file("a", DIGEST)
    assert file is not None
    with file:
        assert CONTENT == file.read()
    assert tree.blob_file("a", Digest.of(b"x")) is None


def test_only_so_many_repositories_stay_open(tmp_path: Path) -> None:
    tree = tree_at(tmp_path, open_limit=2)
    first = tree.create("a")
    images.image(first)
    for name in ("b", "c"):
        images.image(tree.create(name))

    assert first is not tree.open("a")
    assert tree.open("a") is tree.create("a")


def test_others_do_not_collect_before_the_tree_is_closed(tmp_path: Path) -> None:
    tree = tree_at(tmp_path)
    images.image(tree.create("a"))
    tree.create("a").put_blob(io.BytesIO(CONTENT), Descriptor.of(CONTENT))
    other = LayoutRepository(tmp_path / "a")

    assert () == other.collect()
    tree.close()
    assert (DIGEST,) == other.collect()


def test_an_image_is_pushed_and_pulled_over_the_api(tmp_path: Path) -> None:
    asker = Asker(store=tree_at(tmp_path))
    place = asker.ask("POST", "a/blobs/uploads/").headers["Location"]
    asker.ask("PATCH", place, CONTENT[:5])
    assert 201 == asker.ask("PUT", f"{place}?digest={DIGEST}", CONTENT[5:]).status
    manifest = images.image(Asker().store.create("x"))
    assert 201 == asker.ask("PUT", "a/manifests/latest", manifest.raw, {"Content-Type": manifest.media_type}).status

    assert CONTENT == asker.ask("GET", f"a/blobs/{DIGEST}").body
    part = asker.ask("GET", f"a/blobs/{DIGEST}", headers={"Range": "bytes=6-"})
    assert (206, b"world") == (part.status, part.body)
    assert manifest.raw == asker.ask("GET", f"a/manifests/{manifest.digest}").body
    assert 201 == asker.ask("POST", f"b/blobs/uploads/?mount={DIGEST}").status
    assert 200 == asker.ask("HEAD", f"b/blobs/{DIGEST}").status


def test_a_blob_is_no_manifest(tmp_path: Path) -> None:
    asker = Asker(store=tree_at(tmp_path))
    repository = asker.store.create("a")
    config = images.image(repository).config
    large = images.blob(repository, b" " * ((8 << 20) + 1))

    for blob in (config, large):
        assert (404, "MANIFEST_UNKNOWN") == (
            asker.ask("GET", f"a/manifests/{blob.digest}").status,
            asker.ask("DELETE", f"a/manifests/{blob.digest}").code,
        )
        assert 200 == asker.ask("HEAD", f"a/blobs/{blob.digest}").status


def test_damage_on_the_disk_is_the_registrys_fault(tmp_path: Path) -> None:
    asker = Asker(store=tree_at(tmp_path))
    manifest = images.image(asker.store.create("a"))
    path = tmp_path / "a" / "blobs" / "sha256" / manifest.digest.hex
    path.write_bytes(b"x" * len(manifest.raw))

    answer = asker.ask("GET", "a/manifests/latest")

    assert (500, "UNKNOWN") == (answer.status, answer.code)
    assert str(tmp_path) not in answer.body.decode()


def test_the_tags_a_layout_keeps_for_itself_are_not_listed(tmp_path: Path) -> None:
    asker = Asker(store=tree_at(tmp_path))
    repository = asker.store.create("a")
    subject = images.image(repository)
    attached = images.artifact(repository, subject)

    assert fallback_tag(subject.digest) in repository.tags().tags
    assert ["latest"] == asker.ask("GET", "a/tags/list").json["tags"]
    listed = asker.ask("GET", f"a/referrers/{subject.digest}").json["manifests"]
    assert isinstance(listed, list)
    assert [str(attached.digest)] == [entry["digest"] for entry in listed]


def test_a_list_of_referrers_that_a_client_pushes_is_what_the_api_answers(tmp_path: Path) -> None:
    asker = Asker(store=tree_at(tmp_path))
    elsewhere = Asker().store.create("x")
    subject = images.image(elsewhere)
    attached = images.artifact(elsewhere, subject)
    listing = images.index(elsewhere, platforms=(), children=(attached,))
    tag = fallback_tag(subject.digest)

    assert 201 == asker.ask("PUT", f"a/manifests/{tag}", listing.raw, {"Content-Type": listing.media_type}).status

    assert listing.raw == asker.ask("GET", f"a/manifests/{tag}").body
    assert str(attached.digest) in asker.ask("GET", f"a/referrers/{subject.digest}").body.decode()


def test_a_read_only_tree_is_not_written(tmp_path: Path) -> None:
    images.image(LayoutRepository(tmp_path / "a"))
    before = sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    asker = Asker(Policy(read_only=True), tree_at(tmp_path))

    for method, address in (("PUT", "a/manifests/x"), ("DELETE", "a/manifests/latest"), ("POST", "b/blobs/uploads/")):
        assert 405 == asker.ask(method, address, b"{}").status
    assert 200 == asker.ask("GET", "a/manifests/latest").status

    assert before == sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
