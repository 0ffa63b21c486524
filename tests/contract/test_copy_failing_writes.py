"""Whichever write of a copy fails, no tag is without its content, and the next copy finishes what is left."""

from __future__ import annotations

from regclient.errors import SideError
from regclient.memory import MemoryRepository
from regclient.ops.copy import CopyOptions, copy
from tests.fakes import images
from tests.fakes.journal import JournalRepository
from tests.tables import table


@table("fail_at", range(1, 30))
def test_a_write_that_fails_leaves_no_tag_without_its_content_and_the_next_copy_finishes(fail_at: int) -> None:
    src, dst = MemoryRepository("src.example/app"), JournalRepository("dst.example/app", fail_at=fail_at)
    index = images.index(src)
    images.artifact(src, index)
    images.digest_tag(src, index)
    images.cycle(src, "cycle")
    options = CopyOptions(referrers=True, digest_tags=True)
    for name in ("latest", "cycle"):
        try:
            copy(src, name, dst, name, options=options)
        except SideError:
            assert dst.missing() == set()
            assert name not in dst.tags().tags
            copy(src, name, dst, name, options=options)
    assert dst.missing() == set()
    assert {*src.tags().tags} == {*dst.tags().tags}
