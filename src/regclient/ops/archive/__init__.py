"""Images as tar files: export, and import of what Docker, skopeo, podman, buildah and regclient wrote."""
