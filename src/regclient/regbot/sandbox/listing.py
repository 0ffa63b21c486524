"""``repo`` and ``tag``: lists of repositories and tags, and deleting a tag."""

from __future__ import annotations

from dataclasses import dataclass

from regclient.cli.logs import Twofold
from regclient.model.reference import OCIDIR
from regclient.regbot.sandbox.calls import NOTHING, Arguments, Returned, Session, function
from regclient.regbot.sandbox.failing import failing


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted: so many, after this one; what is not set asks for all."""

    limit: int = 0
    last: str = ""

    @property
    def shown(self) -> Twofold:
        """The options as the Go program logs them."""
        return Twofold(f"{{Limit:{self.limit} Last:{self.last}}}", {"limit": self.limit, "last": self.last})


def page_of(arguments: Arguments, place: int) -> Page:
    """Read ``{limit = N, last = S}``; other keys and values of other types do not count."""
    table = arguments.table(place)
    limit, last = table.get("limit"), table.get("last")
    wanted = int(limit) if isinstance(limit, float) and 0 < limit < 1 << 31 else 0
    return Page(wanted, last if isinstance(last, str) else "")


@function(
    "repo.ls",
    usage="REGISTRY [, {limit = N, last = NAME}]",
    returns="a list of names",
    example="""
for _, name in ipairs(repo.ls("{reg}", {limit = 10})) do
  print(name)
end
""",
)
def repositories(session: Session, arguments: Arguments) -> Returned:
    """List one page of the repositories of a registry, in its order."""
    host = arguments.value(1)
    if not isinstance(host, str):
        raise arguments.wrong(1, "Expected registry name (host and optional port)")
    page = page_of(arguments, 2)
    session.log.debug("Listing repositories", script=session.name, host=host, opts=page.shown)
    with failing("Failed retrieving repo list"):
        found = session.client.registry(host).repositories(limit=page.limit or None, last=page.last or None)
    return Returned((found.repositories,))


@function(
    "tag.ls",
    usage="REF [, {limit = N, last = TAG}]",
    returns="a list of tags",
    example="""
for _, t in ipairs(tag.ls("{reg}/app")) do
  print(t)
end
print(#tag.ls("{reg}/app", {limit = 1, last = "a"}) > 0)
""",
)
def tags(session: Session, arguments: Arguments) -> Returned:
    """List the tags of a repository, in the order of the registry; for a layout all of them, sorted, whatever the options."""
    reference = arguments.reference(1)
    page = page_of(arguments, 2)
    session.log.debug("Listing tags", script=session.name, repo=reference.name, opts=page.shown)
    wanted = Page() if reference.scheme == OCIDIR else page
    with failing("Failed retrieving tag list"):
        found = session.client.repository(reference).tags(limit=wanted.limit or None, last=wanted.last or None)
    return Returned((found.tags,))


@function(
    "tag.delete",
    usage="REF",
    example="""
tag.delete("{reg}/app:old")
""",
)
def delete(session: Session, arguments: Arguments) -> Returned:
    """Delete one tag, and neither the manifest nor its other tags."""
    reference = arguments.reference(1)
    session.log.info("Delete tag", script=session.name, image=reference.name, **{"dry-run": session.dry_run})
    if session.skips(f"delete tag {reference.name}"):
        return NOTHING
    with failing(f'Failed deleting "{reference.name}"'):
        session.client.repository(reference).delete_tag(reference.tag)
    with failing(f'Failed closing reference "{reference.name}"'):
        session.client.close(reference)
    return NOTHING
