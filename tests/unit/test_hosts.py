from __future__ import annotations

from dataclasses import replace

import pytest

from regclient.errors import InvalidConfig
from regclient.hosts import (
    ANONYMOUS,
    TLS,
    Credential,
    HostBook,
    HostSettings,
    host_name,
    is_host_key,
    is_unchanged,
    login_of,
    merge,
    new_host,
)
from regclient.kit.secret import Secret
from tests.tables import table

HUB = HostSettings(
    "docker.io", TLS.ENABLED, hostname="registry-1.docker.io", cred_host="https://index.docker.io/v1/", req_concurrent=3
)


def test_a_text_is_not_taken_for_a_tls_setting_or_a_secret() -> None:
    with pytest.raises(TypeError, match=r"tls of a\.example is one of TLS\.ENABLED.* not 'disabled'"):
        HostSettings("a.example", tls="disabled")  # type: ignore[arg-type]
    for what in ("password", "token", "client_key"):
        with pytest.raises(TypeError, match=rf"{what} of a\.example is to be given as Secret") as caught:
            HostSettings("a.example", **{what: "hunter2"})  # type: ignore[arg-type]
        assert "hunter2" not in str(caught.value)


@table("text", ["docker.io", "registry-1.docker.io", "https://index.docker.io/v1/"])
def test_docker_hub_has_three_names(text: str) -> None:
    assert new_host(text) == HUB
    assert host_name(text) == "docker.io"
    assert is_host_key(text)


@table(
    ("text", "name", "tls", "cred_host"),
    [
        ("registry.example:5000", "registry.example:5000", TLS.ENABLED, ""),
        ("http://http.example.com/", "http.example.com", TLS.DISABLED, "http://http.example.com/"),
        ("https://x.example", "x.example", TLS.ENABLED, "https://x.example"),
        ("x.example/", "x.example", TLS.ENABLED, "x.example/"),
        ("index.docker.io", "index.docker.io", TLS.ENABLED, ""),
    ],
)
def test_other_names_are_their_own_hostname(text: str, name: str, tls: TLS, cred_host: str) -> None:
    assert new_host(text) == HostSettings(name, tls, hostname=name, cred_host=cred_host, req_concurrent=3)


def test_the_default_host_is_a_template() -> None:
    template = HostSettings("", mirrors=("m.example",), cred_helper="docker-credential-x", req_concurrent=7, tls=TLS.INSECURE)

    made = new_host("x.example", template)

    assert made == replace(template, name="x.example", hostname="x.example")
    assert new_host("x.example", HostSettings("")).tls is TLS.ENABLED
    assert new_host("http://x.example", template).tls is TLS.DISABLED


@table(
    ("text", "usable"),
    [
        ("x.example", True),
        ("x.example/", True),
        ("http://x.example/", True),
        ("index.docker.io", True),
        ("index.docker.io/v1/", False),
        ("https://index.docker.io/v1/access-token", False),
        ("x.example/foo", False),
        ("ftp://x.example", False),
        ("", False),
    ],
)
def test_keys_of_dockers_file_name_hosts_or_not(text: str, *, usable: bool) -> None:
    assert usable == is_host_key(text)


def test_what_is_set_wins_and_what_is_not_stays() -> None:
    existing = HostSettings("x", TLS.DISABLED, hostname="x:1", path_prefix="a", req_concurrent=3, blob_max=5, priority=2)
    new = HostSettings("other", path_prefix="/b/c/", blob_chunk=-1, req_concurrent=-1, blob_max=-1, req_per_sec=2.0)

    merged, changes = merge(existing, new)

    assert merged == replace(existing, path_prefix="b/c", blob_max=-1, req_per_sec=2.0)
    assert [
        "changing the path prefix of registry x: a becomes b/c",
        "changing the blob maximum size of registry x: 5 becomes -1",
    ] == [str(change) for change in changes]


def test_an_equal_value_is_no_change() -> None:
    settings = HostSettings("x", TLS.ENABLED, user="me", password=Secret("hunter2"))

    assert (settings, ()) == merge(settings, settings)


def test_mirrors_are_replaced_and_api_options_are_joined() -> None:
    existing = HostSettings("x", mirrors=("a", "b"), api_opts={"disableHead": "true", "kept": "1"})

    merged, changes = merge(existing, HostSettings("x", mirrors=("c",), api_opts={"disableHead": "false"}))

    assert ("c",) == merged.mirrors
    assert {"disableHead": "false", "kept": "1"} == merged.api_opts
    assert ["changing the mirrors of registry x: a, b becomes c"] == [str(change) for change in changes]
    assert ("a", "b") == merge(existing, HostSettings("x"))[0].mirrors


def test_login_per_repository_can_only_be_switched_on() -> None:
    assert merge(HostSettings("x"), HostSettings("x", repo_auth=True))[0].repo_auth
    assert merge(HostSettings("x", repo_auth=True), HostSettings("x"))[0].repo_auth


def test_a_new_helper_replaces_the_old_login() -> None:
    existing = HostSettings("x", user="me", password=Secret("p"), token=Secret("t"))

    merged, _ = merge(existing, HostSettings("x", cred_helper="helper"))

    assert HostSettings("x", cred_helper="helper") == merged
    assert "me" == merge(existing, HostSettings("x", cred_helper="helper", user="me", password=Secret("p")))[0].user


@table("new", [HostSettings("x", user="me", password=Secret("p")), HostSettings("x", token=Secret("t"))])
def test_a_new_login_replaces_the_old_helper(new: HostSettings) -> None:
    merged, _ = merge(HostSettings("x", cred_helper="helper", cred_expire=60.0), new)

    assert "" == merged.cred_helper
    assert 0.0 == merged.cred_expire


