"""How a request fails: the spec's error codes, and which error of ours becomes which.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
"""

from __future__ import annotations

import json

from regclient import errors
from regclient.server.message import JSON, ServerResponse


class Fault(Exception):
    """An answer outside 2xx that ends the handling of a request."""

    def __init__(self, status: int, code: str, message: str, *, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
        super().__init__(f"{status} {code}: {message}")


# The first row that fits decides, so the narrow classes stand above the wide ones.
_ANSWERS: tuple[tuple[type[errors.RegistryClientError], int, str], ...] = (
    (errors.BlobNotFound, 404, "BLOB_UNKNOWN"),
    (errors.RepositoryNotFound, 404, "NAME_UNKNOWN"),
    (errors.NotFound, 404, "MANIFEST_UNKNOWN"),
    (errors.InvalidDigest, 400, "DIGEST_INVALID"),
    (errors.DigestMismatch, 400, "DIGEST_INVALID"),
    (errors.SizeMismatch, 400, "SIZE_INVALID"),
    (errors.SizeLimitExceeded, 413, "SIZE_INVALID"),
    (errors.UnsupportedMediaType, 400, "MANIFEST_INVALID"),
    (errors.Unsupported, 400, "UNSUPPORTED"),
    (errors.ParseError, 400, "MANIFEST_INVALID"),
    (errors.Unreachable, 400, "BLOB_UPLOAD_INVALID"),
    (errors.Denied, 403, "DENIED"),
    (errors.Cancelled, 503, "UNAVAILABLE"),
)


def fault_of(error: errors.RegistryClientError, *, reading: bool) -> Fault:
    """Say which answer an error becomes.

    ``reading`` is whether the request only reads: damage found then is the store's fault (500), not the client's (400).
    """
    for kind, status, code in _ANSWERS:
        if isinstance(error, kind):
            if reading and isinstance(error, errors.Corrupt | errors.InvalidManifest):
                break
            return Fault(status, code, str(error))
    return Fault(500, "UNKNOWN", "the registry could not read or write its store")


def answer_of(fault: Fault) -> ServerResponse:
    """Write a fault as the JSON document of the spec."""
    document = {"errors": [{"code": fault.code, "message": fault.message}]}
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
    return ServerResponse(fault.status, [("Content-Type", JSON), *fault.headers], body)
