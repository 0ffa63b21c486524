"""``reference``: names of images and repositories, taken apart and changed."""

from __future__ import annotations

from regclient.errors import RegistryClientError
from regclient.regbot.sandbox import objects
from regclient.regbot.sandbox.calls import NOTHING, Arguments, Returned, Session, function


@function(
    "reference.new",
    usage="REF",
    returns="a reference",
    example="""
local r = reference.new("alpine")
print(r)                                             -- docker.io/library/alpine:latest
""",
)
def new(session: Session, arguments: Arguments) -> Returned:
    """Make a reference, or a copy of one, with what short names leave out: Docker Hub, ``library/`` and ``latest``."""
    del session
    return Returned((objects.reference_made(arguments.reference(1)),))


@function(
    "reference.close",
    "reference:close",
    usage="REF",
    example="""
local r = reference.new("ocidir://layout:old")
tag.delete(r)
r:close()
""",
)
def close(session: Session, arguments: Arguments) -> Returned:
    """End the work on a repository: a layout that was changed drops what nothing reaches."""
    reference = arguments.reference(1)
    try:
        session.client.close(reference)
    except RegistryClientError as error:
        raise arguments.wrong(1, f"reference close failed: {error}") from error
    return NOTHING


@function(
    "reference:tag",
    usage="[TAG]",
    returns="the tag, empty when there is none; nothing when one is set",
    example="""
local r = reference.new("alpine:3")
print(r:tag())                                       -- 3
r:tag("edge")
print(r)                                             -- docker.io/library/alpine:edge
""",
)
def tag(session: Session, arguments: Arguments) -> Returned:
    """Return the tag, or set it, which takes the digest away.

    The object itself changes: copy it with ``reference.new`` first to keep it as it is.
    """
    del session
    reference = arguments.reference(1)
    if arguments.count < 2:
        return Returned((reference.tag,))
    return Returned(update=objects.reference_state(reference.with_tag(arguments.text(2))))


@function(
    "reference:digest",
    usage="[DIGEST]",
    returns="the digest, empty when there is none; nothing when one is set",
    example="""
local r = reference.new("alpine:3")
r:digest("sha256:" .. string.rep("0", 64))
print(r:tag() == "")                                 -- true
""",
)
def digest(session: Session, arguments: Arguments) -> Returned:
    """Return the digest, or set it, which takes the tag away. The object itself changes."""
    del session
    reference = arguments.reference(1)
    if arguments.count < 2:
        return Returned((reference.digest,))
    return Returned(update=objects.reference_state(reference.with_digest(arguments.text(2))))


@function(
    "reference.__tostring",
    usage="REF",
    returns="the full name",
    example="""
print(tostring(reference.new("alpine")))             -- docker.io/library/alpine:latest
""",
)
def name(session: Session, arguments: Arguments) -> Returned:
    """Return the full name of a reference; ``print`` does this by itself, ``..`` does not."""
    del session
    return Returned((arguments.reference(1).name,))