def test_an_old_token_does_not_take_the_helper_away() -> None:
    existing = HostSettings("x", token=Secret("t"), cred_helper="helper")

    assert "helper" == merge(existing, HostSettings("x", tls=TLS.INSECURE))[0].cred_helper


def test_changes_do_not_show_secrets() -> None:
    old = HostSettings(
        "x", user="a", password=Secret("hunter1"), token=Secret("hunter2"), client_key=Secret("hunter3"), proxy="u:hunter4@p"
    )
    new = HostSettings(
        "x", user="b", password=Secret("hunter5"), token=Secret("hunter6"), client_key=Secret("hunter7"), proxy="u:hunter8@p"
    )

    _, changes = merge(old, new)

    assert {"login user", "login password", "login token", "client key", "proxy"} == {change.what for change in changes}
    assert "hunter" not in repr(changes) + "".join(map(str, changes))


def test_docker_hub_is_known_from_the_start_and_no_default_host_reaches_it() -> None:
    book = HostBook(default=HostSettings("", tls=TLS.INSECURE, mirrors=("m.example",)))

    assert book.resolve("docker.io") == HUB
    assert book.resolve("index.example").mirrors == ("m.example",)


def test_entries_are_merged_in_the_order_they_come() -> None:
    book = HostBook([HostSettings("x", tls=TLS.DISABLED, user="a", password=Secret("p"))])

    changes = book.add(HostSettings("x", user="b"))

    assert ["login user"] == [change.what for change in changes]
    assert HostSettings("x", TLS.DISABLED, hostname="x", user="b", password=Secret("p"), req_concurrent=3) == book.resolve("x")


def test_an_entry_counts_though_its_host_was_asked_for_before() -> None:
    book = HostBook([HostSettings("x", user="a")])
    assert "a" == book.resolve("x").user

    book.add(HostSettings("x", tls=TLS.DISABLED))

    assert ("a", TLS.DISABLED) == (book.resolve("x").user, book.resolve("x").tls)


def test_a_new_entry_changes_nothing_worth_a_word() -> None:
    assert () == HostBook(default=HostSettings("", tls=TLS.INSECURE)).add(HostSettings("x", tls=TLS.DISABLED))


def test_entries_for_aliases_of_docker_hub_are_one_entry() -> None:
    book = HostBook([HostSettings("registry-1.docker.io", hostname="docker.io", user="me")])

    assert book.resolve("docker.io") == replace(HUB, user="me")
    book.add(HostSettings("docker.io", hostname="hub-cache.example"))
    assert "hub-cache.example" == book.resolve("docker.io").hostname
    assert ["docker.io"] == [host.name for host in book]


@table("name", ["", "http://", "https:///path"])
def test_an_entry_needs_a_name(name: str) -> None:
    with pytest.raises(InvalidConfig):
        HostBook().add(HostSettings(name))


@table(
    ("name", "tls", "cred_host"),
    [
        ("http://x:5000", TLS.DISABLED, "http://x:5000"),
        ("http://x:5000/", TLS.DISABLED, "http://x:5000/"),
        ("https://x:5000", TLS.ENABLED, "https://x:5000"),
        ("x:5000/path", TLS.ENABLED, "x:5000/path"),
    ],
)
def test_an_entry_under_an_address_is_one_of_its_host(name: str, tls: TLS, cred_host: str) -> None:
    book = HostBook([HostSettings(name, user="a", password=Secret("p"))])

    expected = HostSettings(
        "x:5000", tls, hostname="x:5000", user="a", password=Secret("p"), cred_host=cred_host, req_concurrent=3
    )
    assert expected == book.resolve("x:5000") == book.resolve(name)


def test_an_address_says_only_what_its_entry_does_not() -> None:
    book = HostBook([HostSettings("x", tls=TLS.ENABLED, user="a")])

    assert () == book.add(HostSettings("https://x", cred_host="kept.example"))
    assert (TLS.ENABLED, "a", "kept.example") == (book.resolve("x").tls, book.resolve("x").user, book.resolve("x").cred_host)
    book.add(HostSettings("http://x", tls=TLS.INSECURE))
    assert TLS.INSECURE is book.resolve("x").tls
    book.add(HostSettings("http://x"))
    assert TLS.DISABLED is book.resolve("x").tls


def test_a_host_first_named_by_an_address_is_reached_as_it_says() -> None:
    book = HostBook([HostSettings("y", user="a")], default=HostSettings("", req_concurrent=7))

    assert ("x", TLS.DISABLED, 7) == (book.resolve("http://x/").name, book.resolve("x").tls, book.resolve("x").req_concurrent)
    assert book.resolve("y") == book.resolve("http://y")
    assert TLS.ENABLED is book.resolve("y").tls


def test_hosts_never_mentioned_come_from_the_default() -> None:
    book = HostBook()
    assert HostSettings("new", TLS.ENABLED, hostname="new", req_concurrent=3) == book.resolve("new")
    assert -1 == HostBook(default=HostSettings("", req_concurrent=-1)).resolve("x").req_concurrent


def test_a_host_nobody_set_up_need_not_be_saved() -> None:
    assert is_unchanged(new_host("x.example"))
    assert is_unchanged(HostSettings("x.example"))
    assert is_unchanged(HostSettings("x.example", TLS.ENABLED))
    assert not is_unchanged(new_host("docker.io"))
    assert not is_unchanged(replace(new_host("x.example"), tls=TLS.DISABLED))


def test_the_login_in_the_settings_is_a_credential() -> None:
    assert Credential("me", Secret("p"), Secret("t")) == login_of(
        HostSettings("x", user="me", password=Secret("p"), token=Secret("t"))
    )
    assert login_of(HostSettings("x")) == ANONYMOUS
    assert not ANONYMOUS
