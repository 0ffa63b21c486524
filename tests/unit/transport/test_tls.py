from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from regclient.errors import InvalidConfig
from regclient.kit.secret import Secret
from regclient.transport.exchange import Identity
from regclient.transport.options import Roots
from regclient.transport.tls import Contexts, as_temporary_file, load_system, make_context
from tests.fakes.wire import TLS, authority
from tests.tables import table

CERTIFICATE, KEY = (TLS / "client.crt").read_text(), (TLS / "client.key").read_text()
NONE = Roots(directories=("/nonexistent",))


def subjects(context: ssl.SSLContext) -> list[str]:
    return [str(certificate["subject"]) for certificate in context.get_ca_certs()]


def test_nothing_older_than_tls_1_2_is_spoken() -> None:
    assert ssl.TLSVersion.TLSv1_2 == make_context(Identity(), NONE).minimum_version


def test_certificates_and_names_are_checked_unless_told_otherwise() -> None:
    strict, loose = make_context(Identity(), NONE), make_context(Identity(verify=False), NONE)

    assert (True, ssl.CERT_REQUIRED) == (strict.check_hostname, strict.verify_mode)
    assert (False, ssl.CERT_NONE) == (loose.check_hostname, loose.verify_mode)


def test_roots_come_from_settings_and_options() -> None:
    assert [] == subjects(make_context(Identity(), NONE))
    assert 1 == len(subjects(make_context(Identity(roots=(authority(), "  \n")), NONE)))
    extra = Roots(directories=("/nonexistent",), extra=(authority(),))
    assert 1 == len(subjects(make_context(Identity(), extra)))


def test_a_chosen_file_or_directory_stands_for_the_systems_roots(tmp_path: Path) -> None:
    (tmp_path / "one.pem").write_text(authority())
    (tmp_path / "readme").write_text("not a certificate")

    assert 1 == len(subjects(make_context(Identity(), Roots(file=str(tmp_path / "one.pem")))))
    assert 1 == len(subjects(make_context(Identity(), Roots(directories=(str(tmp_path),)))))


def test_a_hashed_directory_is_looked_up_when_needed(tmp_path: Path) -> None:
    (tmp_path / "0123abcd.0").write_text(authority())

    assert [] == subjects(make_context(Identity(), Roots(directories=(str(tmp_path),))))


def test_a_file_without_certificates_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match="missing"):
        make_context(Identity(), Roots(file=str(tmp_path / "missing")))


def test_the_systems_roots_are_there_without_options() -> None:
    assert make_context(Identity(), Roots()).check_hostname


def test_a_hashed_directory_of_the_system_comes_before_its_bundles(tmp_path: Path) -> None:
    (tmp_path / "bundle.pem").write_text(authority())
    (tmp_path / "hashed").mkdir()
    (tmp_path / "hashed" / "0123abcd.0").write_text(authority())
    lazy, eager = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    load_system(lazy, [str(tmp_path), str(tmp_path / "hashed")], [str(tmp_path / "bundle.pem")])

    load_system(eager, [str(tmp_path)], ["/nonexistent", str(tmp_path / "bundle.pem")])

    assert [] == subjects(lazy)
    assert 1 == len(subjects(eager))


def test_a_key_in_a_file_is_for_us_alone_and_gone_afterwards() -> None:
    with as_temporary_file("hunter2") as path:
        assert ("hunter2", 0o600) == (Path(path).read_text(), Path(path).stat().st_mode & 0o777)

    assert not Path(path).exists()


@table("text", ["hunter2", "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----"])
def test_a_bad_root_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        make_context(Identity(roots=(text,)), NONE)

    assert "hunter2" not in str(caught.value)


def test_a_client_certificate_is_loaded_and_leaves_no_file() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))

    make_context(Identity(certificate=CERTIFICATE, key=Secret(KEY)), NONE)

    assert before == len(list(Path("/proc/self/fd").iterdir()))


@table(
    ("certificate", "key"),
    [(CERTIFICATE, "hunter2"), ("hunter2", KEY), (CERTIFICATE, (TLS / "server.key").read_text())],
)
def test_a_bad_pair_is_refused_without_showing_it(certificate: str, key: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        make_context(Identity(certificate=certificate, key=Secret(key)), NONE)

    assert "hunter2" not in str(caught.value)


def test_an_encrypted_key_is_refused_instead_of_asking() -> None:
    encrypted = (TLS / "client.encrypted.key").read_text()

    with pytest.raises(InvalidConfig, match="encrypted"):
        make_context(Identity(certificate=CERTIFICATE, key=Secret(encrypted)), NONE)


def test_half_a_pair_is_not_used() -> None:
    make_context(Identity(certificate="hunter2"), NONE)
    make_context(Identity(key=Secret("hunter2")), NONE)


def test_each_identity_has_one_context() -> None:
    contexts, identity = Contexts(NONE), Identity()

    assert contexts.context_for(identity) is contexts.context_for(identity)
    assert contexts.context_for(identity) is not contexts.context_for(Identity())
