"""``regctl registry login``, ``logout`` and ``whoami``: the logins kept in regctl's own file."""

from __future__ import annotations

from dataclasses import replace

from regclient.cli.call import Call
from regclient.errors import Incomplete, NoLogin, Unsupported
from regclient.hosts import ANONYMOUS, TLS, HostSettings, new_host
from regclient.kit.secret import Secret
from regclient.regctl import stored
from regclient.settings.helpers import TOKEN_USER

PASSWORD_LIMIT = 64 << 10
STILL_STORED = "Failed to ping registry, credentials were still stored"


def login(call: Call) -> None:
    """Store a login, then try it out.

    Raises:
        Incomplete, Unsupported: the user or the password is empty, or no text; nothing is stored then.
        Denied: the registry does not take the login, which stays stored.
    """
    text = stored.named(call)
    stored.check_name(text)
    before = stored.load(call).host(text) or bare_host(text)
    user = _user(call, before)
    password = _password(call, before)
    host = stored.change_host(call, text, lambda host: with_login(host, user, password), new=bare_host)
    if host.cred_helper:
        call.log.warning("The credential helper of the registry wins over the stored login", credHelper=host.cred_helper)
    call.log.info("Credentials set", registry=host.name)
    if not call.flags.switch("skip-check"):
        stored.try_out(call, host, warning=STILL_STORED)


def logout(call: Call) -> None:
    """Forget a login; the other settings of the registry stay."""
    text = stored.named(call)
    if stored.load(call).host(text) is None:
        call.log.warning("No configuration/credentials found", registry=text)
        return
    host = stored.change_host(call, text, lambda host: replace(host, user="", password=Secret(), token=Secret()))
    call.log.debug("Credentials unset", registry=host.name)


def whoami(call: Call) -> None:
    """Print the user of a stored login.

    Raises:
        NoLogin: there is none.
    """
    text = stored.named(call)
    host = stored.load(call).host(text)
    found = stored.credential_of(call, host) if host else ANONYMOUS
    user = found.user or (TOKEN_USER if found.token else "")
    if not user:
        raise NoLogin(text)
    call.write(f"{user}\n")


def with_login(host: HostSettings, user: str, secret: Secret) -> HostSettings:
    """Return the entry with a login in place of the one it had; the user ``<token>`` says that it is an identity token."""
    if user == TOKEN_USER:
        return replace(host, user="", password=Secret(), token=secret)
    return replace(host, user=user, password=secret, token=Secret())


def bare_host(text: str) -> HostSettings:
    """Return a new entry that says no more than the address does: its name, and plain HTTP where it begins with that."""
    made = new_host(text)
    return HostSettings(made.name, tls=TLS.DISABLED if made.tls is TLS.DISABLED else TLS.UNSET)


def _user(call: Call, host: HostSettings) -> str:
    if call.flags.given("user"):
        user = call.flags.text("user")
    elif call.flags.switch("pass-stdin"):
        raise Incomplete("--user", "a login whose password comes from standard input")
    else:
        from regclient.cli.prompt import ask

        before = f" [{host.user}]" if host.user else ""
        user = ask(call, f"Enter Username{before}: ") or host.user
    if not user:
        raise Incomplete("user name", f"the login for {host.name}")
    _check_text(user, "user name")
    return user


def _password(call: Call, host: HostSettings) -> Secret:
    flags = call.flags
    if flags.given("pass"):
        password = flags.text("pass")
    elif flags.switch("pass-stdin"):
        password = call.read_all(PASSWORD_LIMIT).decode("utf-8", "surrogateescape").rstrip("\r\n")
    else:
        from regclient.cli.prompt import ask_hidden

        password = ask_hidden(call, "Enter Password: ")
    if not password:
        raise Incomplete("password", f"the login for {host.name}")
    _check_text(password, "password")
    return Secret(password)


def _check_text(text: str, what: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        # The settings file is JSON, which cannot hold other bytes; stored as something else they would open no door.
        raise Unsupported(f"a {what} that is not UTF-8 text cannot be stored") from None
