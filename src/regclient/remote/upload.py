"""Sending a blob: in one piece where that can be repeated, in parts otherwise, going on where the registry says it stopped.

The protocol is that of https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs. An upload is a
small machine: each :class:`State` but the last has one method, which makes one step and names the next state.
"""

from __future__ import annotations

import io
from enum import Enum
from typing import BinaryIO

from regclient.errors import (
    Cancelled,
    Corrupt,
    Denied,
    NotFound,
    RedirectRefused,
    RegistryClientError,
    RegistryFault,
    Unreachable,
    Unsupported,
)
from regclient.hosts import HostSettings
from regclient.model.descriptor import Descriptor
from regclient.model.headers import first
from regclient.model.mediatype import OCTET_STREAM
from regclient.remote.session import REFUSALS, UploadSession, held_of
from regclient.remote.shared import Shared
from regclient.remote.source import Expectation, source_of
from regclient.remote.wire import Wire
from regclient.transport.messages import Body, Kind, Response

SMALL = 64 * 1024
"""Bytes up to which a blob is read before it is sent: a stream of streams costs more than to hold it."""

MAX_RETRIES = 10
MAX_RESTARTS = 3
MAX_STALLS = 2
"""How often a part may fail, each time after every retry of the transport, while the session gets no further."""

HOPELESS = (Cancelled, Corrupt, Denied, RedirectRefused, Unsupported)
"""Failures that another way of sending the same bytes does not heal."""


class State(Enum):
    """Where an upload is."""

    START = "no session yet"
    WHOLE = "everything in one request"
    RECOVER = "the one request failed: what arrived?"
    PARTS = "part after part"
    CLOSE = "everything arrived, close the session"
    DONE = "the blob is stored"


