"""Answers we cannot use, as errors of the library: status, error codes, the registry's words, the id to quote to its support.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes gives the form of the body; many servers and
every proxy in front of them send something else, which is shown as text, cut short.
"""

from __future__ import annotations

from regclient.errors import Denied, NotFound, RateLimited, RegistryClientError, RegistryFault
from regclient.model.headers import Headers, first
from regclient.transport.exchange import Answer, Broken, Trouble
from regclient.transport.messages import Request

READ_LIMIT = 64 * 1024
_SHOWN = 500
_IDS = ("X-Request-Id", "X-Amzn-Requestid", "X-Ms-Correlation-Request-Id", "X-Github-Request-Id", "Cf-Ray")


def read_fault(answer: Answer) -> bytes:
    """Read the beginning of the body of an error and close the answer; what cannot be read is not worth another error."""
    parts: list[bytes] = []
    size = 0
    try:
        while size < READ_LIMIT and (data := answer.read(READ_LIMIT - size)):
            parts.append(data)
            size += len(data)
    except Broken:
        pass
    finally:
        answer.close()
    return b"".join(parts)


def read_limited(answer: Answer, limit: int = 1024 * 1024) -> bytes:
    """Read a small document and close the answer.

    Raises:
        Broken: the connection ended early, or the document does not end where any honest one would.
    """
    try:
        body = answer.read(limit + 1)
        while len(body) <= limit and (data := answer.read(limit + 1 - len(body))):
            body += data
    finally:
        answer.close()
    if len(body) > limit:
        raise Broken(Trouble.PROTOCOL, f"the answer is larger than {limit} bytes")
    return body


def fault_of(request: Request, url: str, status: int, headers: Headers, body: bytes) -> RegistryClientError:
    """Make the error for an answer; ``url`` has no query."""
    codes, detail = _read_errors(body, first(headers, "Content-Type"))
    if status == 404:
        return NotFound(request.path or url, _where(request), codes=codes)
    if status in {401, 403}:
        return Denied(request.host, _where(request), status=status, codes=codes)
    request_id = next((value for name in _IDS if (value := first(headers, name))), "")
    kind = RateLimited if status == 429 else RegistryFault
    shown = f"{request.method} {url}"
    return kind(request.host, status, shown, codes=codes, detail=detail, request_id=request_id[:_SHOWN])


def _where(request: Request) -> str:
    return f"{request.host}/{request.repository}" if request.repository else request.host


def _read_errors(body: bytes, content_type: str) -> tuple[tuple[str, ...], str]:
    if not body:  # of a HEAD, which is most of what is refused
        return (), ""
    import json  # noqa: PLC0415 - a door: most answers are no faults

    text = body.decode("utf-8", "replace")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return (), _cut(text) if content_type.startswith("text/plain") else ""
    errors = document.get("errors") if isinstance(document, dict) else None
    if not isinstance(errors, list):
        return (), _cut(text)
    entries = [entry for entry in errors[:10] if isinstance(entry, dict)]
    codes = tuple(_cut(code) for entry in entries if isinstance(code := entry.get("code"), str))
    messages = [message for entry in entries if isinstance(message := entry.get("message"), str)]
    return codes, _cut("; ".join(messages))


def _cut(text: str) -> str:
    """Make untrusted text safe for one line of a message."""
    shown = "".join(character if character.isprintable() else " " for character in text[: _SHOWN + 1]).strip()
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
