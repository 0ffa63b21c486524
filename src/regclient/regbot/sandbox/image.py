"""``image`` and the objects of ``image.config``: configs, copies, archives and rate limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from regclient.errors import ParseError
from regclient.events import Event, Planned, State, Warned
from regclient.kit.duration import HOUR, MILLISECOND, MINUTE, format_duration, parse_duration
from regclient.kit.gotemplate.jsontext import indent
from regclient.model.image import ImageManifest
from regclient.model.platform import Platform
from regclient.model.ratelimit import rate_limit_of
from regclient.model.reference import Reference
from regclient.observer import Observer
from regclient.ops.config import read_config
from regclient.ops.copyplan import CopyOptions
from regclient.regbot.sandbox import objects
from regclient.regbot.sandbox.calls import NOTHING, Arguments, CallFailed, Returned, Session, function
from regclient.regbot.sandbox.failing import failing
from regclient.regbot.sandbox.fetching import content_of, fetched
from regclient.regbot.sandbox.rebuild import rebuilt_config
from regclient.regbot.sandbox.wire import Table, items_of
from regclient.settings.machine import local_platform


@function(
    "image.config",
    "manifest:config",
    usage="MANIFEST",
    returns="an image config",
    example="""
local ic = image.config("{reg}/app:v1")
print(ic.Config.Labels["version"], ic.Platform.os)
print(manifest.get("{reg}/app:v1"):config().Created)
""",
)
def config(session: Session, arguments: Arguments) -> Returned:
    """Read the config of an image; of the best one for this machine, when a reference means an index."""
    found = content_of(session, fetched(session, arguments, 1, platform=local_platform()))
    with session.throttle():
        session.log.debug("Retrieve image config", script=session.name, image=found.reference.name)
        if not isinstance(found.manifest, ImageManifest):
            raise CallFailed("Image methods are not available for manifest")
        with failing(f'Failed retrieving "{found.reference.name}" config'):
            read = read_config(session.client.repository(found.reference), found.manifest.config)
    return Returned((objects.config_made(objects.HeldConfig(read, found)),))


@function(
    "imageconfig:export",
    returns="a new image config",
    example="""
local ic = image.config("{reg}/app:v1")
ic.config.Labels["team"] = "a"
ic = ic:export()
print(ic.Config.Labels["team"])                      -- a
""",
)
def export_config(session: Session, arguments: Arguments) -> Returned:
    """Make a new config of the tables of this one, which a script may have edited. Push it with ``blob.put``."""
    del session
    found = arguments.object(1, objects.CONFIG)
    if found is None:
        raise arguments.wrong(1, "Config expected")
    held = objects.config_of(found)
    with failing("Failed exporting config"):
        changed = rebuilt_config(held.config, arguments.table(2))
    return Returned((objects.config_made(objects.HeldConfig(changed, held.image)),))


@function(
    "imageconfig.__tostring",
    returns="the JSON of the config",
    example="""
print(tostring(image.config("{reg}/app:v1")))
""",
)
def show_config(session: Session, arguments: Arguments) -> Returned:
    """Return the config as JSON, indented."""
    del session
    found = arguments.object(1, objects.CONFIG)
    if found is None:
        raise arguments.wrong(1, "config expected")
    return Returned((indented(objects.config_of(found).config.raw),))


@dataclass(frozen=True, slots=True)
class CopyKeys:
    """The options of ``image.copy``; what a script leaves out, misspells or gives another type to is off."""

    digestTags: bool = False  # noqa: N815 - the script's names
    forceRecursive: bool = False  # noqa: N815
    includeExternal: bool = False  # noqa: N815
    platforms: tuple[str, ...] = ()
    referrers: bool = False
    fast: bool = False

    @classmethod
    def read(cls, table: Table) -> CopyKeys:
        """Take what is known from a table."""
        named = table.get("platforms")
        platforms = tuple(item for item in items_of(named) if isinstance(item, str)) if isinstance(named, dict) else ()
        switches = ("digestTags", "forceRecursive", "includeExternal", "referrers", "fast")
        return cls(platforms=platforms, **{name: table.get(name) is True for name in switches})

    def options(self) -> CopyOptions:
        """Return them as the library knows them.

        Raises:
            InvalidPlatform: a platform is none.
        """
        here = local_platform()
        return CopyOptions(
            platforms=tuple(Platform.parse(text, here) if text else Platform() for text in self.platforms),
            referrers=self.referrers,
            digest_tags=self.digestTags,
            external=self.includeExternal,
            recursive=self.forceRecursive,
            fast=self.fast,
        )


@function(
    "image.copy",
    usage="REF, REF [, {digestTags, forceRecursive, includeExternal, platforms, referrers, fast}]",
    example="""
