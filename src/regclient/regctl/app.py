"""The program's entry and its first level of commands; each group's table is loaded when a line enters it."""

from __future__ import annotations

from regclient.cli.app import entry
from regclient.cli.options import CLI_DOC, EVERYWHERE, HELP, format_flag
from regclient.cli.version import version_command
from regclient.kit.flags.table import Command, Flag

REF = Command(
    "ref",
    "Take a reference apart",
    usage="<reference>",
    long="Read a reference and print its full name, or the parts a template asks for.",
    example="# the registry of a short name (docker.io)\nregctl ref nginx --format '{{ .Registry }}'",
    args=(1, 1),
    flags=(format_flag(default="{{.CommonName}}"),),
    hidden=True,
    run="regclient.regctl.ref:show",
)
DIGEST = Command(
    "digest",
    "Compute the digest of standard input",
    example="echo hello | regctl digest",
    flags=(
        Flag("algorithm", "string", "Digest algorithm", default="sha256", values=("sha256", "sha512")),
        format_flag(default="{{.String}}"),
    ),
    hidden=True,
    run="regclient.regctl.digest:show",
)
GROUPS = (
    Command("artifact", "work with artifacts and referrers", children="regclient.regctl.artifact:COMMANDS"),
    Command("blob", "work with blobs, such as layers", aliases=("layer",), children="regclient.regctl.blob:COMMANDS"),
    Command("completion", "print a completion script for a shell", children="regclient.cli.builtin:REGCTL_COMPLETION"),
    Command("config", "work with the settings file", children="regclient.regctl.config:COMMANDS"),
    Command("image", "work with images", children="regclient.regctl.image:COMMANDS"),
    Command("index", "make and change indexes", children="regclient.regctl.index:COMMANDS"),
    Command("manifest", "work with manifests and indexes", children="regclient.regctl.manifest:COMMANDS"),
    Command("registry", "work with whole registries", children="regclient.regctl.registry:COMMANDS"),
    Command("repo", "work with repositories", children="regclient.regctl.repo:COMMANDS"),
    Command("tag", "work with tags", children="regclient.regctl.tag:COMMANDS"),
)
ROOT = Command(
    "regctl",
    "talk to OCI registries and layouts",
    long="""\
Talk to OCI registries and layouts: look at images, copy them, and change what is stored.

An image is named as Docker names it (alpine, ghcr.io/org/app:v1, host:5000/app@sha256:...), or as an OCI layout on disk
(ocidir://path:tag).""",
    example="""\
# list tags
regctl tag ls ghcr.io/regclient/regctl

# copy an image between registries
regctl image copy ghcr.io/regclient/regctl:latest registry.example.org/regctl:latest

# talk to a local registry without TLS, this once
regctl image digest --host reg=localhost:5000,tls=disabled localhost:5000/repo:v1""",
    persistent=EVERYWHERE,
    children=(*GROUPS, CLI_DOC, DIGEST, HELP, REF, version_command("regctl")),
)


def main() -> None:
    """Run regctl with the words of this process; never returns."""
    entry(ROOT)
