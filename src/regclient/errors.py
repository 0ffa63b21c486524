"""Every error the library raises, as one tree.

Callers branch on classes; the text is computed from the attributes, which are the facts of the failure. Foreign exceptions
(sockets, TLS, the file system) are mapped onto this tree at two seams only: ``transport/engine.py`` and ``layout/``.

::

    RegistryClientError
    ├── ParseError            text that does not follow its grammar
    │   ├── InvalidReference      an image reference
    │   ├── InvalidDigest         a digest
    │   ├── InvalidPlatform       a platform
    │   ├── InvalidManifest       a manifest, index or config document
    │   ├── InvalidTemplate       a Go template, when it is parsed
    │   └── InvalidConfig         a settings file, host entry or challenge header
    ├── TemplateFailed        a Go template, while it runs
    ├── NotFound              the thing is not there
    │   ├── ManifestNotFound  ├── BlobNotFound  ├── TagNotFound
    │   ├── RepositoryNotFound  ├── PlatformNotFound  ├── FileNotFound
    │   └── FileDeleted           a whiteout hides it
    ├── Incomplete            the call lacks a part: a tag, a digest, an annotation
    ├── Denied                401 or 403, no credential or refused
    │   └── NoLogin               no credential is stored
    ├── Unsupported           not possible here: an API, an algorithm, a combination
    │   └── UnsupportedMediaType
    │       └── NotAnImage            an artifact where an image is needed
    ├── Mismatch              two things that should agree do not (base images, rebase)
    ├── Corrupt               bytes that are not what was promised
    │   ├── DigestMismatch  ├── SizeMismatch  └── SizeLimitExceeded
    ├── RegistryFault         an answer with a status we cannot use
    │   └── RateLimited           429
    ├── StorageFault          the file system refused: permission, no space, a damaged disk
    ├── Unreachable           network, DNS, TLS, timeout, no host left to ask
    │   └── RedirectRefused
    ├── Cancelled             the caller cancelled
    ├── LoopDetected          a graph of manifests that holds its own ancestor
    └── SideError             one of the above, with the side (source or destination) it happened on
"""

from __future__ import annotations


class RegistryClientError(Exception):
    """The root of the tree: catch it to catch everything this library raises on purpose."""


class ParseError(RegistryClientError):
    """Text that does not follow its grammar.

    ``text`` is the offending input, ``reason`` says what is wrong with it.
    """

    noun = "text"

    def __init__(self, text: str, reason: str = "") -> None:
        self.text = text
        self.reason = reason
        super().__init__(f"invalid {self.noun} {shown(text)}" + (f": {reason}" if reason else ""))


class InvalidReference(ParseError):
    """An image reference that does not follow the grammar of references."""

    noun = "reference"


class InvalidDigest(ParseError):
    """A digest whose algorithm, length or alphabet is wrong."""

    noun = "digest"


class InvalidPlatform(ParseError):
    """A platform that is not ``os[/arch[/variant]][,osver=VERSION]``."""

    noun = "platform"


class InvalidManifest(ParseError):
    """A manifest, index, config or list document that does not have the shape its media type promises."""

    noun = "document"


class InvalidTemplate(ParseError):
    """A Go template that cannot be parsed."""

    noun = "template"


class InvalidConfig(ParseError):
    """A settings file, a host entry or a header that cannot be understood."""

    noun = "configuration"


class TemplateFailed(RegistryClientError):
    """A Go template that was parsed but failed while it ran; output written before the failure stays."""


class NotFound(RegistryClientError):
    """The thing asked for is not there.

    ``name`` says which thing, ``where`` in which repository, host or file; ``codes`` are the registry's error codes.
    """

    noun = "content"

    def __init__(self, name: object, where: object = "", *, codes: tuple[str, ...] = ()) -> None:
        self.name = str(name)
        self.where = str(where)
        self.codes = codes
        super().__init__(f"{self.noun} {self.name} not found" + (f" in {self.where}" if self.where else ""))


class ManifestNotFound(NotFound):
    """No manifest has this tag or digest."""

    noun = "manifest"


class BlobNotFound(NotFound):
    """No blob has this digest."""

    noun = "blob"


class TagNotFound(NotFound):
    """No manifest has this tag."""

    noun = "tag"


class RepositoryNotFound(NotFound):
    """The repository, registry path or layout directory does not exist."""

    noun = "repository"


class PlatformNotFound(NotFound):
    """No entry of an index fits the platform."""

    noun = "platform"


class FileNotFound(NotFound):
    """No layer holds the file."""

    noun = "file"


class FileDeleted(FileNotFound):
    """A whiteout hides the file in this layer."""

    def __init__(self, name: object, where: object = "") -> None:
        super().__init__(name, where)
        self.args = (f"file deleted: {self.name}" + (f" in {self.where}" if self.where else ""),)


class Incomplete(RegistryClientError):
    """The call lacks a part it needs: ``part`` is ``tag``, ``digest``, ``annotation``, ``subject``...; ``of`` says of what."""

    def __init__(self, part: str, of: object) -> None:
        self.part = part
        self.of = str(of)
        super().__init__(f"{part} missing from {self.of}")