image.copy("{reg}/app:v1", "{reg}/mirror:v1")
image.copy("{reg}/app:v1", "{reg}/mirror:v2", {digestTags = true, referrers = true})
image.copy("{reg}/app:v1", "{reg}/mirror:v3", {platforms = {"linux/amd64"}, forceRecursive = true})
image.copy("{reg}/app:v1", "{reg}/mirror:v3", {includeExternal = true, fast = true})
""",
)
def copy(session: Session, arguments: Arguments) -> Returned:
    """Copy an image from the first name to the second, with everything it consists of; only what is missing is moved.

    ``digestTags`` and ``referrers`` take along what belongs to it, ``includeExternal`` layers that live elsewhere;
    ``platforms`` copies the content of these entries only, below an unchanged index; ``forceRecursive`` looks at everything
    although the target has the image; ``fast`` stops when it has.
    """
    src, dst = arguments.reference(1), arguments.reference(2)
    given = arguments.value(3)
    keys = CopyKeys.read(given if isinstance(given, dict) else {})
    with session.throttle():
        session.log.info(
            "Copy image",
            script=session.name,
            source=src.name,
            target=dst.name,
            digestTags=keys.digestTags,
            forceRecursive=keys.forceRecursive,
            includeExternal=keys.includeExternal,
            **{"dry-run": session.dry_run},
        )
        if session.skips(f"copy {src.name} to {dst.name}"):
            return NOTHING
        with failing(f'Failed copying "{src.name}" to "{dst.name}"'):
            session.client.copy(src, dst, keys.options(), observer=_copy_log(session, src, dst))
        with failing(f'Failed closing reference "{dst.name}"'):
            session.client.close(dst)
    return NOTHING


@function(
    "image.exportTar",
    usage="REF, FILE",
    example="""
image.exportTar("{reg}/app:v1", "{dir}/app.tar")     -- needs --allow-io
""",
)
def export_tar(session: Session, arguments: Arguments) -> Returned:
    """Write an image to a tar file that is an OCI layout and can be loaded by Docker; needs ``--allow-io``."""
    reference, file = arguments.reference(1), arguments.text(2)
    _files_allowed(session, arguments)
    with session.throttle():
        if session.skips(f"export {reference.name} to {file}"):
            return NOTHING
        with failing(f'Failed to export image "{reference.name}" to "{file}"'):
            session.client.export(reference, Path(file))
    return NOTHING


@function(
    "image.importTar",
    usage="REF, FILE",
    example="""
image.exportTar("{reg}/app:v1", "{dir}/again.tar")
image.importTar("{reg}/imported:v1", "{dir}/again.tar")     -- needs --allow-io
""",
)
def import_tar(session: Session, arguments: Arguments) -> Returned:
    """Push the image in a tar file, an OCI layout or one of Docker's; needs ``--allow-io``."""
    reference, file = arguments.reference(1), arguments.text(2)
    _files_allowed(session, arguments)
    with session.throttle():
        if session.skips(f"import {file} as {reference.name}"):
            return NOTHING
        with failing(f'Failed to import image "{reference.name}" from "{file}"'):
            session.client.import_(Path(file), reference)
    return NOTHING


@function(
    "image.ratelimitWait",
    "manifest:ratelimitWait",
    usage='REF, LIMIT [, FREQUENCY = "5m" [, TIMEOUT = "6h"]]',
    returns="whether so many pulls are left",
    example="""
if image.ratelimitWait("{reg}/app:v1", 50, "1ms", "1s") then
  print("go")
end
""",
)
def ratelimit_wait(session: Session, arguments: Arguments) -> Returned:
    """Wait until the registry says that at least so many pulls are left, or says nothing of limits.

    It is asked now and then at this frequency, with requests that do not count. False when that takes longer than the timeout.
    """
    reference, limit = arguments.reference(1), arguments.number(2)
    frequency = max(_duration(arguments, 3, 5 * MINUTE, "rate limit frequency"), MILLISECOND)
    left = _duration(arguments, 4, 6 * HOUR, "timeout")
    while True:
        with failing(f'Failed checking "{reference.name}" manifest'):
            found = rate_limit_of(session.client.head(reference).headers)
        if not found.known or found.remain >= limit:
            return Returned((True,))
        delay = format_duration(frequency)
        session.log.info(
            "Delaying for ratelimit",
            script=session.name,
            image=reference.name,
            current=found.remain,
            target=limit,
            delay=delay,
        )
        session.client.cancel.wait(min(frequency, left) / 1e9)
        session.client.cancel.check()
        left -= frequency
        if left <= 0:
            return Returned((False,))


def _copy_log(session: Session, src: Reference, dst: Reference) -> Observer:
    """Return what logs each blob whose bytes travel."""

    def hear(event: Event | Planned | Warned) -> None:
        if isinstance(event, Event) and event.kind == "blob" and event.state is State.STARTED:
            session.log.info("Copy layer", source=src.name, target=dst.name, layer=event.name)

    return hear


def indented(raw: bytes) -> str:
    """Return a JSON document with two blanks for each level, and ``< > &`` written the way Go writes them."""
    text = indent(raw.decode("utf-8", "surrogateescape"))
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


def _duration(arguments: Arguments, place: int, default: int, what: str) -> int:
    if arguments.count < place:
        return default
    text = arguments.text(place)
    try:
        return parse_duration(text)
    except ParseError as error:
        raise CallFailed(f"Failed parsing {what} {text}: {error}") from error


def _files_allowed(session: Session, arguments: Arguments) -> None:
    if not session.allow_io:
        raise CallFailed(f"{arguments.name} is not allowed; run with --allow-io to let scripts use files and programs")
