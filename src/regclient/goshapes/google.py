"""What Google's registries tell of each manifest beside a list of tags, as the Go struct of it.

The registry's numbers come as texts: sizes in bytes, times in milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping

from regclient.kit.gotemplate.timeview import time_value
from regclient.kit.gotemplate.values import Named, Struct
from regclient.kit.gotime import GoTime

_WORD = 1 << 64
_SIGNED = range(-_WORD // 2, _WORD // 2)
_UNSIGNED = range(_WORD)
_MILLISECOND = 1_000_000


def manifest_info(facts: object) -> Struct:
    """View the facts of one manifest; what is not told, or cannot be read, is Go's zero value."""
    known = facts if isinstance(facts, Mapping) else {}
    size = _number(known.get("imageSizeBytes"), _UNSIGNED) or 0
    media_type = known["mediaType"] if isinstance(known.get("mediaType"), str) else ""
    created, uploaded = (_moment(known.get(name)) for name in ("timeCreatedMs", "timeUploadedMs"))
    listed = known.get("tag")
    tags = [tag for tag in listed if isinstance(tag, str)] if isinstance(listed, list) else None

    def document() -> str:
        import json  # noqa: PLC0415 - a door: few templates want these as JSON

        members = {
            "imageSizeBytes": str(size),
            "mediaType": media_type,
            "timeCreatedMs": str(_milliseconds(created)),
            "timeUploadedMs": str(_milliseconds(uploaded)),
            "tag": tags,
        }
        return json.dumps(members, ensure_ascii=False)

    fields = {
        "Size": Named(size, "uint64"),
        "MediaType": media_type,
        "Created": time_value(created),
        "Uploaded": time_value(uploaded),
        "Tags": Named(tags, "[]string"),
    }
    return Struct("tag.GCRManifestInfo", fields, document=document)


def _moment(value: object) -> GoTime:
    milliseconds = _number(value, _SIGNED)
    return GoTime() if milliseconds is None else GoTime(0, milliseconds * _MILLISECOND).local()


def _milliseconds(moment: GoTime) -> int:
    """Return the milliseconds since 1970 as Go counts them: its nanoseconds have 64 bits, too few for the year 1."""
    nanoseconds = (moment.unix_nano - _SIGNED.start) % _WORD + _SIGNED.start
    return nanoseconds // _MILLISECOND if nanoseconds >= 0 else -(-nanoseconds // _MILLISECOND)


def _number(value: object, allowed: range) -> int | None:
    digits = value.removeprefix("-") if isinstance(value, str) else ""
    # Longer texts cannot be in any range, and int() refuses the longest.
    number = int(str(value)) if digits.isascii() and digits.isdigit() and len(digits) <= 20 else None
    return number if number is not None and number in allowed else None
