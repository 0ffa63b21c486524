"""A tree of manifests: what an index holds and what refers to each, as a walk found it."""

from __future__ import annotations

from dataclasses import dataclass

from regclient.model.manifest import Manifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference


@dataclass(frozen=True, slots=True)
class TreeNode:
    """One manifest and what hangs from it; ``platform`` and ``artifact_type`` are those of the descriptor that led here.

    ``manifest`` is None when it could not be read: a tree may be shown although a walk failed half way.
    """

    reference: Reference
    manifest: Manifest | None = None
    platform: Platform | None = None
    artifact_type: str = ""
    children: tuple[TreeNode, ...] = ()
    referrers: tuple[TreeNode, ...] = ()
