"""``regctl image check-base``: has the base of an image moved on?"""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import PLATFORM
from regclient.kit.flags.table import Command, Flag

CHECK_BASE = Command(
    "check-base",
    "check whether an image is up to date with its base",
    usage="<image_ref>",
    long="""\
Compare an image with its base image as that is now. The base is found by the annotations of the image
(org.opencontainers.image.base.name and .digest), or given with --base. When the digest the base had is known, it is compared;
otherwise the layers are, and then the history in the configs. The exit code is 1 when the base has changed.""",
    example="""\
# by the annotations of the image
regctl image check-base registry.example.org/app:v1

# rebuild when the base has moved on
regctl image check-base --quiet --base alpine:3 registry.example.org/app:v1 || make image""",
    args=(1, 1),
    flags=(
        Flag("base", "string", "The base image (annotations are not looked at)"),
        Flag("digest", "string", "The digest the base had (the annotation of the image wins, unless --base is given)"),
        Flag("no-config", "bool", "Compare layers only, not the history in the config"),
        PLATFORM,
        Flag("quiet", "bool", "Print nothing"),
    ),
    run="regclient.regctl.checkbase:check",
    complete="regclient.cli.complete:references",
)


def check(call: Call) -> None:
    """Compare an image with its base and say which it is."""
    from regclient.cli.failures import Silent
    from regclient.errors import Mismatch
    from regclient.model.digest import Digest
    from regclient.model.reference import Reference
    from regclient.ops.checkbase import BaseQuestion, check_base

    flags = call.flags
    base, digest = flags.text("base"), flags.text("digest")
    question = BaseQuestion(
        base=Reference.parse(base) if base else None,
        digest=Digest.parse(digest) if digest else None,
        platform=call.platform(),
        history=not flags.switch("no-config"),
    )
    try:
        check_base(*call.named(0), call.client.repository, question)
    except Mismatch as error:
        call.log.info("Base image has changed", reason=error)
        _say(call, "base image has changed\n")
        raise Silent from error
    _say(call, "base image matches\n")


def _say(call: Call, text: str) -> None:
    if not call.flags.switch("quiet"):
        call.write(text)
