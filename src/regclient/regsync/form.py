"""The configuration file of regsync: one row for each key, read into the values of :mod:`regclient.sync`.

The rows are also what the JSON Schema and the page of the reference are made from.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from regclient.jobs.choices import CHOICES, ClientChoices
from regclient.jobs.configfile import Form
from regclient.jobs.creds import REGISTRY, TEMPLATED
from regclient.jobs.kinds import SECONDS, SWITCH, TEXT, TEXT_MAP, TEXTS, WHOLE, Key, ListOf, Record, Word
from regclient.jobs.yamltext import Scalar
from regclient.sync.config import (
    IMAGE,
    REPOSITORY,
    Hook,
    Hooks,
    ReferrerFilter,
    RepositoryFilter,
    SyncDefaults,
    SyncRateLimit,
    SyncStep,
    TagFilter,
)
from regclient.sync.config import (
    REGISTRY as WHOLE_REGISTRY,
)


@dataclass(frozen=True, slots=True)
class Defaults:
    """Everything under ``defaults:``: what steps take over, and what concerns the client."""

    sync: SyncDefaults = field(default_factory=SyncDefaults)
    client: ClientChoices = field(default_factory=ClientChoices)
    cache_count: int = 0
    cache_time: float = 0.0


def _text(node: Scalar) -> str:
    return node.text


_TYPE = Word(_text, {"enum": [IMAGE, REPOSITORY, WHOLE_REGISTRY]})
_TAGS = Record(
    TagFilter,
    (
        Key("allow", "allow", TEXTS, "patterns for whole tags; empty allows all"),
        Key("deny", "deny", TEXTS, "patterns for whole tags that are left out"),
        Key("semverRange", "semver_range", TEXTS, "ranges of versions, one of which a tag has to be in"),
    ),
)
_REPOSITORIES = Record(
    RepositoryFilter,
    (
        Key("allow", "allow", TEXTS, "patterns for whole names of repositories; empty allows all"),
        Key("deny", "deny", TEXTS, "patterns for names that are left out"),
    ),
)
_REFERRERS = Record(
    ReferrerFilter,
    (
        Key("artifactType", "artifact_type", TEXT, "type the referrer has to have"),
        Key("annotations", "annotations", TEXT_MAP, "annotations it has to have; an empty value asks only that it is there"),
    ),
)
_RATE_LIMIT = Record(
    SyncRateLimit,
    (
        Key("min", "min", WHOLE, "pulls that have to be left at the source; negative switches an inherited limit off"),
        Key("retry", "retry", SECONDS, "how long to wait before asking again; five minutes at least"),
    ),
)
_HOOK = Record(Hook, (Key("type", "type", TEXT), Key("params", "params", TEXTS)))
_HOOKS = Record(Hooks, tuple(Key(name, name, _HOOK, "read and shown, and never run") for name in ("pre", "post", "unchanged")))

_EITHER = {
    "backup": Key("backup", "backup", TEXT, "tag or reference that keeps what a copy overwrites (template)"),
    "interval": Key("interval", "interval", SECONDS, "time between two runs of server"),
    "schedule": Key("schedule", "schedule", TEXT, "cron schedule of server"),
    "ratelimit": Key("ratelimit", "rate_limit", _RATE_LIMIT, "when to hold back"),
    "digestTags": Key("digestTags", "digest_tags", SWITCH, "copy tags made of digests, such as cosign's"),
    "referrers": Key("referrers", "referrers", SWITCH, "copy what refers to an image"),
    "referrerFilters": Key("referrerFilters", "referrer_filters", ListOf(_REFERRERS), "which referrers to copy"),
    "referrerSource": Key("referrerSource", "referrer_source", TEXT, "where referrers are, when not at the source (template)"),
    "referrerTarget": Key("referrerTarget", "referrer_target", TEXT, "where referrers go, when not to the target (template)"),
    "referrerSlow": Key("referrerSlow", "referrer_slow", SWITCH, "known, and without effect"),
    "fastCheck": Key("fastCheck", "fast_check", SWITCH, "be content when digests match, without looking at referrers"),
    "forceRecursive": Key(
        "forceRecursive", "force_recursive", SWITCH, "check every manifest and blob, and push manifests again"
    ),
    "includeExternal": Key("includeExternal", "include_external", SWITCH, "copy layers that are kept elsewhere"),
    "mediaTypes": Key("mediaTypes", "media_types", TEXTS, "media types of manifests to copy"),
    "hooks": Key("hooks", "hooks", _HOOKS, "read and shown, and never run"),
}
_STEP = (
    Key("source", "source", TEXT, "where to copy from (template)"),
    Key("target", "target", TEXT, "where to copy to (template)"),
    Key("type", "type", _TYPE, "image: one reference; repository: tags of one; registry: all repositories of one"),
    Key("tags", "tags", _TAGS, "which tags of a repository"),
    Key("tagSets", "tag_sets", ListOf(_TAGS), "several sets of tags, all of which are copied"),
    Key("repos", "repos", _REPOSITORIES, "which repositories of a registry"),
    *(
        _EITHER[name]
        for name in ("digestTags", "referrers", "referrerFilters", "referrerSource", "referrerTarget", "referrerSlow")
    ),
    Key("platform", "platform", TEXT, "copy only the image for this platform, without its index"),
    Key("platforms", "platforms", TEXTS, "copy an index with only the images for these platforms"),
    *(_EITHER[name] for name in ("fastCheck", "forceRecursive", "includeExternal", "backup", "interval", "schedule")),
    *(_EITHER[name] for name in ("ratelimit", "mediaTypes", "hooks")),
)
_DEFAULTS = (
    *(_EITHER[name] for name in ("backup", "interval", "schedule", "ratelimit")),
    Key("parallel", "parallel", WHOLE, "images copied at once; when it is not set, steps run one after another"),
    *(
        _EITHER[name]
        for name in ("digestTags", "referrers", "referrerFilters", "referrerSource", "referrerTarget", "referrerSlow")
    ),
    *(_EITHER[name] for name in ("fastCheck", "forceRecursive", "includeExternal", "mediaTypes", "hooks")),
    CHOICES[0],
    Key("cacheCount", "cache_count", WHOLE, "manifests and lists of referrers to remember"),
    Key("cacheTime", "cache_time", SECONDS, "how long to remember them"),
    *CHOICES[1:],
)


def _step(source: str = "", target: str = "", type: str = "", **given: object) -> SyncStep:  # noqa: A002 - the key's name
    return SyncStep(source, target, type, **given)  # type: ignore[arg-type] # each kind reads what its field holds


def _defaults(cache_count: int = 0, cache_time: float = 0.0, **given: object) -> Defaults:
    names = {item.name for item in fields(ClientChoices)}
    client = ClientChoices(**{name: value for name, value in given.items() if name in names})  # type: ignore[arg-type]
    sync = SyncDefaults(**{name: value for name, value in given.items() if name not in names})  # type: ignore[arg-type]
    return Defaults(sync, client, cache_count, cache_time)


FORM = Form(Record(_defaults, _DEFAULTS), "sync", Record(_step, _STEP), templated=(REGISTRY.name, *TEMPLATED))
"""What regsync's file looks like."""

TITLE = "regsync configuration"
