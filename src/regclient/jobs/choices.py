"""The choices under ``defaults:`` that concern the client and not the work: the same keys in every program's file."""

from __future__ import annotations

from dataclasses import dataclass

from regclient.jobs.kinds import SWITCH, TEXT, WHOLE, Key


@dataclass(frozen=True, slots=True)
class ClientChoices:
    """How the client of a run is made; sizes in bytes, 0 or empty where the file does not say."""

    blob_limit: int = 0
    skip_docker_config: bool = False
    user_agent: str = ""


CHOICES = (
    Key("blobLimit", "blob_limit", WHOLE, "largest part of a chunked upload a registry may ask for, in bytes"),
    Key("skipDockerConfig", "skip_docker_config", SWITCH, "do not read Docker's logins and certificates"),
    Key("userAgent", "user_agent", TEXT, "user agent sent to registries"),
)
"""The keys, for the table of a program's defaults."""
