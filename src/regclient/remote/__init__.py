"""Registries: the home that is reached over HTTP."""
