"""Property tests in the gate know no luck: the same examples in every run, no deadline. ``make fuzz`` rolls the dice."""

from __future__ import annotations

from hypothesis import settings

settings.load_profile("ci")