class Upload:
    """One blob on its way into one repository; :meth:`run` it once."""

    def __init__(self, wire: Wire, shared: Shared, host: HostSettings, content: BinaryIO, expect: Descriptor | None) -> None:
        self._wire = wire
        self._session = UploadSession(wire, shared, host)
        self._expect = expect
        self._known = Expectation(expect)
        self._source = source_of(content, self._known)
        self._replayable = content.seekable()
        self._single_limit = host.blob_max or shared.options.blob_max
        self._offset = 0
        self._sent = 0
        self._retries = 0
        self._restarts = 0
        self._stalls = 0
        self._reached = 0
        self._in_one = False
        self._digest = self._known.digest

    def run(self) -> Descriptor:
        """Send the blob and return its descriptor; the session is cancelled when that fails.

        Raises:
            DigestMismatch, SizeMismatch: the bytes are not what was expected.
        """
        steps = {
            State.START: self._start,
            State.WHOLE: self._send_whole,
            State.RECOVER: self._recover,
            State.PARTS: self._send_part,
            State.CLOSE: self._close,
        }
        state = State.START
        try:
            while state is not State.DONE:
                state = steps[state]()
        except BaseException:
            self._session.cancel()
            raise
        return self._described()

    def _described(self) -> Descriptor:
        assert self._digest is not None
        size = self._known.size if self._known.size is not None else self._offset
        if self._expect is None:
            return Descriptor(OCTET_STREAM, self._digest, size)
        if (self._digest, size) == (self._expect.digest, self._expect.size):
            return self._expect
        return self._expect.replace(digest=self._digest, size=size)

    def _start(self) -> State:
        known = self._known.digest is not None and self._known.size is not None
        if known and not self._restarts and self._is_mounted():
            return State.DONE
        if not self._session.url:
            self._session.open(self._known.algorithm)
        return State.WHOLE if known and not self._restarts and self._fits_one_request() else State.PARTS

    def _is_mounted(self) -> bool:
        """Ask for the blob from any repository of the registry: no bytes move where that works."""
        assert self._known.digest is not None
        try:
            return self._session.try_mount(self._known.digest)
        except Cancelled:
            raise
        except RegistryClientError:
            return False

    def _fits_one_request(self) -> bool:
        """Whether the size is allowed and the bytes can be sent again: from the source, or from memory when they are few."""
        size = self._known.size or 0
        allowed = self._single_limit <= 0 or size <= self._single_limit
        return allowed and (self._replayable or size <= self._session.part_size)

    def _send_whole(self) -> State:
        assert self._known.digest is not None
        self._sent = self._known.size or 0
        try:
            body = self._source.piece(0, self._sent)
            if not isinstance(body, Body):
                self._source.finish()
            else:
                # What arrived of it stays in the session: sent again from its start it would only add to that.
                body = Body(_at_hand(body), body.size, resumable=True)
            self._session.store(self._known.digest, body)
        except HOPELESS:
            raise
        except RegistryClientError as error:
            self._in_one = isinstance(error, Unreachable)
            return State.RECOVER
        return State.DONE

    def _recover(self) -> State:
        """Find out how much of the failed request arrived."""
        try:
            self._offset = min(self._session.ask_status(), self._sent)
        except RegistryFault:
            # The registry does not tell; it will when the first part does not fit.
            self._offset = 0
        except NotFound as gone:
            return State.DONE if self._is_stored() else self._begin_again(gone)
        return State.PARTS

    def _begin_again(self, failure: RegistryClientError) -> State:
        """Open the session anew: it is gone. Distribution 2 drops a session whenever a part of it was cut."""
        self._restarts += 1
        if self._restarts > MAX_RESTARTS:
            raise failure
        self._session.url, self._offset = "", 0
        return State.START

    def _send_part(self) -> State:
        body = self._next_part()
        length = body.size if isinstance(body, Body) else len(body)
        if not length:
            return State.CLOSE
        self._sent = max(self._sent, self._offset + length)
        try:
            with self._session.send_part(self._offset, body) as response:
                self._go_on(response, length)
        except HOPELESS:
            raise
        except RegistryClientError as error:
            self._count_retry(error)
            return self._resume(error)
        return State.PARTS

    def _next_part(self) -> Body | bytes:
        """Return what to send next; once, after a connection that was lost, everything that is missing."""
        limit, in_one = self._session.part_size, self._in_one
        self._in_one = False
        body = self._source.piece(self._offset, max(limit, self._sent) if in_one else limit)
        return body._replace(resumable=True) if isinstance(body, Body) and body.size > limit else body

    def _go_on(self, response: Response, length: int) -> None:
        """Go on after the part, or from where the registry says the upload is.

        Raises:
            RegistryFault: the answer does not say, or claims bytes that were never sent.
        """
        refused = response.status in REFUSALS
        if refused and not (first(response.headers, "Location") and first(response.headers, "Range")):
            raise self._session.fault(response, "the part was refused")
        self._session.learn(response)
        held = held_of(response, accepted=not refused)
        if refused and held == 0 and self._offset == 0:
            # Nothing is not a reason to refuse the first part: here 0-0 means that one byte is held.
            held = 1
        before, self._offset = self._offset, self._offset + length if held is None else held
        if self._offset > self._sent:
            raise self._session.fault(response, "it claims bytes that were never sent")
        if refused or self._offset <= before:
            self._count_retry(self._session.fault(response, "it refuses parts or keeps nothing of them"))
        else:
            self._retries = max(0, self._retries - 1)

    def _resume(self, failure: RegistryClientError) -> State:
        """Continue a part that failed from what the session holds.

        Raises:
            RegistryClientError: ``failure``, when the session does not tell, gets no further, or is gone and the source
                cannot start over.
        """
        try:
            self._offset = min(self._session.ask_status(), self._sent)
        except RegistryFault:
            raise failure from None
        except NotFound:
            if not self._replayable:
                raise failure from None
            return self._begin_again(failure)
        self._stalls = 0 if self._offset > self._reached else self._stalls + 1
        self._reached = max(self._reached, self._offset)
        if self._stalls > MAX_STALLS:
            raise failure
        return State.PARTS

    def _close(self) -> State:
        self._digest = self._source.finish()
        try:
            self._session.store(self._digest, b"")
        except HOPELESS:
            raise
        except RegistryClientError:
            # The answer may have been lost on the way, or a gateway had no patience with a large blob being assembled.
            if not self._is_stored():
                raise
        return State.DONE

    def _is_stored(self) -> bool:
        try:
            self._wire.send(self._wire.request("HEAD", f"blobs/{self._digest}", Kind.HEAD)).close()
        except RegistryClientError:
            return False
        return True

    def _count_retry(self, failure: RegistryClientError) -> None:
        self._retries += 1
        if self._retries > MAX_RETRIES:
            raise failure


def _at_hand(body: Body) -> BinaryIO:
    return io.BytesIO(body.stream.read()) if body.size <= SMALL else body.stream
