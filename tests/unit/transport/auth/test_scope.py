from __future__ import annotations

from regclient.transport.auth.scope import add, covers, has_room, scope_for
from tests.tables import table


@table(
    ("held", "wanted", "expected"),
    [
        ((), "repository:a:pull", ("repository:a:pull",)),
        (("repository:a:pull",), "repository:a:pull,push", ("repository:a:pull,push",)),
        (("repository:a:pull",), "repository:b:pull", ("repository:a:pull", "repository:b:pull")),
        (("repository:a:pull",), "repository:a:magic", ("repository:a:pull", "repository:a:magic")),
        (("repository:a:delete",), "repository:a:push,pull", ("repository:a:delete,push,pull",)),
        (("registry:catalog:*",), "registry:catalog:*", ("registry:catalog:*",)),
        (("repository:h:5000/a:pull",), "repository:h:5000/a:push", ("repository:h:5000/a:pull,push",)),
        (("repository:a:pull,push",), "", ("repository:a:pull,push",)),
    ],
)
def test_scopes_add_up(held: tuple[str, ...], wanted: str, expected: tuple[str, ...]) -> None:
    assert expected == add(held, wanted)


@table(
    ("held", "wanted", "covered"),
    [
        (("repository:a:pull,push",), "repository:a:pull", True),
        (("repository:a:pull,push",), "repository:a:push,pull", True),
        (("repository:a:pull",), "repository:a:push", False),
        (("repository:ab:pull",), "repository:a:pull", False),
        (("repository:a:magic",), "repository:a:magic", True),
        ((), "", True),
        ((), "repository:a:pull", False),
    ],
)
def test_scopes_cover_what_is_part_of_them(held: tuple[str, ...], wanted: str, *, covered: bool) -> None:
    assert covered == covers(held, wanted)


def test_reading_needs_pull_and_everything_else_push_as_well() -> None:
    assert "repository:a/b:pull" == scope_for("a/b", "HEAD")
    assert "repository:a/b:pull,push" == scope_for("a/b", "DELETE")
    assert "" == scope_for("", "GET")


def test_a_bundle_of_scopes_has_an_end() -> None:
    held: tuple[str, ...] = ()
    for number in range(100):
        if has_room(held, f"repository:r{number}:pull"):
            held = add(held, f"repository:r{number}:pull")

    assert 8 == len(held)
    assert has_room(held, "repository:r3:push")
    assert not has_room(("repository:" + "x" * 1000 + ":pull",), "repository:yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy:pull")
    assert has_room((), "repository:" + "x" * 2000 + ":pull")
