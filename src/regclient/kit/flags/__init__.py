"""Command lines from tables: pflag's and cobra's grammar, help, completion and reference pages from one description."""
