from __future__ import annotations

from regclient.model.reference import Reference
from regclient.model.tree import TreeNode


def test_a_node_nobody_could_read_is_still_a_node() -> None:
    node = TreeNode(Reference.parse("example.com/a:1"))

    assert (None, None, "", (), ()) == (node.manifest, node.platform, node.artifact_type, node.children, node.referrers)
    assert node == TreeNode(Reference.parse("example.com/a:1"), children=(), referrers=())
