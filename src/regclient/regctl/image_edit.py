"""``regctl image mod``: a table of flags, each read as edits; one loop runs them in the order they came in."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import PLATFORMS
from regclient.kit.flags.table import Flag
from regclient.regctl import edit_values as values
from regclient.regctl.edit_values import making

COMPRESSIONS = ("gzip", "none", "zstd")
_ALGORITHMS = ("sha256", "sha384", "sha512")
EDITS = (
    Flag(
        "annotation",
        "stringArray",
        "Set an annotation (name=value, none to delete; [p1,p2]name=value for the images of platforms, [*] for everything)",
        parse=making("SetAnnotation", of=values.annotation),
    ),
    Flag(
        "annotation-base",
        "stringArray",
        "Note the base image (image/name:tag,sha256:digest)",
        parse=making("SetBase", of=values.base),
    ),
    Flag(
        "annotation-promote",
        "bool",
        "Copy annotations that all images share to their index",
        parse=making("PromoteAnnotations", of=values.switch),
    ),
    Flag("author", "string", "Set who made the image (empty to delete)", parse=making("SetAuthor", of=values.text)),
    Flag(
        "buildarg-rm",
        "string",
        "Remove a build argument from the history (name=value)",
        parse=making("RemoveBuildArg", of=values.pair),
    ),
    Flag(
        "buildarg-rm-regex",
        "string",
        "The same, the value is a regular expression",
        parse=making("RemoveBuildArg", of=values.named_pattern),
    ),
    Flag(
        "config-cmd",
        "string",
        "Set the command (JSON list, or text for a shell; empty to delete)",
        parse=making("SetCmd", of=values.words),
    ),
    Flag("config-entrypoint", "string", "Set the entrypoint (as config-cmd)", parse=making("SetEntrypoint", of=values.words)),
    Flag(
        "config-platform",
        "string",
        "Set the platform in the config (of every image: not for an index of several)",
        values=PLATFORMS,
        parse=making("SetPlatform", of=values.platform),
    ),
    Flag(
        "config-time",
        "string",
        "Set the times in the config (time options, see above)",
        parse=making("SetConfigTime", of=values.times),
    ),
    Flag(
        "config-time-max",
        "string",
        "The latest time in the config",
        hidden=True,
        parse=making("SetConfigTime", of=values.latest),
    ),
    Flag(
        "data-max",
        "stringArray",
        "Carry content up to this size in descriptors, and none larger",
        parse=making("InlineContent", of=values.number),
    ),
    Flag(
        "digest-algo",
        "stringArray",
        "Name everything by digests of another algorithm",
        values=_ALGORITHMS,
        parse=making("SetDigestAlgorithm", of=values.text),
    ),
    Flag(
        "env",
        "stringArray",
        "Set a variable (name=value, none to delete; [p1,p2]name=value for platforms)",
        parse=making("SetEnv", of=values.setting),
    ),
    Flag("expose-add", "stringArray", "Add an exposed port", parse=making("AddPort", of=values.text)),
    Flag("expose-rm", "stringArray", "Delete an exposed port", parse=making("RemovePort", of=values.text)),
    Flag(
        "external-urls-rm",
        "bool",
        'Keep external layers here (copy the image with "--include-external" first)',
        parse=making("RemoveExternalUrls", of=values.switch),
    ),
    Flag(
        "file-tar-time",
        "stringArray",
        "Set the times inside a tar that is a file in a layer (filename=path and time options)",
        parse=making("SetTarTime", of=values.tar_times),
    ),
    Flag(
        "file-tar-time-max",
        "stringArray",
        "The latest time inside such a tar (path,time)",
        hidden=True,
        parse=making("SetTarTime", of=values.tar_latest),
    ),
    Flag(
        "label",
        "stringArray",
        "Set a label (name=value, none to delete; [p1,p2]name=value for platforms)",
        parse=making("SetLabel", of=values.setting),
    ),
    Flag(
        "label-to-annotation",
        "bool",
        "Copy the labels of images to their annotations",
        parse=making("LabelsToAnnotations", of=values.switch),
    ),
    Flag(
        "layer-add",
        "string",
        "Add a layer (tar=file or dir=directory, mediaType=type, platform=platform)",
        parse=making("AddLayer", of=values.new_layer),
    ),
    Flag(
        "layer-compress",
        "string",
        "Compress layers in another way",
        values=COMPRESSIONS,
        parse=making("CompressLayers", of=values.text),
    ),
    Flag(
        "layer-rm-created-by",
        "string",
        "Delete layers by their step in the history (regular expression)",
        parse=making("RemoveLayersCreatedBy", of=values.pattern_of),
    ),
    Flag(
        "layer-rm-index",
        "uint",
        "Delete a layer of a single image by its place, from 0",
        parse=making("RemoveLayer", of=values.number),
    ),
    Flag(
        "layer-strip-file",
        "string",
        "Delete a file or directory from all layers",
        parse=making("StripLayerFile", of=values.text),
    ),
    Flag(
        "layer-time", "string", "Set the times of files in layers (time options)", parse=making("SetLayerTime", of=values.times)
    ),
    Flag(
        "layer-time-max",
        "string",
        "The latest time of files in layers",
        hidden=True,
        parse=making("SetLayerTime", of=values.latest),
    ),
    Flag(
        "rebase", "bool", "Move the image to what the base in its annotations is now", parse=making("Rebase", of=values.switch)
    ),
    Flag(
        "rebase-ref",
        "string",
        "Move the image from one base to another (base:old,base:new)",
        parse=making("Rebase", of=values.bases),
    ),
    Flag(
        "reproducible",
        "bool",
        "Remove names of users and groups from layers",
        parse=making("MakeReproducible", of=values.switch),
    ),
    Flag(
        "time",
        "string",
        "Set the times in configs and layers (time options)",
        parse=making("SetConfigTime", "SetLayerTime", of=values.times),
    ),
    Flag(
        "time-max",
        "string",
        "The latest time in configs and layers",
        hidden=True,
        parse=making("SetConfigTime", "SetLayerTime", of=values.latest),
    ),
    Flag("to-docker", "bool", "Convert to the media types of Docker", parse=making("ToDocker", of=values.switch)),
    Flag("to-oci", "bool", "Convert to the media types of OCI", parse=making("ToOCI", of=values.switch)),
    Flag(
        "to-oci-referrers",
        "bool",
        "Convert attestations listed in the index to referrers",
        parse=making("ToOCIReferrers", of=values.switch),
    ),
    Flag(
        "user", "string", "Set the user (empty to delete; [p1,p2]user for platforms)", parse=making("SetUser", of=values.scoped)
    ),
    Flag("volume-add", "stringArray", "Add a volume", parse=making("AddVolume", of=values.text)),
    Flag("volume-rm", "stringArray", "Delete a volume", parse=making("RemoveVolume", of=values.text)),
    Flag(
        "workdir",
        "string",
        "Set the working directory (empty to delete; [p1,p2]path for platforms)",
        parse=making("SetWorkdir", of=values.scoped),
    ),
)
"""The flags that change something; each may come often, and all keep the order they come in."""

FLAGS = (
    *EDITS,
    Flag("create", "string", "Name of the result: a tag beside the image, or a whole reference"),
    Flag("dry-run", "bool", "Say what would change and push nothing"),
    Flag("replace", "bool", "Give the result the name of the image (unless --create does)"),
)


def mod(call: Call) -> None:
    """Edit an image and print what the result is called."""
    edits = [edit for flag, found in call.flags.occurrences if flag in EDITS for edit in values.edits_in(found)]
    editor = call.client.edit(call.reference(0), *edits)
    create, replace = call.flags.text("create"), call.flags.switch("replace")
    if call.flags.switch("dry-run"):
        call.write(f"{editor.plan(create, replace=replace)}\n")
        return
    with call.observer() as observer:
        done = editor.push(create, replace=replace, observer=observer)
    call.write(f"{done.reference.name}\n")
