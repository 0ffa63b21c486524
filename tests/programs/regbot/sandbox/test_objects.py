"""Objects on their way to a script and back: nothing of them is lost, and nothing made up is believed."""

from __future__ import annotations

import pytest

from regclient.errors import RegistryClientError
from regclient.goshapes.located import Located
from regclient.memory import MemoryRepository
from regclient.model.descriptor import Descriptor
from regclient.model.imageconfig import ImageConfig
from regclient.model.reference import Reference
from regclient.regbot.sandbox import objects
from regclient.regbot.sandbox.objects import HeldBlob, HeldConfig
from regclient.regbot.sandbox.wire import Object, Value
from regclient.repository import ManifestHead
from tests.fakes import images
from tests.fakes.bot import handed_back
from tests.tables import table

REFERENCE = Reference.parse("registry.example/app:v1")
HEADERS = {"Ratelimit-Limit": ("100;w=60",), "Ratelimit-Remaining": ("7",), "Server": ("x",)}


def back(made: Value) -> Object:
    found = handed_back(made)
    assert isinstance(found, Object)
    return found


def test_manifests_come_back_whole_with_their_rate_limit() -> None:
    repository = MemoryRepository(REFERENCE.repository_only())
    for image in (images.image(repository, "v1"), images.index(repository), images.schema1(repository, signed=True)):
        found = objects.manifest_of(back(objects.manifest_made(Located(image, REFERENCE))))

        assert (image, image.raw, REFERENCE) == (found.manifest, found.raw, found.reference)


def test_heads_come_back_as_heads() -> None:
    digest = Descriptor.of(b"x").digest
    for head in (ManifestHead("a/b", digest, 5, HEADERS), ManifestHead("a/b", None, 0)):
        found = objects.manifest_of(back(objects.manifest_made(Located(head, REFERENCE)))).manifest

        assert isinstance(found, ManifestHead)
        assert (head.media_type, head.digest, head.size) == (found.media_type, found.digest, found.size)
        assert {name: value for name, value in head.headers.items() if name != "Server"} == found.headers


def test_configs_and_blobs_come_back_with_where_they_are_from() -> None:
    image = Located(images.image(MemoryRepository(REFERENCE.repository_only()), "v1"), REFERENCE)
    config = ImageConfig.parse(b'{"architecture":"amd64","os":"linux","x":1}')
    made = back(objects.config_made(HeldConfig(config, image)))
    blob = back(objects.blob_made(HeldBlob(config.descriptor, REFERENCE)))

    assert HeldConfig(config, image) == objects.config_of(made)
    assert config.raw == objects.config_of(made).config.raw
    assert image == objects.manifest_of(made)
    assert HeldBlob(config.descriptor, REFERENCE) == objects.blob_of(blob)
    assert [REFERENCE, REFERENCE.with_digest(config.digest)] == [objects.reference_of(found) for found in (made, blob)]


@table(
    "state",
    [
        {},
        {"scheme": "reg"},
        {"reference": {}},
        {"reference": "x", "headers": {}},
        {"image": {}},
        {"descriptor": "no"},
        {"descriptor": "{}"},
        {"media_type": "a", "raw": "", "headers": {}, "reference": {}},
    ],
)
@table("kind", [objects.REFERENCE, objects.MANIFEST, objects.CONFIG, objects.BLOB])
def test_a_state_that_was_made_up_is_refused(kind: str, state: dict[Value, Value]) -> None:
    with pytest.raises(RegistryClientError):
        objects.reference_of(Object(kind, state))
    with pytest.raises(RegistryClientError):
        objects.config_of(Object(kind, state))
