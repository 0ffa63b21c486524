"""What a command is given: its words, the streams, the log, and a client that is made when first asked for.

Commands stay thin because everything they share is here: they read their flags, call one operation and show the result.
"""

from __future__ import annotations

from regclient.kit.flags.grammar import Parsed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

    from regclient.cancel import Cancel
    from regclient.cli.logs import Log
    from regclient.cli.output import Exchange
    from regclient.cli.progress import Quiet
    from regclient.client import Client
    from regclient.hosts import HostSettings
    from regclient.model.platform import Platform
    from regclient.model.reference import Reference
    from regclient.repository import Name, Repository


class Streams:
    """Standard input, output and error as bytes; ``terminal`` says whether a person watches standard error."""

    __slots__ = ("err", "out", "stdin", "terminal")

    def __init__(self, stdin: BinaryIO, out: BinaryIO, err: BinaryIO, *, terminal: bool = False) -> None:
        self.stdin = stdin
        self.out = out
        self.err = err
        self.terminal = terminal


class Call:
    """One run of one command."""

    def __init__(
        self,
        flags: Parsed,
        streams: Streams,
        environ: Mapping[str, str],
        log: Log,
        on_cancel: Callable[[Cancel], None] | None = None,
    ) -> None:
        self.flags = flags
        self.streams = streams
        self.environ = environ
        self.log = log
        self._on_cancel = on_cancel
        # Plain attributes: functools and its cached_property cost a third of what bare Python does.
        self._cancel: Cancel | None = None
        self._stop: Cancel | None = None
        self._client: Client | None = None

    @property
    def args(self) -> list[str]:
        """The positional arguments."""
        return self.flags.args

    @property
    def cancel(self) -> Cancel:
        """What ends the work early; made when first asked for, and then tied to the signals."""
        if self._cancel is None:
            from regclient.cancel import Cancel  # noqa: PLC0415 - a door: version and help need no threads

            self._cancel = Cancel()
            if self._on_cancel is not None:
                self._on_cancel(self._cancel)
        return self._cancel

    @property
    def stop(self) -> Cancel:
        """What asks for a quiet end before :attr:`cancel` makes one: once asked for, the first signal cancels this one."""
        if self._stop is None:
            from regclient.cancel import Cancel  # noqa: PLC0415 - a door, as above

            _ = self.cancel  # made first, so that it is the second to be cancelled
            self._stop = Cancel()
            if self._on_cancel is not None:
                self._on_cancel(self._stop)
        return self._stop

    @property
    def client(self) -> Client:
        """The client with this run's settings; made when first asked for."""
        if self._client is None:
            from regclient.cli.connect import open_client  # noqa: PLC0415 - a door: version and help need no client

            self._client = open_client(self)
        return self._client

    def close(self) -> None:
        """End the work of the client, if there was any: layouts that were changed drop what nothing reaches."""
        if self._client is not None:
            self._client.close()

    def reference(self, position: int) -> Reference:
        """Read one argument as a reference.

        Raises:
            InvalidReference: it is none.
        """
        from regclient.model.reference import Reference  # noqa: PLC0415 - a door: not every command has one

        return Reference.parse(self.args[position])

    def repository(self, position: int) -> Repository:
        """Open the repository an argument names.

        Raises:
            InvalidReference: the argument is no reference.
        """
        return self.client.repository(self.reference(position))

    def named(self, position: int) -> tuple[Repository, Name]:
        """Open the repository an argument names; return it with the tag or digest.

        Raises:
            InvalidReference: the argument is no reference, or one with neither tag nor digest.
        """
        return self.located(self.reference(position))

    def located(self, reference: Reference) -> tuple[Repository, Name]:
        """Open the repository of a reference; return it with the tag or digest.

        Raises:
            InvalidReference: there is neither tag nor digest.
        """
        target = reference.target
        if target is None:
            from regclient.errors import InvalidReference  # noqa: PLC0415 - a door, as all in this module

            raise InvalidReference(reference.original or str(reference), "a tag or a digest is missing")
        return self.client.repository(reference), target

    def platform(self) -> Platform | None:
        """Read ``--platform``; None when it is not given or empty.

        Raises:
            InvalidPlatform: it is none.
        """
        text = self.flags.text("platform")
        return self.read_platform(text) if text else None

    def read_platform(self, text: str) -> Platform:
        """Read a platform; what it leaves out is that of this machine.

        Raises:
            InvalidPlatform: it is none.
        """
        from regclient.model.platform import Platform  # noqa: PLC0415
        from regclient.settings.machine import local_platform  # noqa: PLC0415 - a door: few calls name one

        return Platform.parse(text, local_platform())

    def read_all(self, limit: int) -> bytes:
        """Read standard input to its end.

        Raises:
            SizeLimitExceeded: there are more than ``limit`` bytes.
        """
        data = self.streams.stdin.read(limit + 1)
        if len(data) > limit:
            from regclient.errors import SizeLimitExceeded  # noqa: PLC0415 - a door, as all in this module

            raise SizeLimitExceeded(limit, "standard input")
        return data

    def write(self, content: str | bytes) -> None:
        """Write to standard output; text as UTF-8, its undecodable bytes as they came."""
        self.streams.out.write(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))

    def show(self, value: object, template: str | None = None, *, exchange: Exchange | None = None) -> None:
        """Print a value as ``--format`` (or ``template``) says; ``exchange`` allows its words for raw bodies and headers.

        Raises:
            InvalidTemplate, TemplateFailed: the template cannot be read, or fails on this value.
        """
        from regclient.cli.output import show  # noqa: PLC0415 - a door: a plain digest needs no templates

        show(self, value, self.flags.text("format") if template is None else template, exchange=exchange)

    def host_settings(self) -> list[HostSettings]:
        """Return the registries ``--host`` describes, those it does not understand left out with a warning."""
        from regclient.cli.values import parse_host  # noqa: PLC0415 - a door: only commands that connect

        found = [parse_host(text, self.log) for text in self.flags.texts("host")]
        return [settings for settings in found if settings is not None]

    def observer(self, *, beside: bool = False) -> Quiet:
        """Return what draws the progress of long work, or only passes warnings on where nobody watches.

        ``beside`` is for content that goes to standard output: nothing is drawn when that is a terminal too, and nothing stays.
        """
        from regclient.cli.progress import observe  # noqa: PLC0415 - a door: only long work is observed

        return observe(self, beside=beside)
