"""``manifest`` and its objects: fetch, look at, edit, push and delete manifests."""

from __future__ import annotations

from regclient.errors import RegistryClientError
from regclient.goshapes.located import Located
from regclient.goshapes.manifests import described
from regclient.model.digest import Digest
from regclient.model.manifest import Manifest
from regclient.model.ratelimit import rate_limit_of
from regclient.regbot.sandbox import objects
from regclient.regbot.sandbox.calls import NOTHING, Arguments, CallFailed, Returned, Session, function
from regclient.regbot.sandbox.export import descriptor_data, rate_limit_data
from regclient.regbot.sandbox.failing import failing
from regclient.regbot.sandbox.fetching import content_of, fetched, head, headed, platform_of
from regclient.regbot.sandbox.image import indented
from regclient.regbot.sandbox.rebuild import rebuilt_manifest


@function(
    "manifest.get",
    "manifest:get",
    "image.manifest",
    usage="REF [, PLATFORM]",
    returns="a manifest",
    example="""
local m = manifest.get("{reg}/app:v1", "linux/arm64")
print(m.mediaType, #m.layers)
""",
)
def get(session: Session, arguments: Arguments) -> Returned:
    """Fetch the manifest of an image; of an index, the one that runs best on the platform, by default this machine's."""
    reference = arguments.reference(1)
    text = arguments.text(2) if arguments.count == 2 else ""
    _say_get(session, reference.name, text, whole=False)
    with failing(f'Failed retrieving "{reference.name}" manifest'):
        found = session.client.manifest(reference, platform_of(session, text))
    return Returned((objects.manifest_made(Located(found, reference)),))


@function(
    "manifest.getList",
    "image.manifestList",
    usage="REF",
    returns="a manifest",
    example="""
for _, entry in ipairs(manifest.getList("{reg}/app:v1").manifests) do
  print(entry.platform.os, entry.platform.architecture)
end
""",
)
def get_list(session: Session, arguments: Arguments) -> Returned:
    """Fetch a manifest as it is: an index stays one."""
    reference = arguments.reference(1)
    _say_get(session, reference.name, "", whole=True)
    with failing(f'Failed retrieving "{reference.name}" manifest'):
        found = session.client.manifest(reference)
    return Returned((objects.manifest_made(Located(found, reference)),))


@function(
    "manifest.head",
    "manifest:head",
    "image.manifestHead",
    usage="REF",
    returns="a manifest without content",
    example="""
local m = manifest.head("{reg}/app:v1")
print(m:descriptor().Digest)
""",
)
def get_head(session: Session, arguments: Arguments) -> Returned:
    """Ask for a manifest without its content, which rate limits do not count: it has a descriptor and a rate limit only."""
    reference = arguments.reference(1)
    session.log.debug("Retrieve manifest with head", script=session.name, image=reference.name)
    return Returned((objects.manifest_made(head(session, reference)),))


@function(
    "manifest.descriptor",
    "manifest:descriptor",
    usage="MANIFEST",
    returns="a table",
    example="""
local d = manifest.descriptor("{reg}/app:v1")
print(d.mediaType, d.digest, d.size)
""",
)
def descriptor(session: Session, arguments: Arguments) -> Returned:
    """Return media type, digest and size of a manifest; of a reference, without fetching the content."""
    found = headed(session, arguments, 1)
    return Returned((descriptor_data(described(found.manifest)),))


@function(
    "manifest.put",
    "manifest:put",
    usage="MANIFEST, REF",
    example="""
local m = manifest.getList("{reg}/app:v1")
manifest.put(m, "{reg}/app:also")
m:put("{reg}/app:too")
""",
)
def put(session: Session, arguments: Arguments) -> Returned:
    """Push a manifest, byte for byte, under a tag or digest; its content must be in that repository already."""
    found = content_of(session, fetched(session, arguments, 1))
    reference = arguments.reference(2)
    manifest = found.manifest
    assert isinstance(manifest, Manifest)
    session.log.debug("Put manifest", script=session.name, image=reference.name)
    if session.skips(f"put manifest {manifest.digest} as {reference.name}"):
        return NOTHING
    with failing("Failed to put manifest"):
        repository, name = session.client.named(reference)
        repository.put_manifest(manifest, name)
    with failing(f'Failed closing reference "{reference.name}"'):
        session.client.close(reference)
    return NOTHING


@function(
    "manifest:delete",
    example="""
manifest.head("{reg}/app:old"):delete()
""",
)
def delete(session: Session, arguments: Arguments) -> Returned:
    """Delete a manifest with every tag on it. What ``manifest.get`` took out of an index is the image, not the index."""
    found = headed(session, arguments, 1)
    reference = found.reference
    if not reference.digest:
        reference = reference.add_digest(str(found.manifest.digest))
    session.log.info("Delete manifest", script=session.name, image=reference.name, **{"dry-run": session.dry_run})
    if session.skips(f"delete manifest {reference.name}"):
        return NOTHING
    with failing(f'Failed deleting "{reference.name}"'):
        session.client.repository(reference).delete_manifest(Digest.parse(reference.digest))
    with failing(f'Failed closing reference "{reference.name}"'):
        session.client.close(reference)
    return NOTHING


@function(
    "manifest:export",
    returns="a new manifest",
    example="""
local m = manifest.get("{reg}/app:v1")
m.annotations["team"] = "a"
m = m:export()
print(m.annotations.team)                            -- a
""",
)
def export(session: Session, arguments: Arguments) -> Returned:
    """Make a new manifest of the tables of this one, which a script may have edited. Push it with ``manifest.put``."""
    del session
    found = arguments.object(1, objects.MANIFEST)
    if found is None:
        raise arguments.wrong(1, "Manifest expected")
    held = objects.manifest_of(found)
    if not isinstance(held.manifest, Manifest):
        raise CallFailed("Failed exporting manifest: only its head is known, fetch it with manifest.get")
    with failing("Failed exporting manifest"):
        changed = rebuilt_manifest(held.manifest, arguments.table(2))
    return Returned((objects.manifest_made(Located(changed, held.reference)),))


@function(
    "manifest:ratelimit",
    returns="a table: Limit, Remain, Reset, Set, Policies",
    example="""
local limit = manifest.head("{reg}/app:v1"):ratelimit()
print(limit.Set, limit.Remain)
""",
)
def ratelimit(session: Session, arguments: Arguments) -> Returned:
    """Return what the registry said of its rate limit when it gave this manifest; ``Set`` is false when it said nothing."""
    found = headed(session, arguments, 1)
    return Returned((rate_limit_data(rate_limit_of(found.manifest.headers)),))


@function(
    "manifest.__tostring",
    returns="the JSON of the manifest",
    example="""
print(tostring(manifest.get("{reg}/app:v1")))
""",
)
def show(session: Session, arguments: Arguments) -> Returned:
    """Return the manifest as JSON, indented."""
    found = fetched(session, arguments, 1)
    if not isinstance(found.manifest, Manifest):
        raise CallFailed("Failed outputing manifest: only its head is known")
    try:
        return Returned((indented(found.raw),))
    except (RegistryClientError, ValueError) as error:
        raise CallFailed(f"Failed outputing manifest: {error}") from error


def _say_get(session: Session, image: str, platform: str, *, whole: bool) -> None:
    session.log.debug("Retrieve manifest", script=session.name, image=image, list=whole, platform=platform)
