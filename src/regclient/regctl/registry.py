"""``regctl registry``: what is stored about registries, and one of our own for a laptop, a test or a demo.

Logins are in ``login.py``, settings in ``registryset.py``; here is the table that names them, and the registry that is served.
"""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.cli.options import format_flag
from regclient.errors import ParseError
from regclient.kit.flags.table import Command, Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.server.exchange import Policy
    from regclient.server.store import Store

TLS_WORDS = ("enabled", "insecure", "disabled")
LISTEN = "127.0.0.1:5000"
REGISTRIES = "regclient.cli.complete:registries"
SKIP_CHECK = Flag("skip-check", "bool", "Do not ask the registry whether it works")
SETTINGS = (
    Flag("api-opts", "stringArray", "Option of the registry's API (key=value; without a value it is removed)"),
    Flag("blob-chunk", "int64", "Size of the chunks an upload is cut into, in bytes"),
    Flag("blob-max", "int64", "Largest blob sent in one piece, in bytes (-1: any)"),
    Flag("cacert", "string", 'Certificate of the authority, as text (for a file: "$(cat ca.pem)")'),
    Flag("client-cert", "string", 'Client certificate for mutual TLS, as text (for a file: "$(cat client.pem)")'),
    Flag("client-key", "string", 'Client key for mutual TLS, as text (for a file: "$(cat client.key)")'),
    Flag("cred-helper", "string", "Credential helper, the whole name of the program (docker-credential-...)"),
    Flag("dns", "stringArray", "Without effect; use --hostname and --mirror", hidden=True),
    Flag("hostname", "string", "Host to connect to, with its port"),
    Flag("mirror", "stringArray", "Registry to read from first; replaces those set before, and empty text removes them"),
    Flag("path-prefix", "string", "What comes before every repository"),
    Flag("priority", "uint", "Place among mirrors: the smallest is asked first"),
    Flag("proxy", "string", "Proxy for this registry alone (http://user:password@host:port)"),
    Flag("repo-auth", "bool", "Ask for a token for each repository instead of one for all"),
    Flag("req-concurrent", "int64", "Requests at the same time"),
    Flag("req-per-sec", "float64", "Requests per second"),
    Flag("scheme", "string", "Without effect; use --tls", hidden=True),
    SKIP_CHECK,
    Flag("tls", "string", "How the connection is protected (enabled, insecure, disabled)", values=TLS_WORDS),
)
COMMANDS = (
    Command(
        "config",
        "show the settings of a registry",
        usage="[registry]",
        long="Show what is stored about a registry, or everything, without the secrets in it.",
        example="""\
# everything
regctl registry config

# one registry
regctl registry config registry.example.org

# who is logged in to Docker Hub
regctl registry config docker.io --format '{{ .User }}'""",
        args=(0, 1),
        flags=(format_flag(default="{{jsonPretty .}}"),),
        run="regclient.regctl.registryset:show",
        complete=REGISTRIES,
    ),
    Command(
        "login",
        "log in to a registry",
        usage="[registry]",
        long="""\
Store a login for a registry (Docker Hub when none is named) and try it out. What was stored stays even when the registry
refuses it. Who logged in with Docker or podman need not log in again.

The user <token> says that the password is an identity token.""",
        example="""\
# Docker Hub; the user and the password are asked for
regctl registry login

# in a script
echo "$TOKEN" | regctl registry login ghcr.io --user "$USER" --pass-stdin""",
        args=(0, 1),
        flags=(
            Flag("pass", "string", "Password; other users of this machine may see it", short="p"),
            Flag("pass-stdin", "bool", "Read the password from standard input"),
            SKIP_CHECK,
            Flag("user", "string", "User", short="u"),
        ),
        run="regclient.regctl.login:login",
        complete=REGISTRIES,
    ),
    Command(
        "logout",
        "log out of a registry",
        usage="[registry]",
        long="Forget the stored login of a registry (Docker Hub when none is named).",
        example="regctl registry logout registry.example.org",
        args=(0, 1),
        run="regclient.regctl.login:logout",
        complete=REGISTRIES,
    ),
    Command(
        "set",
        "change the settings of a registry",
        usage="[registry]",
        long="""\
Change what is stored about a registry (Docker Hub when none is named) and try it out. What was stored stays even when the
registry does not answer. What is not mentioned stays as it is.""",
        example="""\
# a registry without TLS
regctl registry set localhost:5000 --tls disabled

# one with a certificate of its own
regctl registry set registry.example.org --cacert "$(cat ca.crt)"

# read through a mirror
regctl registry set docker.io --mirror mirror.example.org""",
        args=(0, 1),
        flags=SETTINGS,
        run="regclient.regctl.registryset:change",
        complete=REGISTRIES,
    ),
    Command(
        "whoami",
        "show the login of a registry",
        usage="[registry]",
        long="Show the user that is logged in to a registry (Docker Hub when none is named); <token> for an identity token.",
        example="regctl registry whoami registry.example.org",
        args=(0, 1),
        run="regclient.regctl.login:whoami",
        complete=REGISTRIES,
    ),
    Command(
        "serve",
        "run a registry",
        usage="[directory]",
        long="""\
Run a registry whose repositories are OCI layouts below a directory, one for each. Without a directory it keeps everything in
memory, and all is gone when it ends.

It speaks plain HTTP and asks for no login, so let it listen where only you can reach it.""",
        example="""\
# keep repositories below ./registry
regctl registry serve ./registry

# on a free port, for reading only; the address is printed first
regctl registry serve ./registry --listen 127.0.0.1:0 --read-only""",
        args=(0, 1),
        flags=(
            Flag("listen", "string", "Address to listen on, host:port; port 0 is any free one", default=LISTEN),
            Flag("read-only", "bool", "Refuse every change"),
        ),
        run="regclient.regctl.registry:serve",
        files=True,
    ),
)


def serve(call: Call) -> None:
    """Serve until the program is told to stop; the address is printed once requests can come in."""
    from regclient.server.exchange import Policy
    from regclient.server.server import Server, serve

    def ready(server: Server) -> None:
        call.write(f"listening on {server.address}\n")
        call.streams.out.flush()

    listen = parse_address(call.flags.text("listen"))
    policy = Policy(read_only=call.flags.switch("read-only"))
    serve(Server(open_store(call, policy), listen, policy=policy), call.cancel, ready=ready)


def open_store(call: Call, policy: Policy) -> Store:
    """Open the directory the argument names, made when it may be written to; without one, memory.

    Raises:
        RepositoryNotFound: there is no such directory.
    """
    from pathlib import Path

    from regclient.server.store import MemoryStore
    from regclient.server.tree import LayoutTree

    if not call.args:
        return MemoryStore()
    root = Path(call.args[0])
    if not policy.read_only:
        root.mkdir(parents=True, exist_ok=True)
    return LayoutTree(root)


def parse_address(text: str) -> tuple[str, int]:
    """Read ``host:port``; IPv6 hosts stand in brackets.

    Raises:
        ParseError: it is not an address.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise ParseError(text, "expected HOST:PORT")
    return host.removeprefix("[").removesuffix("]"), int(port)
