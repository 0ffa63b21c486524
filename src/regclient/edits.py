"""What can be changed in an image: the values that ``Client.edit`` takes. All of them are stable names."""

from regclient.ops.edit.config_edits import (
    AddPort,
    AddVolume,
    RemoveBuildArg,
    RemovePort,
    RemoveVolume,
    SetAuthor,
    SetCmd,
    SetEntrypoint,
    SetEnv,
    SetLabel,
    SetPlatform,
    SetUser,
    SetWorkdir,
)
from regclient.ops.edit.conversions import ToDocker, ToOCI, ToOCIReferrers
from regclient.ops.edit.edit import Edit
from regclient.ops.edit.layer_steps import (
    AddLayer,
    CompressLayers,
    MakeReproducible,
    RemoveLayer,
    RemoveLayersCreatedBy,
    StripLayerFile,
)
from regclient.ops.edit.manifest_edits import (
    InlineContent,
    LabelsToAnnotations,
    PromoteAnnotations,
    RemoveExternalUrls,
    SetAnnotation,
    SetBase,
    SetDigestAlgorithm,
)
from regclient.ops.edit.rebase import Rebase
from regclient.ops.edit.time_edits import SetConfigTime, SetLayerTime, SetTarTime, TimeOptions

__all__ = [
    "AddLayer",
    "AddPort",
    "AddVolume",
    "CompressLayers",
    "Edit",
    "InlineContent",
    "LabelsToAnnotations",
    "MakeReproducible",
    "PromoteAnnotations",
    "Rebase",
    "RemoveBuildArg",
    "RemoveExternalUrls",
    "RemoveLayer",
    "RemoveLayersCreatedBy",
    "RemovePort",
    "RemoveVolume",
    "SetAnnotation",
    "SetAuthor",
    "SetBase",
    "SetCmd",
    "SetConfigTime",
    "SetDigestAlgorithm",
    "SetEntrypoint",
    "SetEnv",
    "SetLabel",
    "SetLayerTime",
    "SetPlatform",
    "SetTarTime",
    "SetUser",
    "SetWorkdir",
    "StripLayerFile",
    "TimeOptions",
    "ToDocker",
    "ToOCI",
    "ToOCIReferrers",
]
