"""``regsync config``: the configuration as it will run, as YAML in the Go program's order and layout. Logins are in clear."""

from __future__ import annotations

from collections.abc import Mapping

from regclient.hosts import HostSettings
from regclient.kit.duration import SECOND, format_duration
from regclient.kit.goyaml import encode
from regclient.kit.secret import Secret
from regclient.regsync.form import Defaults
from regclient.regsync.load import Loaded
from regclient.settings.hostjson import MEMBERS
from regclient.sync.config import (
    Hook,
    Hooks,
    ReferrerFilter,
    RepositoryFilter,
    SyncDefaults,
    SyncRateLimit,
    SyncStep,
    TagFilter,
)

Document = dict[str, object]
_OURS = frozenset({"proxy"})
"""Members the Go program does not have: shown only where they are set."""


def dump(loaded: Loaded) -> str:
    """Return the text of a configuration."""
    return encode(
        {
            "version": loaded.version,
            "creds": [_host(host) for host in loaded.creds],
            "defaults": _defaults(loaded.defaults),
            "sync": [_step(step) for step in loaded.config.steps],
        }
    )


def _host(host: HostSettings) -> Document:
    members = {member.name: _member(getattr(host, member.field), member.write) for member in MEMBERS}
    shown = {name: value for name, value in members.items() if name not in _OURS or value}
    shown["credExpire"] = round(host.cred_expire * SECOND)
    return {**({"registry": host.name} if host.name else {}), **shown}


def _member(value: object, write: object) -> object:
    """Return a setting, also when it is not set; the words for ``tls`` are those of the file."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return dict(sorted(value.items()))
    if isinstance(value, str | bool | int | float | tuple):
        return value
    assert callable(write)
    return write(value) or ""


def _defaults(defaults: Defaults) -> Document:
    sync = defaults.sync
    return {
        "backup": sync.backup,
        "interval": _duration(sync.interval),
        "schedule": sync.schedule,
        "ratelimit": _rate_limit(sync.rate_limit),
        "parallel": sync.parallel,
        **_referrers(sync),
        **_ways(sync),
        "mediaTypes": sync.media_types,
        "hooks": _hooks(sync.hooks),
        "blobLimit": defaults.client.blob_limit,
        "cacheCount": defaults.cache_count,
        "cacheTime": _duration(defaults.cache_time),
        "skipDockerConfig": defaults.client.skip_docker_config,
        "userAgent": defaults.client.user_agent,
    }


def _step(step: SyncStep) -> Document:
    return {
        "source": step.source,
        "target": step.target,
        "type": step.type,
        "tags": _tags(step.tags),
        "tagSets": [_tags(wanted) for wanted in step.tag_sets],
        "repos": _repositories(step.repos),
        **_referrers(step),
        "platform": step.platform,
        "platforms": step.platforms,
        **_ways(step),
        "backup": step.backup,
        "interval": _duration(step.interval),
        "schedule": step.schedule,
        "ratelimit": _rate_limit(step.rate_limit),
        "mediaTypes": step.media_types,
        "hooks": _hooks(step.hooks),
    }


def _referrers(one: SyncDefaults | SyncStep) -> Document:
    return {
        "digestTags": one.digest_tags,
        "referrers": one.referrers,
        "referrerFilters": [_referrer(wanted) for wanted in one.referrer_filters or ()],
        "referrerSource": one.referrer_source,
        "referrerTarget": one.referrer_target,
        "referrerSlow": one.referrer_slow,
    }


def _ways(one: SyncDefaults | SyncStep) -> Document:
    return {"fastCheck": one.fast_check, "forceRecursive": one.force_recursive, "includeExternal": one.include_external}


def _tags(wanted: TagFilter) -> Document:
    ranges: Document = {"semverRange": wanted.semver_range} if wanted.semver_range else {}
    return {"allow": wanted.allow, "deny": wanted.deny, **ranges}


def _repositories(wanted: RepositoryFilter) -> Document:
    return {"allow": wanted.allow, "deny": wanted.deny}


def _referrer(wanted: ReferrerFilter) -> Document:
    return {"artifactType": wanted.artifact_type, "annotations": dict(sorted(wanted.annotations.items()))}


def _rate_limit(limit: SyncRateLimit) -> Document:
    return {"min": limit.min, "retry": _duration(limit.retry)}


def _hooks(hooks: Hooks) -> Document:
    return {"pre": _hook(hooks.pre), "post": _hook(hooks.post), "unchanged": _hook(hooks.unchanged)}


def _hook(hook: Hook | None) -> Document | None:
    return None if hook is None else {"type": hook.type, "params": hook.params}


def _duration(seconds: float) -> str:
    return format_duration(round(seconds * SECOND))
