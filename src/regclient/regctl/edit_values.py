"""The values of ``regctl image mod``'s flags: argument readers, and what makes edits of them.

A row of the table pairs a reader with the edits it makes; the reader runs as the flag is met on the line, and what it refuses
is a mistake of the command line. Edits are named by text, so that a command line without them imports none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, cast

from regclient.errors import RegistryClientError
from regclient.kit.flags.values import parse_bool

if TYPE_CHECKING:
    from regclient.edits import Edit, TimeOptions
    from regclient.model.digest import Digest
    from regclient.model.platform import Platform
    from regclient.model.reference import Reference

Arguments: TypeAlias = "tuple[object, ...] | None"
"""What an edit is made with; None makes none."""

_NUMBER = re.compile("[+-]?[0-9]{1,19}", re.ASCII)
_TIMES = {"set": "set", "after": "after", "from-label": "from_label"}


def making(*names: str, of: Callable[[str], Arguments]) -> Callable[[str], tuple[Edit, ...]]:
    """Return what reads the value of a flag as one edit of each name, made with the arguments that ``of`` reads."""

    def read(text: str) -> tuple[Edit, ...]:
        from regclient import edits

        try:
            arguments = of(text)
            makers = [cast("Callable[..., Edit]", getattr(edits, name)) for name in names]
            return () if arguments is None else tuple(make(*arguments) for make in makers)
        except RegistryClientError as error:
            raise ValueError(str(error)) from None

    return read


def edits_in(value: object) -> tuple[Edit, ...]:
    """Return the edits that the value of a flag was read as."""
    return cast("tuple[Edit, ...]", value)


def text(value: str) -> Arguments:
    """Take text as it is."""
    return (value,)


def switch(value: str) -> Arguments:
    """Read whether there is to be an edit."""
    return () if parse_bool(value) else None


def number(value: str) -> Arguments:
    """Read a number."""
    return (_number(value),)


def annotation(value: str) -> Arguments:
    """Read ``[platforms]name=value``; without platforms only the top is meant, with ``*`` everything."""
    name, _, content = value.partition("=")
    everywhere, platforms, name = _scoped(name)
    return _named(name), content, () if everywhere else platforms, everywhere


def setting(value: str) -> Arguments:
    """Read ``[platforms]name=value``."""
    name, _, content = value.partition("=")
    _, platforms, name = _scoped(name)
    return _named(name), content, platforms


def scoped(value: str) -> Arguments:
    """Read ``[platforms]value``."""
    _, platforms, rest = _scoped(value)
    return rest, platforms


def pair(value: str) -> Arguments:
    """Read ``name=value``."""
    return _pair(value)


def named_pattern(value: str) -> Arguments:
    """Read ``name=expression``."""
    name, expression = _pair(value)
    return name, *pattern_of(expression), True


def pattern_of(value: str) -> tuple[str]:
    """Read a regular expression."""
    from regclient.kit.patterns import compile_pattern

    compile_pattern(value)
    return (value,)


def words(value: str) -> Arguments:
    """Read a command: a JSON list of texts, or anything else as one line for a shell."""
    import json

    try:
        found = json.loads(value) if value else []
    except (ValueError, RecursionError):
        found = False
    if found is None:
        found = []
    if not isinstance(found, list) or not all(word is None or isinstance(word, str) for word in found):
        return (("/bin/sh", "-c", value),)
    return (tuple(word or "" for word in found),)


def platform(value: str) -> Arguments:
    """Read a platform."""
    return (_platform(value),)


def base(value: str) -> tuple[Reference, Digest]:
    """Read ``image:tag,digest`` or ``image:tag@digest``."""
    from regclient.model.digest import Digest
    from regclient.model.reference import Reference

    name, comma, digest = value.partition(",")
    reference = Reference.parse(name)
    if comma:
        return reference, Digest.parse(digest)
    if not reference.tag or not reference.digest:
        raise ValueError("an image name and a digest are needed")
    return reference.with_tag(reference.tag), Digest.parse(reference.digest)


def bases(value: str) -> tuple[Reference, Reference]:
    """Read ``base:old,base:new``."""
    from regclient.model.reference import Reference

    old, comma, new = value.partition(",")
    if not comma:
        raise ValueError("two base images are needed, old and new, separated by a comma")
    return Reference.parse(old), Reference.parse(new)


def times(value: str) -> Arguments:
    """Read time options."""
    return (_times(value)[0],)


def latest(value: str) -> Arguments:
    """Read the latest time allowed."""
    return (_latest(value),)


def tar_times(value: str) -> Arguments:
    """Read time options with ``filename=path``."""
    options, others = _times(value, "filename")
    if not others.get("filename"):
        raise ValueError("a filename is needed")
    return others["filename"], options


def tar_latest(value: str) -> Arguments:
    """Read ``path,time``."""
    path, comma, latest_time = value.partition(",")
    if not comma:
        raise ValueError("a filename and a time are needed, separated by a comma")
    return path, _latest(latest_time)


def new_layer(value: str) -> Arguments:
    """Read ``tar=file`` or ``dir=directory``, with ``mediaType`` and ``platform``."""
    from pathlib import Path

    from regclient.kit.keyvalues import parse_key_values

    found = parse_key_values(value)
    if ("tar" in found) == ("dir" in found):
        raise ValueError("a tar or a dir is needed, one of them")
    path = Path(found.get("tar", "") or found.get("dir", ""))
    if not (path.is_file() if "tar" in found else path.is_dir()):
        if path.exists() and not path.is_dir():
            raise ValueError(f"{path} is a pipe or a device: write it to a file first, for it may be read more than once")
        raise ValueError(f"{path} is not there, or something else")
    platforms = (_platform(found["platform"]),) if "platform" in found else ()
    return path, found.get("mediaType", ""), platforms


def _scoped(value: str) -> tuple[bool, tuple[Platform, ...], str]:
    """Split ``[platforms]rest``; return whether one of the platforms is ``*``, the others, and the rest."""
    value = value.strip()
    end = value.find("]")
    if not value.startswith("[") or end < 0:
        return False, (), value
    entries = [entry.strip() for entry in value[1:end].split(",")]
    return "*" in entries, tuple(_platform(entry) for entry in entries if entry != "*"), value[end + 1 :]


def _named(name: str) -> str:
    if not name:
        raise ValueError("a name is needed")
    return name


def _platform(value: str) -> Platform:
    from regclient.model.platform import Platform
    from regclient.settings.machine import local_platform

    return Platform.parse(value, local_platform())


def _pair(value: str) -> tuple[str, str]:
    name, equals, content = value.partition("=")
    if not equals:
        raise ValueError('expected "name=value"')
    return name, content


def _number(value: str) -> int:
    if not _NUMBER.fullmatch(value) or not -(1 << 63) <= int(value) < 1 << 63:
        raise ValueError("not a number")
    return int(value)


def _times(value: str, *others: str) -> tuple[TimeOptions, dict[str, str]]:
    """Read ``set=...,after=...``; return the options and what was said under the ``others`` names."""
    from regclient.edits import TimeOptions
    from regclient.model.reference import Reference

    found = dict(_pair(part) for part in value.split(","))
    unknown = found.keys() - _TIMES.keys() - {"base-ref", "base-layers", *others}
    if unknown:
        raise ValueError(f"unknown time option: {', '.join(sorted(unknown))}")
    options = TimeOptions(
        **{field: found[name] for name, field in _TIMES.items() if name in found},
        base=Reference.parse(found["base-ref"]) if "base-ref" in found else None,
        base_layers=_number(found.get("base-layers", "0")),
    )
    return options, {name: found[name] for name in others if name in found}


def _latest(value: str) -> TimeOptions:
    from regclient.edits import TimeOptions

    return TimeOptions(set=value, after=value)
