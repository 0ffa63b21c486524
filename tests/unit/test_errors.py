"""Errors carry facts, and their text is computed from them."""

from __future__ import annotations

import inspect

from regclient import errors
from tests.tables import table

EVERY = [value for _, value in inspect.getmembers(errors, inspect.isclass) if issubclass(value, Exception)]


@table("error", EVERY)
def test_every_error_belongs_to_the_one_tree(error: type[Exception]) -> None:
    assert issubclass(error, errors.RegistryClientError)


@table("error", EVERY)
def test_the_tree_in_the_docstring_names_every_error(error: type[Exception]) -> None:
    assert error.__name__ in str(errors.__doc__)


@table(
    ("text", "error"),
    [
        ("invalid reference 'A/x': upper case", errors.InvalidReference("A/x", "upper case")),
        ("invalid digest 'x'", errors.InvalidDigest("x")),
        ("manifest v1 not found in example.com/app", errors.ManifestNotFound("v1", "example.com/app")),
        ("blob sha256:aa not found", errors.BlobNotFound("sha256:aa")),
        ("file deleted: etc/motd in layer 2", errors.FileDeleted("etc/motd", "layer 2")),
        ("digest missing from example.com/app:v1", errors.Incomplete("digest", "example.com/app:v1")),
        ("h denied access to app (DENIED, HTTP 403)", errors.Denied("h", "app", status=403, codes=("DENIED",))),
        ("h denied access", errors.Denied("h")),
        ("no login found for h", errors.NoLogin("h")),
        ("unsupported media type 'text/plain': not a manifest", errors.UnsupportedMediaType("text/plain", "not a manifest")),
        ("digest mismatch of layer: expected a, got b", errors.DigestMismatch("a", "b", "layer")),
        ("short read of blob: expected 5 bytes, got 3", errors.SizeMismatch(5, 3, "blob")),
        ("too many bytes of blob: expected 5 bytes, got 6", errors.SizeMismatch(5, 6, "blob")),
        ("index is larger than the limit of 10 bytes", errors.SizeLimitExceeded(10, "index")),
        ("h answered 500 to GET x (UNKNOWN): oops", errors.RegistryFault("h", 500, "GET x", codes=("UNKNOWN",), detail="oops")),
        ("cannot reach h: timed out", errors.Unreachable("h", "timed out")),
        ("cancelled", errors.Cancelled()),
        ("loop encountered at sha256:aa", errors.LoopDetected("sha256:aa")),
    ],
)
def test_the_text_is_computed_from_the_facts(text: str, error: Exception) -> None:
    assert text == str(error)


def test_a_side_error_names_the_side_and_keeps_the_cause() -> None:
    cause = errors.BlobNotFound("sha256:aa")
    wrapped = errors.SideError("source", "example.com/app", errors.SideError("source", "inner", cause))

    assert "source example.com/app: source inner: blob sha256:aa not found" == str(wrapped)
    assert errors.root_cause(wrapped) is cause


def test_untrusted_text_is_shown_on_one_line_and_cut() -> None:
    assert r"'a\nb'" == errors.shown("a\nb")
    assert "'" + "x" * 10 + "…'" == errors.shown("x" * 99, 10)
