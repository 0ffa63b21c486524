"""The embedded registry: the distribution API over repositories of any home."""
