"""Settings as templates see them: Go's names, types and zero values."""

from __future__ import annotations

import io

from regclient.goview import functions
from regclient.kit.gotemplate.template import parse
from regclient.regctl.settingsview import config_view, host_view
from regclient.settings.hostjson import read_host
from regclient.settings.regctl import parse_config
from tests.tables import table

TEXT = '{"hosts":{"b":{"tls":"insecure","credExpire":"90s"},"a":{}},"incDockerCred":false,"incDockerCert":true}'


def shown(view: object, template: str) -> str:
    out = io.StringIO()
    parse(template, name="out", functions=functions()).execute(out.write, view, functions=functions())
    return out.getvalue()


@table(
    ("template", "text"),
    [
        ("{{ .Filename }} {{ .Version }} {{ .BlobLimit }}", "c.json 0 0"),
        ("{{ .IncDockerCert }} {{ .IncDockerCred }} {{ .HostDefault }}", "true false <nil>"),
        ("{{ if .IncDockerCred }}set{{ end }}", "set"),
        ('{{ printf "%T %T %T" . .Hosts .IncDockerCred }}', "*main.Config map[string]*config.Host *bool"),
        ("{{ range $name, $host := .Hosts }}{{ $name }}:{{ $host.TLS }} {{ end }}", "a:0 b:2 "),
        ('{{ json (index .Hosts "b") }}', '{"tls":"insecure","credExpire":"1m30s"}\n'),
        (
            "{{ json . }}",
            '{"hosts":{"a":{},"b":{"tls":"insecure","credExpire":"1m30s"}},"incDockerCert":true,"incDockerCred":false}\n',
        ),
        ("{{ json .IncDockerCred }}", "false\n"),
    ],
)
def test_the_file_has_gos_fields(template: str, text: str) -> None:
    assert text == shown(config_view(parse_config(TEXT, "c.json")), template)


@table(
    ("template", "text"),
    [
        ("{{ .Name }} {{ .User }} {{ .Mirrors }} {{ .APIOpts }}", "x ann [m] map[a:<b>]"),
        ("{{ .CredExpire }} {{ json .CredExpire }}", '90000000000 "1m30s"\n'),
        ("{{ .TLS }} {{ json .TLS }}", '3 "disabled"\n'),
        ("{{ .ReqPerSec }} {{ .ReqConcurrent }} {{ .Priority }} {{ .RepoAuth }}", "0 0 4 false"),
        ('{{ printf "%T %T %T" .Priority .BlobMax .CredExpire }}', "uint int64 timejson.Duration"),
        ("{{ .IsZero }}", "false"),
        ("{{ json .APIOpts }}", '{"a":"<b>"}\n'),
    ],
)
def test_an_entry_has_gos_fields(template: str, text: str) -> None:
    entry = {"user": "ann", "mirrors": ["m"], "apiOpts": {"a": "<b>"}, "credExpire": "90s", "tls": "disabled", "priority": 4}

    assert text == shown(host_view(read_host("x", entry, "file")), template)


def test_an_entry_that_says_nothing_is_zero() -> None:
    view = host_view(read_host("x", {"tls": "enabled", "hostname": "x"}, "file"))

    assert "true" == shown(view, "{{ .IsZero }}")
    assert '""\n"0s"\n' == shown(host_view(read_host("x", {}, "file")), "{{ json .TLS }}{{ json .CredExpire }}")
