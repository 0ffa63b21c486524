"""Images in a directory: the OCI image layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md)."""
