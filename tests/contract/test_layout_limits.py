"""A layout never writes what it would refuse to read."""

from __future__ import annotations

from pathlib import Path

import pytest

from regclient.errors import SizeLimitExceeded
from regclient.kit.atomicfile import Writing
from regclient.layout.index import LIMIT, Index
from regclient.model.descriptor import Descriptor
from regclient.model.mediatype import OCI_MANIFEST


def test_an_index_too_large_to_be_read_again_is_not_written(tmp_path: Path) -> None:
    index, small = Index(tmp_path, Writing(sync=False)), Descriptor.of(b"first", OCI_MANIFEST)
    index.prepare()
    index.update(lambda draft: draft.put(small, "v1", 0.0))
    huge = small.replace(artifact_type="x" * LIMIT)

    with pytest.raises(SizeLimitExceeded):
        index.update(lambda draft: draft.put(huge, "v2", 0.0))

    listing = index.load()
    assert listing is not None
    assert ("v1",) == listing.tags
