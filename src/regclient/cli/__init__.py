"""What the programs share: entry and exit, shared flags, output, progress, log lines, and words for failures."""
