"""``regctl registry``: registries as a whole, and one of our own for a laptop, a test or a demo."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.errors import ParseError
from regclient.kit.flags.table import Command, Flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.server.exchange import Policy
    from regclient.server.store import Store

LISTEN = "127.0.0.1:5000"
COMMANDS = (
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
