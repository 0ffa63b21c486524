"""General tools that know nothing of registries; each could be lifted into another project."""
