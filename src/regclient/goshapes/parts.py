"""Small nouns as Go structs: digests, platforms, descriptors, references, headers, rate limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from regclient.errors import InvalidDigest, Unsupported
from regclient.kit.gotemplate.values import Failure, Function, Method, Named, Struct, nil_pointer, strings
from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.headers import Headers, canonical
from regclient.model.platform import Platform
from regclient.model.ratelimit import RateLimit
from regclient.model.reference import Reference

_DIGEST = "digest.Digest"
_DESCRIPTOR = "descriptor.Descriptor"
_REFERENCE = "ref.Ref"
_NO_REFERENCE = Reference(scheme="")


class Text:
    """The JSON of a view that is no noun of its own: a document that is shown written anew, a zero value."""

    __slots__ = ("to_json",)

    def __init__(self, to_json: Callable[[], str]) -> None:
        self.to_json = to_json


class Fields(Mapping[str, object]):
    """Fields of which some are only made when they are asked for, because making them costs or may fail."""

    __slots__ = ("_late", "_made")

    def __init__(self, made: Mapping[str, object], late: Mapping[str, Callable[[], object]]) -> None:
        self._made = dict(made)
        self._late = late

    def __getitem__(self, name: str) -> object:
        if name not in self._made:
            self._made[name] = self._late[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys((*self._made, *self._late))

    def __len__(self) -> int:
        return len({*self._made, *self._late})


_ZERO_DESCRIPTOR = Text(lambda: '{"mediaType":"","digest":"","size":0}')


def texts(items: Iterable[str]) -> Named:
    """View a list of strings; an empty one is nil, as what Go leaves out of JSON is."""
    return Named(list(items) or None, "[]string")


def labels(members: Mapping[str, str]) -> Named:
    """View a map of strings; an empty one is nil."""
    return strings(dict(members)) if members else Named(None, "map[string]string")


def int64(number: int) -> Named:
    """View a number as the 64 bits Go gives to sizes."""
    return Named(number, "int64")


def digest(found: Digest | str | None) -> Named:
    """View a digest, or what stands where a digest belongs."""
    text = str(found or "")
    algorithm, _, encoded = text.partition(":")

    def validate() -> object:
        try:
            Digest.parse(text)
        except InvalidDigest:
            return "invalid checksum digest format"
        except Unsupported:
            return "unsupported digest algorithm"
        return nil_pointer("errors.errorString")

    def part(value: str) -> str:
        if ":" not in text:
            raise Failure(f"no ':' separator in digest {text!r}")
        return value

    methods: dict[str, Method] = {
        "Algorithm": lambda: Named(part(algorithm), "digest.Algorithm", text=lambda: algorithm),
        "Encoded": lambda: part(encoded),
        "Hex": lambda: part(encoded),
        "String": lambda: text,
        "Validate": validate,
    }
    return Named(text, _DIGEST, methods=methods, subject=found, text=lambda: text)


def platform(found: Platform, *, pointer: bool = False) -> Struct:
    """View a platform; printed it is ``os/arch/variant``."""
    fields = {
        "Architecture": found.architecture,
        "OS": found.os,
        "OSVersion": found.os_version,
        "OSFeatures": texts(found.os_features),
        "Variant": found.variant,
        "Features": texts(found.features),
    }
    methods: dict[str, Method] = {"String": found.__str__}
    return Struct("platform.Platform", fields, methods=methods, text=found.__str__, pointer=pointer, subject=found)


def descriptor(found: Descriptor | None, *, pointer: bool = False) -> Struct:
    """View a descriptor; without one, the zero value, which is what a manifest nobody has read has for its parts."""
    known = found.digest if found else None
    owned = found.platform if found else None
    fields = {
        "MediaType": found.media_type if found else "",
        "Digest": digest(known),
        "Size": int64(found.size if found else 0),
        "URLs": texts(found.urls if found else ()),
        "Annotations": labels(found.annotations if found else {}),
        "Data": found.data if found and found.data is not None else b"",
        "Platform": platform(owned, pointer=True) if owned is not None else nil_pointer("platform.Platform"),
        "ArtifactType": found.artifact_type if found else "",
        "digestAlgo": "",  # unexported: printed with the rest, never to be asked for
    }
    methods: dict[str, Method] = {
        "DigestAlgo": lambda: Named(known.algorithm if known else "sha256", "digest.Algorithm"),
        "Equal": Function(lambda other: _compare(Descriptor.equal, found, other), (_DESCRIPTOR,)),
        "GetData": lambda: _inline(found),
        "Same": Function(lambda other: _compare(Descriptor.same, found, other), (_DESCRIPTOR,)),
    }
    return Struct(_DESCRIPTOR, fields, methods=methods, pointer=pointer, subject=found or _ZERO_DESCRIPTOR)


def descriptors(found: Iterable[Descriptor]) -> Named:
    """View a list of descriptors."""
    return Named([descriptor(item) for item in found], f"[]{_DESCRIPTOR}")


def subject(found: Descriptor | None) -> object:
    """View a descriptor that may be missing."""
    return descriptor(found, pointer=True) if found is not None else nil_pointer(_DESCRIPTOR)


def reference(found: Reference | None) -> Struct:
    """View a reference; without one, the zero value."""
    ref = found or _NO_REFERENCE
    fields = {
        "Scheme": ref.scheme,
        "Reference": ref.original,
        "Registry": ref.registry,
        "Repository": ref.repository,
        "Tag": ref.tag,
        "Digest": ref.digest,
        "Path": ref.path,
    }
    methods: dict[str, Method] = {
        "AddDigest": Function(lambda text: reference(ref.add_digest(text)), ("string",)),
        "CommonName": lambda: ref.name,
        "IsSet": lambda: ref.is_set,
        "IsSetRepo": lambda: ref.is_set_repository,
        "IsZero": lambda: ref == _NO_REFERENCE,
        "SetDigest": Function(lambda text: reference(ref.with_digest(text)), ("string",)),
        "SetTag": Function(lambda text: reference(ref.with_tag(text)), ("string",)),
        "ToReg": lambda: reference(ref.to_registry()),
    }
    return Struct(_REFERENCE, fields, methods=methods, subject=ref)


def headers(found: Headers) -> Named:
    """View header fields."""
    lists = {name: Named(list(values), "[]string") for name, values in found.items()}

    def values(name: str) -> tuple[str, ...]:
        return found.get(canonical(name), ())

    methods: dict[str, Method] = {
        "Get": Function(lambda name: (values(name) or ("",))[0], ("string",)),
        "Values": Function(lambda name: texts(values(name)), ("string",)),
    }
    return Named(lists, "http.Header", under="map[string][]string", methods=methods)


def rate_limit(found: RateLimit) -> Struct:
    """View a rate limit."""
    fields = {
        "Remain": found.remain,
        "Limit": found.limit,
        "Reset": found.reset,
        "Set": found.known,
        "Policies": texts(found.policies),
    }
    return Struct("types.RateLimit", fields, subject=found)


def _compare(compare: Callable[[Descriptor, Descriptor], bool], found: Descriptor | None, value: object) -> bool:
    other = value.subject if isinstance(value, Struct) else None
    if other is _ZERO_DESCRIPTOR or found is None:
        return other is _ZERO_DESCRIPTOR and found is None
    if not isinstance(other, Descriptor):
        raise Failure("not a descriptor")
    return compare(found, other)


def _inline(found: Descriptor | None) -> bytes:
    data = found.inline if found is not None else None
    if data is None:
        raise Failure("parsing failed")
    return data
