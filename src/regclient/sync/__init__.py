"""Mirrors that stay in step: the engine behind regsync, for programs of your own too."""
