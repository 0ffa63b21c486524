"""The files that say how registries are talked to: Docker's, podman's and regctl's own, and the programs that keep logins."""
