"""The program ``regbot``: runs scripts over registries."""