class Denied(RegistryClientError):
    """The registry (or its token service) refused: no credential, a wrong one, or not enough rights.

    ``status`` is the HTTP status (0 when no request was made), ``codes`` the registry's error codes.
    """

    def __init__(self, host: str, what: str = "", *, status: int = 0, codes: tuple[str, ...] = ()) -> None:
        self.host = host
        self.what = what
        self.status = status
        self.codes = codes
        text = f"{host} denied access" + (f" to {what}" if what else "")
        details = [*codes, *([f"HTTP {status}"] if status else [])]
        super().__init__(text + (f" ({', '.join(details)})" if details else ""))


class NoLogin(Denied):
    """No credential is stored for the host."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.args = (f"no login found for {host}",)


class Unsupported(RegistryClientError):
    """The request makes sense but cannot be done here."""


class UnsupportedMediaType(Unsupported):
    """A media type this operation cannot work on; ``media_type`` is the one met."""

    def __init__(self, media_type: str, what: str = "") -> None:
        self.media_type = media_type
        super().__init__(f"unsupported media type {shown(media_type)}" + (f": {what}" if what else ""))


class NotAnImage(UnsupportedMediaType):
    """An artifact where only an image will do: its config is not one that runs."""

    def __init__(self, media_type: str) -> None:
        super().__init__(media_type, "not the config of an image")


class Mismatch(RegistryClientError):
    """Two things that should agree do not, by content rather than by damage (a moved base image, say)."""


class Corrupt(RegistryClientError):
    """Bytes that are not what was promised; never use what was read."""


class DigestMismatch(Corrupt):
    """The digest of the bytes is not the one they were asked for by."""

    def __init__(self, expected: object, actual: object, what: str = "content") -> None:
        self.expected = str(expected)
        self.actual = str(actual)
        super().__init__(f"digest mismatch of {what}: expected {self.expected}, got {self.actual}")


class SizeMismatch(Corrupt):
    """More or fewer bytes (``actual``) than promised (``expected``)."""

    def __init__(self, expected: int, actual: int, what: str = "content") -> None:
        self.expected = expected
        self.actual = actual
        word = "short read" if actual < expected else "too many bytes"
        super().__init__(f"{word} of {what}: expected {expected} bytes, got {actual}")


class SizeLimitExceeded(Corrupt):
    """A document, or what it unpacks to, is larger than ``limit`` bytes."""

    def __init__(self, limit: int, what: str = "content") -> None:
        self.limit = limit
        super().__init__(f"{what} is larger than the limit of {limit} bytes")


class RegistryFault(RegistryClientError):
    """The registry answered with a status the call cannot use.

    ``codes`` are the spec's error codes from the body, ``detail`` the registry's own words (cut), ``request`` the method and
    the address without its query.
    """

    def __init__(
        self,
        host: str,
        status: int,
        request: str,
        *,
        codes: tuple[str, ...] = (),
        detail: str = "",
        request_id: str = "",
    ) -> None:
        self.host = host
        self.status = status
        self.request = request
        self.codes = codes
        self.detail = detail
        self.request_id = request_id
        text = f"{host} answered {status} to {request}"
        if codes:
            text += f" ({', '.join(codes)})"
        super().__init__(text + (f": {detail}" if detail else ""))


class RateLimited(RegistryFault):
    """429: too many requests, and waiting as told did not help."""


class StorageFault(RegistryClientError):
    """The file system did not do what a layout or a file needed; ``path`` is where, ``reason`` the system's own words."""

    def __init__(self, path: object, reason: str) -> None:
        self.path = str(path)
        self.reason = reason
        super().__init__(f"{self.path}: {reason}")


class Unreachable(RegistryClientError):
    """The host could not be talked to: DNS, connection, TLS, timeout, or every candidate failed."""

    def __init__(self, host: str, reason: str) -> None:
        self.host = host
        self.reason = reason
        super().__init__(f"cannot reach {host}: {reason}")


class RedirectRefused(Unreachable):
    """A redirect, token address or external address that a safe client does not follow (CVE-2020-15157 and kin)."""


class Cancelled(RegistryClientError):
    """The caller cancelled, by a signal or a token; nothing half written stays."""

    def __init__(self, reason: str = "cancelled") -> None:
        super().__init__(reason)


class LoopDetected(RegistryClientError):
    """A graph of manifests that holds its own ancestor; ``digest`` is where the walk met itself."""

    def __init__(self, digest: object) -> None:
        self.digest = str(digest)
        super().__init__(f"loop encountered at {self.digest}")


class SideError(RegistryClientError):
    """Another error of this tree with the side of the copy it happened on (``source`` or ``destination``).

    ``cause`` is the error itself: branch on it with :func:`root_cause`.
    """

    def __init__(self, side: str, where: object, cause: RegistryClientError) -> None:
        self.side = side
        self.where = str(where)
        self.cause = cause
        super().__init__(f"{side} {self.where}: {cause}")


def root_cause(error: BaseException) -> BaseException:
    """Unwrap :class:`SideError` so that callers can branch on what really happened."""
    while isinstance(error, SideError):
        error = error.cause
    return error


def shown(text: str, limit: int = 200) -> str:
    """Quote untrusted text for a message: one line, escapes visible, cut to ``limit`` characters."""
    return repr(text if len(text) <= limit else text[:limit] + "…")
