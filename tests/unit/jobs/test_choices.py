"""The choices of a file that concern the client."""

from __future__ import annotations

from regclient.jobs.choices import CHOICES, ClientChoices
from regclient.jobs.kinds import Place, Reading, Record
from regclient.jobs.yamltext import read_yaml


def test_every_key_reaches_its_field() -> None:
    root = read_yaml("{blobLimit: 5, skipDockerConfig: true, userAgent: me}", "f.yml").root
    found = Record(ClientChoices, CHOICES).read(root, Place(Reading("f.yml")))
    assert found == ClientChoices(blob_limit=5, skip_docker_config=True, user_agent="me")
