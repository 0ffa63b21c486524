"""Image configs as Go structs: what ``image inspect`` gives to templates."""

from __future__ import annotations

from collections.abc import Iterable

from regclient.goshapes import parts
from regclient.kit.gotemplate.timeview import duration_value, time_pointer
from regclient.kit.gotemplate.values import Method, Named, Struct, nil_pointer
from regclient.kit.gotime import GoTime
from regclient.model.imageconfig import ContainerConfig, Healthcheck, History, ImageConfig
from regclient.model.timestamp import normal_time

_LAYOUT = "2006-01-02T15:04:05.999999999Z07:00"


def image_config(found: ImageConfig) -> Struct:
    """View a config with its bytes: the fields of the image and the methods of the blob."""
    name = found.platform.__str__
    methods: dict[str, Method] = {
        "Digest": lambda: parts.digest(found.digest),
        "GetConfig": lambda: image(found),
        "GetDescriptor": lambda: parts.descriptor(found.descriptor),
        "Length": lambda: parts.int64(found.descriptor.size),
        "MarshalJSON": lambda: found.raw,
        "MediaType": lambda: found.media_type,
        "RawBody": lambda: found.raw,
        "RawHeaders": lambda: parts.headers(found.headers),
        "Response": lambda: nil_pointer("http.Response"),
        "String": name,
    }
    fields = {**_fields(found), "Image": image(found)}
    return Struct("struct { *blob.BOCIConfig; v1.Image }", fields, methods=methods, text=name, subject=found)


def image(found: ImageConfig) -> Struct:
    """View the parsed config alone; as JSON it is written anew."""
    name = found.platform.__str__
    return Struct("v1.Image", _fields(found), methods={"String": name}, text=name, subject=parts.Text(found.written))


def _fields(found: ImageConfig) -> dict[str, object]:
    runs_on = parts.platform(found.platform)
    return {
        "Created": _time(found.created),
        "Author": found.author,
        **runs_on.fields,
        "Platform": runs_on,
        "Config": _container(found.config),
        "RootFS": _rootfs(found),
        "History": _history(found.history),
    }


def _rootfs(found: ImageConfig) -> Struct:
    diff_ids = Named([parts.digest(text) for text in found.diff_ids], "[]digest.Digest")
    return Struct("v1.RootFS", {"Type": found.rootfs.type, "DiffIDs": diff_ids}, subject=found.rootfs)


def _history(entries: Iterable[History]) -> Named:
    views = [
        Struct(
            "v1.History",
            {
                "Created": _time(entry.created),
                "CreatedBy": entry.created_by,
                "Author": entry.author,
                "Comment": entry.comment,
                "EmptyLayer": entry.empty_layer,
            },
            subject=entry,
        )
        for entry in entries
    ]
    return Named(views or None, "[]v1.History")


def _container(config: ContainerConfig) -> Struct:
    timeout = config.stop_timeout
    fields = {
        "User": config.user,
        "ExposedPorts": _names(config.exposed_ports),
        "Env": parts.texts(config.env),
        "Entrypoint": parts.texts(config.entrypoint),
        "Cmd": parts.texts(config.cmd),
        "Volumes": _names(config.volumes),
        "WorkingDir": config.working_dir,
        "Labels": parts.labels(config.labels),
        "StopSignal": config.stop_signal,
        "StopTimeout": nil_pointer("int") if timeout is None else timeout,
        "ArgsEscaped": config.args_escaped,
        "Healthcheck": _healthcheck(config.healthcheck),
        "OnBuild": parts.texts(config.on_build),
        "Shell": parts.texts(config.shell),
    }
    return Struct("v1.ImageConfig", fields, subject=config)


def _healthcheck(found: Healthcheck | None) -> object:
    if found is None:
        return nil_pointer("v1.HealthConfig")
    fields = {
        "Test": parts.texts(found.test),
        "Interval": duration_value(found.interval),
        "Timeout": duration_value(found.timeout),
        "StartPeriod": duration_value(found.start_period),
        "Retries": found.retries,
    }
    return Struct("v1.HealthConfig", fields, pointer=True, subject=found)


def _names(names: Iterable[str]) -> Named:
    empty: dict[str, object] = {name: Struct("struct {}", {}) for name in names}
    return Named(empty or None, "map[string]struct {}")


def _time(text: str) -> object:
    return time_pointer(GoTime.parse(_LAYOUT, normal_time(text))) if text else nil_pointer("time.Time")
