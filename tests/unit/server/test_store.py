"""Stores in memory; those on disk are in ``test_tree.py``."""

from __future__ import annotations

from regclient.repository import Repository
from regclient.server.store import HasFiles, MemoryStore, Store


def test_repositories_are_made_once_and_found_by_name() -> None:
    store: Store = MemoryStore("registry.example")

    assert store.open("a/b") is None
    made = store.create("a/b")

    assert isinstance(made, Repository)
    assert "registry.example/a/b" == made.reference.repository_only().name
    assert made is store.create("a/b") is store.open("a/b")
    store.create("a")
    assert ["a", "a/b"] == list(store.names())
    assert not isinstance(store, HasFiles)


def test_what_is_spooled_can_be_read_back() -> None:
    with MemoryStore().spool() as spool:
        spool.write(b"x")
        spool.seek(0)
        assert b"x" == spool.read()
