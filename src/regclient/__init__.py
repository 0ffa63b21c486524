"""An OCI registry client: see ``Client`` for the front door."""
