"""How many examples a property test tries whose own number is not the usual hundred."""

from __future__ import annotations

from hypothesis import settings


def share(percent: int) -> int:
    """Return so much of the usual number: fewer in the gate than in ``make fuzz``, as for all other tests."""
    return int(settings().max_examples) * percent // 100
