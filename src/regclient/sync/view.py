"""A step under Go's field names: what ``.Sync`` and ``.Step`` are in the templates of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from regclient.goview import view
from regclient.kit.gotemplate.jsontext import encode, quoted
from regclient.kit.gotemplate.template import parse
from regclient.kit.gotemplate.timeview import duration_value
from regclient.kit.gotemplate.values import Named, Struct, nil_pointer
from regclient.model.reference import Reference
from regclient.sync.config import Hook, Hooks, ReferrerFilter, RepositoryFilter, SyncRateLimit, SyncStep, TagFilter

_DATA = "struct { Ref ref.Ref; Step main.ConfigSync; Sync main.ConfigSync }"
_FILE_DATA = "struct { Sync main.ConfigSync }"
_JSON_NAMES = {"ReferrerSrc": "referrerSource", "ReferrerTgt": "referrerTarget", "RateLimit": "ratelimit"}
"""What JSON calls the fields that it does not only write with a small letter."""
_NANOSECONDS = 1_000_000_000


def rendered_backup(step: SyncStep, target: Reference, functions: Mapping[str, Callable[..., object]]) -> str:
    """Return what the backup template of a step says for a target.

    Raises:
        InvalidTemplate, TemplateFailed: it is no template, or fails.
    """
    shown = step_view(step)
    data = Struct(_DATA, {"Ref": view(target), "Step": shown, "Sync": shown})
    return parse(step.backup, functions=functions).render(data, functions=functions).strip()


def file_view(step: SyncStep) -> Struct:
    """Return what the templates of a file see when it is read; a name that is not there is an error, as in Go."""
    return Struct(_FILE_DATA, {"Sync": step_view(step)})


def step_view(step: SyncStep) -> Struct:
    """Return a step the way templates see it."""
    fields: dict[str, object] = {
        "Source": step.source,
        "Target": step.target,
        "Type": step.type,
        "Tags": _tags(step.tags),
        "TagSets": _list([_tags(wanted) for wanted in step.tag_sets], "main.TagAllowDeny"),
        "Repos": _repositories(step.repos),
        "DigestTags": step.digest_tags,
        "Referrers": step.referrers,
        "ReferrerFilters": _list(list(map(_referrers, step.referrer_filters or ())), "main.ConfigReferrerFilter"),
        "ReferrerSrc": step.referrer_source,
        "ReferrerTgt": step.referrer_target,
        "ReferrerSlow": step.referrer_slow,
        "Platform": step.platform,
        "Platforms": _texts(step.platforms),
        "FastCheck": step.fast_check,
        "ForceRecursive": step.force_recursive,
        "IncludeExternal": step.include_external,
        "Backup": step.backup,
        "Interval": _duration(step.interval),
        "Schedule": step.schedule,
        "RateLimit": _rate_limit(step.rate_limit),
        "MediaTypes": _texts(step.media_types),
        "Hooks": _hooks(step.hooks),
    }
    return _struct("main.ConfigSync", fields)


def _tags(wanted: TagFilter) -> Struct:
    fields = {"Allow": _texts(wanted.allow), "Deny": _texts(wanted.deny), "SemverRange": _texts(wanted.semver_range)}
    return _struct("main.TagAllowDeny", fields, left_out="" if wanted.semver_range else "SemverRange")


def _repositories(wanted: RepositoryFilter) -> Struct:
    return _struct("main.RepoAllowDeny", {"Allow": _texts(wanted.allow), "Deny": _texts(wanted.deny)})


def _referrers(wanted: ReferrerFilter) -> Struct:
    annotations = Named(wanted.annotations or None, "map[string]string")
    fields = {"ArtifactType": wanted.artifact_type, "Annotations": annotations}
    return _struct("main.ConfigReferrerFilter", fields)


def _rate_limit(limit: SyncRateLimit) -> Struct:
    return _struct("main.ConfigRateLimit", {"Min": limit.min, "Retry": _duration(limit.retry)})


def _hooks(hooks: Hooks) -> Struct:
    found = {"Pre": hooks.pre, "Post": hooks.post, "Unchanged": hooks.unchanged}
    return _struct("main.ConfigHooks", {name: _hook(hook) for name, hook in found.items()})


def _hook(hook: Hook | None) -> object:
    if hook is None:
        return nil_pointer("main.ConfigHook")
    return _struct("main.ConfigHook", {"Type": hook.type, "Params": _texts(hook.params)}, pointer=True)


def _struct(type_name: str, fields: Mapping[str, object], *, left_out: str = "", pointer: bool = False) -> Struct:
    """Return a struct whose members have other names in JSON; one that is empty may be left out there."""

    def document() -> str:
        shown = {_JSON_NAMES.get(name, name[0].lower() + name[1:]): fields[name] for name in fields if name != left_out}
        return "{" + ",".join(f"{quoted(name)}:{encode(value)}" for name, value in shown.items()) + "}"

    return Struct(type_name, fields, document=document, pointer=pointer)


def _texts(items: tuple[str, ...]) -> Named:
    return _list(list(items), "string")


def _list(items: list[str] | list[Struct], type_name: str) -> Named:
    """Return a slice; what a file does not name is nil."""
    return Named(items or None, f"[]{type_name}")


def _duration(seconds: float) -> object:
    return duration_value(round(seconds * _NANOSECONDS))
