"""From an argument to a manifest: the one in an object, or the one behind a reference."""

from __future__ import annotations

from regclient.errors import InvalidPlatform
from regclient.goshapes.located import Located
from regclient.model.manifest import Manifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference
from regclient.regbot.sandbox.calls import Arguments, Session
from regclient.regbot.sandbox.failing import failing
from regclient.settings.machine import local_platform


def fetched(session: Session, arguments: Arguments, place: int, *, platform: Platform | None = None) -> Located:
    """Return the manifest of an object as it is, or fetch the one behind a reference, following indexes with a platform.

    Raises:
        CallFailed: the argument is neither, or the manifest cannot be had.
    """
    held = arguments.held(place)
    if isinstance(held, Located):
        return held
    with failing("manifest pull failed"):
        return Located(session.client.manifest(held, platform), held)


def headed(session: Session, arguments: Arguments, place: int) -> Located:
    """Return the manifest of an object as it is, or ask for the facts of the one behind a reference.

    Raises:
        CallFailed: the argument is neither, or there is no such manifest.
    """
    held = arguments.held(place)
    return held if isinstance(held, Located) else head(session, held)


def head(session: Session, reference: Reference) -> Located:
    """Ask for the facts of a manifest, its digest among them.

    Raises:
        CallFailed: there is none.
    """
    with failing(f'Failed retrieving "{reference.name}" manifest'):
        return Located(session.client.head(reference, digest=True), reference)


def content_of(session: Session, found: Located) -> Located:
    """Return a manifest with its content: the same, or when only its head is known the one with that digest.

    Raises:
        CallFailed: it is not there any more.
    """
    if isinstance(found.manifest, Manifest):
        return found
    with failing("manifest pull failed"):
        digest = found.manifest.digest
        if digest is None:
            return Located(session.client.manifest(found.reference), found.reference)
        return Located(session.client.repository(found.reference).get_manifest(digest), found.reference)


def platform_of(session: Session, text: str) -> Platform:
    """Read a platform; what is none counts as this machine's, with a warning."""
    here = local_platform()
    if not text:
        return here
    try:
        return Platform.parse(text, here)
    except InvalidPlatform as error:
        session.log.warning("Could not parse platform", platform=text, err=str(error))
        return here
