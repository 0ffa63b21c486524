"""Floors look only down: a module imports lower floors and its own room, nothing else (docs/house.md)."""

from __future__ import annotations

from tests.house.source import Import, imports_of, modules

FLOORS: dict[str, float] = {
    "errors": -1,
    "version": -1,
    "kit": 0,
    "model": 1,
    "repository": 2,
    "answers": 2,
    "events": 2,
    "observer": 2,
    "goview": 2,
    "goshapes": 2,
    "pretty": 2,
    "prettygraph": 2,
    "cancel": 2,
    "workers": 2,
    "concurrency": 2,
    "hosts": 2,
    "clock": 2,
    "transport": 3,
    "settings": 3,
    "memory": 4,
    "layout": 4,
    "remote": 4,
    "ops": 5,
    "environment": 5,
    "opener": 5.5,
    "edits": 6,
    "client": 6,
    "server": 6,
    "sync": 6,
    "jobs": 6,
    "cli": 7,
    "regctl": 8,
    "regsync": 8,
    "regbot": 8,
}
# Floor 2 is one room of small modules that speak of each other; every other room is a package of its own.
CONTRACT = {name for name, floor in FLOORS.items() if floor == 2}
# Operations see the contract and what is below it: never a home, never the wire.
CEILINGS = {"ops": 2}


def room_of(module: str) -> str:
    return module.partition(".")[0]


def is_allowed(found: Import) -> bool:
    importer, imported = room_of(found.importer), room_of(found.imported)
    if importer == imported or {importer, imported} <= CONTRACT:
        return True
    if not imported:
        return False
    below = FLOORS[imported] < FLOORS[importer]
    return below and FLOORS[imported] <= CEILINGS.get(importer, FLOORS[importer])


def every_import() -> list[Import]:
    return [found for name in modules() if name for found in imports_of(name)]


def shown(found: Import) -> str:
    return f"regclient.{found.importer}:{found.line} imports regclient.{found.imported}"


def chain_to(target: str, start: str, edges: dict[str, set[str]]) -> list[str]:
    """Return the shortest chain of imports from one module to another, or nothing."""
    paths, seen = [[start]], {start}
    for path in paths:
        for following in sorted(edges.get(path[-1], ())):
            if following == target:
                return [*path, following]
            if following not in seen:
                seen.add(following)
                paths.append([*path, following])
    return []


def test_every_room_has_a_floor() -> None:
    rooms = {room_of(name) for name in modules() if name}

    assert set() == rooms - set(FLOORS)


def test_floors_look_only_down() -> None:
    assert [] == [shown(found) for found in every_import() if not is_allowed(found)]


def test_operations_reach_neither_a_home_nor_the_wire_by_any_chain() -> None:
    edges: dict[str, set[str]] = {}
    for found in every_import():
        edges.setdefault(found.importer, set()).add(found.imported)
    forbidden = [name for name in modules() if name and 3 <= FLOORS[room_of(name)] <= 4]
    chains = [
        " → ".join(chain)
        for start in modules()
        if room_of(start) == "ops"
        for target in forbidden
        if (chain := chain_to(target, start, edges))
    ]

    assert [] == chains


def test_no_module_imports_itself_through_others() -> None:
    edges: dict[str, set[str]] = {}
    for found in every_import():
        if not found.inside_function and not found.for_types and found.imported != found.importer:
            edges.setdefault(found.importer, set()).add(found.imported)
    cycles = [" → ".join(chain) for name in modules() if name and (chain := chain_to(name, name, edges))]

    assert [] == cycles


def test_programs_do_not_import_each_other() -> None:
    programs = {name for name, floor in FLOORS.items() if floor == 8}
    crossings = [
        shown(found)
        for found in every_import()
        if room_of(found.importer) in programs and room_of(found.imported) in programs - {room_of(found.importer)}
    ]

    assert [] == crossings


def test_the_test_sees_an_import_that_looks_up() -> None:
    assert not is_allowed(Import("ops.copy", 1, "layout.repository", inside_function=True))
    assert not is_allowed(Import("model.digest", 1, "repository", inside_function=False))
    assert not is_allowed(Import("layout.blobs", 1, "remote.upload", inside_function=False))
    assert is_allowed(Import("ops.copy", 1, "repository", inside_function=False))
