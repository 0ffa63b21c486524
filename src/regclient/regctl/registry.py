"""``regctl registry``: registries as a whole, and one of our own for a laptop, a test or a demo."""

from __future__ import annotations

from regclient.cli.call import Call
from regclient.errors import ParseError
from regclient.kit.flags.table import Command, Flag

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
    from regclient.server.store import MemoryStore
    from regclient.server.trees import TreeStore

    def ready(server: Server) -> None:
        call.write(f"listening on {server.address}\n")
        call.streams.out.flush()

    store = TreeStore(call.args[0]) if call.args else MemoryStore()
    listen = parse_address(call.flags.text("listen"))
    server = Server(store, listen, policy=Policy(read_only=call.flags.switch("read-only")))
    serve(server, call.cancel, ready=ready)


def parse_address(text: str) -> tuple[str, int]:
    """Read ``host:port``; IPv6 hosts stand in brackets.

    Raises:
        ParseError: it is not an address.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise ParseError(text, "expected HOST:PORT")
    return host.removeprefix("[").removesuffix("]"), int(port)
