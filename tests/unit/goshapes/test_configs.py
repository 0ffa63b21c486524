from __future__ import annotations

from regclient.goshapes.configs import image, image_config
from regclient.kit.gotemplate.values import Struct, is_nil, plain
from regclient.model.imageconfig import ContainerConfig, Healthcheck, History, ImageConfig
from regclient.model.platform import Platform

FULL = ImageConfig.build(
    created="2024-01-02T03:04:05.100Z",
    platform=Platform("linux", "amd64"),
    config=ContainerConfig(
        stop_timeout=0, healthcheck=Healthcheck(("CMD",), interval=1_500_000_000), exposed_ports=("80/tcp",)
    ),
    history=[History(created_by="x")],
)
BARE = ImageConfig.build()


def test_pointers_are_nil_when_nothing_is_said() -> None:
    config = image_config(BARE).fields["Config"]
    assert isinstance(config, Struct)

    assert is_nil(image_config(BARE).fields["Created"])
    assert is_nil(config.fields["Healthcheck"])
    assert is_nil(config.fields["StopTimeout"])


def test_a_timeout_of_nothing_is_a_timeout() -> None:
    config = image_config(FULL).fields["Config"]
    assert isinstance(config, Struct)

    assert 0 == config.fields["StopTimeout"]
    assert ["80/tcp"] == list(plain(config.fields["ExposedPorts"]))  # type: ignore[call-overload]  # it is a mapping


def test_the_blob_and_the_image_are_two_views_of_one_config() -> None:
    blob, parsed = image_config(FULL), image(FULL)

    assert FULL is blob.subject
    assert blob.fields["Author"] == parsed.fields["Author"]
    assert "Image" in blob.fields
    assert "Image" not in parsed.fields


def test_both_print_as_the_platform() -> None:
    for found in (image_config(FULL), image(FULL)):
        assert found.text is not None
        assert "linux/amd64" == found.text()
