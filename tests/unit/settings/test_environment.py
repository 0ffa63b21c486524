"""What a machine says about registries is gathered in the order that decides who wins."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from regclient.hosts import TLS
from regclient.settings.environment import Gathered, Surroundings, gather


def write(path: Path, document: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    return path


def login(user: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:secret".encode()).decode()}


def gathered(home: Path, **environment: str) -> Gathered:
    return gather(Surroundings(environment, home, home / "certs.d", lambda program: {"store.example": "stored"}))


def user_of(found: Gathered, name: str) -> str:
    return found.book.resolve(name).user


def test_an_empty_machine_knows_docker_hub_alone(tmp_path: Path) -> None:
    found = gathered(tmp_path)

    assert ["docker.io"] == [host.name for host in found.book]
    assert [] == found.warnings


def test_regctls_file_wins_over_dockers_and_says_so(tmp_path: Path) -> None:
    write(tmp_path / ".docker/config.json", {"auths": {"a.example": login("docker")}})
    write(tmp_path / ".regctl/config.json", {"hosts": {"a.example": {"user": "regctl", "tls": "disabled"}}})
    found = gathered(tmp_path)

    assert "regctl" == user_of(found, "a.example")
    assert TLS.DISABLED is found.book.resolve("a.example").tls
    assert any("login user" in warning for warning in found.warnings)
    assert not any("secret" in warning for warning in found.warnings)


def test_an_entry_under_an_address_counts_below_one_under_the_name_of_its_host(tmp_path: Path) -> None:
    hosts = {"a.example": {"user": "name"}, "http://a.example": {"user": "address"}, "http://b.example": {"user": "alone"}}
    write(tmp_path / ".regctl/config.json", {"hosts": hosts})
    found = gathered(tmp_path)

    assert ("name", "alone") == (user_of(found, "a.example"), user_of(found, "b.example"))
    assert {TLS.DISABLED} == {found.book.resolve(name).tls for name in ("a.example", "b.example")}


def test_docker_config_names_the_folder_and_the_inline_text_wins(tmp_path: Path) -> None:
    write(tmp_path / "d/config.json", {"auths": {"a.example": login("file"), "b.example": login("file")}})
    found = gathered(
        tmp_path, DOCKER_CONFIG=str(tmp_path / "d"), DOCKER_AUTH_CONFIG=json.dumps({"auths": {"a.example": login("text")}})
    )

    assert ("text", "file") == (user_of(found, "a.example"), user_of(found, "b.example"))


def test_podman_fills_gaps_and_never_overrides(tmp_path: Path) -> None:
    write(tmp_path / ".docker/config.json", {"auths": {"a.example": login("docker")}})
    write(tmp_path / ".config/containers/auth.json", {"auths": {"a.example": login("podman"), "b.example": login("podman")}})
    found = gathered(tmp_path)

    assert ("docker", "podman") == (user_of(found, "a.example"), user_of(found, "b.example"))


def test_a_credential_store_is_asked_through_its_helper(tmp_path: Path) -> None:
    write(tmp_path / ".docker/config.json", {"credsStore": "pass"})
    found = gathered(tmp_path)

    assert "docker-credential-pass" == found.book.resolve("store.example").cred_helper


def test_dockers_logins_and_certificates_can_be_left_out(tmp_path: Path) -> None:
    write(tmp_path / ".docker/config.json", {"auths": {"a.example": login("docker")}})
    write(tmp_path / ".regctl/config.json", {"incDockerCred": False, "incDockerCert": False})
    found = gathered(tmp_path)

    assert "" == user_of(found, "a.example")
    assert found.certificates is None


def test_the_default_host_is_for_hosts_not_known_and_never_for_docker_hub(tmp_path: Path) -> None:
    write(tmp_path / ".regctl/config.json", {"hostDefault": {"credHelper": "h"}, "hosts": {"a.example": {"user": "u"}}})
    found = gathered(tmp_path)

    assert ("h", "h", "") == tuple(found.book.resolve(name).cred_helper for name in ("new.example", "a.example", "docker.io"))


def test_certificates_are_looked_up_by_the_name_connected_to(tmp_path: Path) -> None:
    folder = tmp_path / "certs.d" / "real.example"
    folder.mkdir(parents=True)
    for name, text in {"ca.crt": "CA", "client.cert": "C", "client.key": "K"}.items():
        (folder / name).write_text(text)
    (tmp_path / "certs.d" / "loop").symlink_to("loop")
    write(tmp_path / ".regctl/config.json", {"hosts": {"alias.example": {"hostname": "real.example"}}})
    found = gathered(tmp_path)

    assert found.certificates is not None
    assert ("CA\n",) == found.certificates(found.book.resolve("alias.example"))
    assert () == found.certificates(found.book.resolve("other.example"))
    assert "C\n" == found.book.resolve("real.example").client_cert


@pytest.mark.parametrize("name", [".docker/config.json", ".regctl/config.json", ".config/containers/auth.json"])
def test_a_file_that_cannot_be_used_is_a_warning_that_names_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text("{")

    assert any(name in warning for warning in gathered(tmp_path).warnings)


def test_a_file_that_cannot_be_reached_is_a_warning_too(tmp_path: Path) -> None:
    (tmp_path / ".regctl").touch()

    assert [str(tmp_path / ".regctl/config.json") in warning for warning in gathered(tmp_path).warnings] == [True]


def test_a_file_of_a_newer_program_is_used_with_a_warning(tmp_path: Path) -> None:
    write(tmp_path / ".regctl/config.json", {"version": 2, "hosts": {"a.example": {"user": "u"}}})
    found = gathered(tmp_path)

    assert "u" == user_of(found, "a.example")
    assert any("newer" in warning for warning in found.warnings)
