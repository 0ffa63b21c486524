"""Settings as Go's templates know them: the file as ``*main.Config``, an entry as ``*config.Host``.

As JSON they are what the settings file holds. Whoever calls takes the secrets out first.
"""

from __future__ import annotations

import json

from regclient.goshapes import parts
from regclient.hosts import TLS, HostSettings, is_unchanged
from regclient.kit.gotemplate.values import Named, Struct, nil_pointer
from regclient.settings.hostjson import NANOSECONDS, write_host
from regclient.settings.regctl import RegctlConfig, document_of


def config_view(config: RegctlConfig) -> Struct:
    """View the settings file."""
    default = config.host_default
    fields = {
        "Filename": config.filename,
        "Version": config.version,
        "Hosts": Named({name: host_view(host) for name, host in sorted(config.hosts.items())}, "map[string]*config.Host"),
        "HostDefault": host_view(default) if default else nil_pointer("config.Host"),
        "BlobLimit": parts.int64(config.blob_limit),
        "IncDockerCert": _optional(config.inc_docker_cert),
        "IncDockerCred": _optional(config.inc_docker_cred),
    }
    return Struct("main.Config", fields, pointer=True, subject=_document(document_of(config)))


def host_view(host: HostSettings) -> Struct:
    """View one entry."""
    word = host.tls.name.lower() if host.tls is not TLS.UNSET else ""
    lasts = round(host.cred_expire * NANOSECONDS)
    written = write_host(host)
    fields = {
        "Name": host.name,
        "TLS": Named(host.tls.value, "config.TLSConf", subject=_document(word)),
        "RegCert": host.reg_cert,
        "ClientCert": host.client_cert,
        "ClientKey": host.client_key.reveal(),
        "Hostname": host.hostname,
        "User": host.user,
        "Pass": host.password.reveal(),
        "Token": host.token.reveal(),
        "CredHelper": host.cred_helper,
        "CredExpire": Named(lasts, "timejson.Duration", subject=_document(written.get("credExpire", "0s"))),
        "CredHost": host.cred_host,
        "PathPrefix": host.path_prefix,
        "Mirrors": parts.texts(host.mirrors),
        "Priority": Named(host.priority, "uint"),
        "RepoAuth": host.repo_auth,
        "API": host.api,
        "APIOpts": parts.labels(host.api_opts),
        "BlobChunk": parts.int64(host.blob_chunk),
        "BlobMax": parts.int64(host.blob_max),
        "ReqPerSec": host.req_per_sec,
        "ReqConcurrent": parts.int64(host.req_concurrent),
        "Scheme": host.scheme,
        "Proxy": host.proxy,
    }
    methods = {"IsZero": lambda: is_unchanged(host)}
    return Struct("config.Host", fields, methods=methods, pointer=True, subject=_document(written))


def _optional(value: bool | None) -> Struct | Named:  # noqa: FBT001 - the value is what is shown
    """View a pointer to a bool: unlike the bool it is true whenever it is set, as in Go."""
    if value is None:
        return nil_pointer("bool")
    word = str(value).lower()
    return Struct("bool", {}, pointer=True, text=lambda: word, subject=_document(value))


def _document(value: object) -> parts.Text:
    return parts.Text(lambda: json.dumps(value, ensure_ascii=False))
