"""A step under Go's field names: what ``.Sync`` and ``.Step`` are in the templates of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from regclient.goview import view
from regclient.kit.gotemplate.template import parse
from regclient.kit.gotemplate.timeview import duration_value
from regclient.kit.gotemplate.values import Named, Struct, nil_pointer, strings
from regclient.model.reference import Reference
from regclient.sync.config import Hook, Hooks, ReferrerFilter, RepositoryFilter, SyncRateLimit, SyncStep, TagFilter

_DATA = "struct { Ref ref.Ref; Step main.ConfigSync; Sync main.ConfigSync }"
_FILE_DATA = "struct { Sync main.ConfigSync }"
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
        "TagSets": Named([_tags(wanted) for wanted in step.tag_sets], "[]main.TagAllowDeny"),
        "Repos": _repositories(step.repos),
        "DigestTags": step.digest_tags,
        "Referrers": step.referrers,
        "ReferrerFilters": Named([_referrers(wanted) for wanted in step.referrer_filters or ()], "[]main.ConfigReferrerFilter"),
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
    return Struct("main.ConfigSync", fields, subject=step)


def _tags(wanted: TagFilter) -> Struct:
    fields = {"Allow": _texts(wanted.allow), "Deny": _texts(wanted.deny), "SemverRange": _texts(wanted.semver_range)}
    return Struct("main.TagAllowDeny", fields)


def _repositories(wanted: RepositoryFilter) -> Struct:
    return Struct("main.RepoAllowDeny", {"Allow": _texts(wanted.allow), "Deny": _texts(wanted.deny)})


def _referrers(wanted: ReferrerFilter) -> Struct:
    fields = {"ArtifactType": wanted.artifact_type, "Annotations": strings(wanted.annotations)}
    return Struct("main.ConfigReferrerFilter", fields)


def _rate_limit(limit: SyncRateLimit) -> Struct:
    return Struct("main.ConfigRateLimit", {"Min": limit.min, "Retry": _duration(limit.retry)})


def _hooks(hooks: Hooks) -> Struct:
    found = {"Pre": hooks.pre, "Post": hooks.post, "Unchanged": hooks.unchanged}
    return Struct("main.ConfigHooks", {name: _hook(hook) for name, hook in found.items()})


def _hook(hook: Hook | None) -> object:
    if hook is None:
        return nil_pointer("main.ConfigHook")
    return Struct("main.ConfigHook", {"Type": hook.type, "Params": _texts(hook.params)}, pointer=True)


def _texts(items: tuple[str, ...]) -> Named:
    return Named(list(items), "[]string")


def _duration(seconds: float) -> object:
    return duration_value(round(seconds * _NANOSECONDS))
