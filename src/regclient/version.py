"""The version, written down once: asking the installed metadata costs more than most commands."""

__version__ = "0.1.0"
