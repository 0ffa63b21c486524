"""``blob`` and its objects: layers, configs and other content by digest."""

from __future__ import annotations

import io

from regclient.errors import BlobNotFound
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.reference import Reference
from regclient.regbot.sandbox import objects
from regclient.regbot.sandbox.calls import Arguments, CallFailed, Returned, Session, function
from regclient.regbot.sandbox.failing import failing

_DIGEST = 'manifest.get("{reg}/app:v1").config.digest'


@function(
    "blob.get",
    "blob:get",
    usage="REF [, DIGEST]",
    returns="a blob",
    example=f"""
local b = blob.get("{{reg}}/app", {_DIGEST})
print(blob.put("{{reg}}/other", b))
""",
)
def get(session: Session, arguments: Arguments) -> Returned:
    """Return a blob of a repository, to be put into another one. Without a digest it is the one of the reference."""
    return Returned((objects.blob_made(_there(session, arguments)),))


@function(
    "blob.head",
    "blob:head",
    usage="REF [, DIGEST]",
    returns="a blob",
    example=f"""
print(pcall(blob.head, "{{reg}}/app", {_DIGEST}))
""",
)
def get_head(session: Session, arguments: Arguments) -> Returned:
    """Ask whether a blob is there: an error when it is not."""
    return Returned((objects.blob_made(_there(session, arguments)),))


@function(
    "blob.put",
    "blob:put",
    usage="REF, CONTENT",
    returns="its digest and its size",
    example="""
local digest, size = blob.put("{reg}/app", "some text")
print(digest, size)
""",
)
def put(session: Session, arguments: Arguments) -> Returned:
    """Push a blob: one of another repository, an image config, or a string."""
    reference = arguments.reference(1)
    session.log.debug("Put blob", script=session.name, ref=reference.name)
    held = arguments.object(2, objects.BLOB)
    if held is not None:
        source = objects.blob_of(held)
        if not session.skips(f"put blob {source.blob.digest} to {_home(reference)}"):
            with failing("Failed to put blob"):
                session.client.copy_blob(source.reference, reference, source.blob)
        return Returned((str(source.blob.digest), source.blob.size))
    content = _content(arguments)
    described = Descriptor.of(content)
    if not session.skips(f"put blob {described.digest} to {_home(reference)}"):
        with failing("Failed to put blob"):
            session.client.repository(reference).put_blob(io.BytesIO(content), described)
    return Returned((str(described.digest), described.size))


def _content(arguments: Arguments) -> bytes:
    config = arguments.object(2, objects.CONFIG)
    if config is not None:
        return objects.config_of(config).config.raw
    value = arguments.value(2)
    if not isinstance(value, str):
        raise arguments.wrong(2, "blob content expected")
    return value.encode("utf-8", "surrogateescape")


def _there(session: Session, arguments: Arguments) -> objects.HeldBlob:
    reference = arguments.reference(1)
    text = arguments.text(2) if arguments.count >= 2 else reference.digest
    session.log.debug("Retrieve blob", script=session.name, ref=reference.name, digest=text)
    with failing(f'Failed retrieving "{reference.name}" blob "{text}"'):
        digest = Digest.parse(text)
        stat = session.client.repository(reference).stat_blob(Descriptor("", digest, -1))
        if stat is None:
            raise BlobNotFound(digest, _home(reference))
    if stat.size < 0:
        raise CallFailed(f'Failed retrieving "{reference.name}" blob "{text}": the registry does not say how large it is')
    return objects.HeldBlob(Descriptor(stat.media_type, digest, stat.size), reference.repository_only())


def _home(reference: Reference) -> str:
    return reference.repository_only().name
