"""Logins on the wire: challenges, schemes, tokens."""
