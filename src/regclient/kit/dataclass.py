"""``dataclass``, ``field`` and ``replace`` for this package: the standard ones to type checkers, quick ones when it runs.

Why, and what differs: ``quickclass.py``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - said to be given on
    from dataclasses import field as field  # noqa: PLC0414
    from dataclasses import replace as replace  # noqa: PLC0414
else:
    from regclient.kit.quickclass import dataclass, field, replace

__all__ = ["dataclass", "field", "replace"]
