"""What one would write over our library to see the digests of all tags: ``python heads.py HOST REPOSITORY WIRE``.

Four threads ask, which share what the client allows at once: the three requests of a host that a client has by itself.
"""

import os
import sys
from pathlib import Path

from regclient import TLS, Client, HostSettings, Workers


def main(words: list[str]) -> None:
    """Print every tag with its digest."""
    host, name, wire = words
    plain = HostSettings(host, tls=TLS.DISABLED)
    settings = HostSettings(host, reg_cert=Path(os.environ["SSL_CERT_FILE"]).read_text()) if wire == "tls" else plain
    with Client([settings]) as client, Workers(4) as workers:
        repository = client.repository(f"{host}/{name}")
        tags = repository.tags().tags
        for tag, found in zip(tags, workers.map(repository.resolve, tags), strict=True):
            print(tag, found.digest)


if __name__ == "__main__":
    main(sys.argv[1:])
