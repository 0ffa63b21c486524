from __future__ import annotations

from tests.claims import claims
from tests.fakes.console import Console


@claims("regctl ref --format")
def test_a_reference_is_taken_apart(regctl: Console) -> None:
    parts = "{{ .Registry }} {{ .Repository }} {{ .Tag }}|{{ .Digest }}"

    assert (0, "docker.io/library/nginx:latest", "") == regctl("ref", "nginx")
    assert "ghcr.io regclient/regctl v0.3|" == regctl("ref", "ghcr.io/regclient/regctl:v0.3", "--format", parts).out
    assert "regclient/regctl" == regctl("ref", "ocidir://regclient/regctl:v0.3", "--format", "{{ .Path }}").out


def test_what_is_no_reference_is_refused(regctl: Console) -> None:
    ended = regctl("ref", "invalid*ref")

    assert (1, "") == (ended.code, ended.out)
    assert ended.err.startswith("invalid reference 'invalid*ref'")
