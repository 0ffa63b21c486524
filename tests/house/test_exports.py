"""The stable names: frozen here, sorted, lazy, and documented page by page in ``docs/reference/api.md``."""

from __future__ import annotations

import ast
import subprocess
import sys

import regclient
from tests.house.source import ROOT, SOURCE, tree_of

TEXT = """
    Action ArtifactFile ArtifactGetOptions ArtifactManifest ArtifactPutOptions BlobStat Cancel Children Client Clock
    Collects CopyOptions CopyPlan Credential CredentialSource Decision Descriptor DescriptorFilter Digest EMPTY
    EditPlan Escort Event ExportOptions Forwards Gathers HostBook HostSettings ImageConfig ImageEditor ImageManifest
    ImportOptions IndexCreateOptions IndexEntries IndexManifest LayerFile LayoutRepository LayoutSettings Manifest ManifestHead
    MemoryRepository Mounts Name Observer Ping Pings Planned Platform RateLimit Reference ReferrerFilter ReferrerList
    Registry RegistryClientError RemoteOptions RemoteRegistry RemoteRepository Repository RepositoryFilter
    RepositoryList Request Response Retries Roots ScansReferrers Schema1Manifest Secret Sender State SyncConfig
    SyncDefaults SyncEvent SyncObserver SyncRateLimit SyncResult SyncStep Syncer SystemClock TLS TagFilter TagList
    Ticker Timeouts Transport Tree TreeNode TreeOptions Verifier Warned WireOptions Workers __version__ best_entry
    children_of convert copy copy_blob export_image fallback_tag image_config image_layers import_image local_platform
    open_file parse_manifest plan_copy read_config read_manifest referrers_of run_copy run_sync settled walk_manifests
"""
FROZEN = TEXT.split()


def typed_names() -> dict[str, str]:
    """What type checkers see: each name with the module it is imported from."""
    return {
        alias.asname or alias.name: (node.module or "").removeprefix("regclient.")
        for block in tree_of(SOURCE / "__init__.py").body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_the_public_names_are_the_frozen_ones() -> None:
    assert FROZEN == regclient.__all__
    assert FROZEN == sorted(FROZEN)


def test_type_checkers_and_programs_see_the_same_names() -> None:
    assert typed_names() == regclient._HOMES


def test_every_public_name_can_be_imported_and_is_listed() -> None:
    assert [] == [name for name in FROZEN if getattr(regclient, name, None) is None]
    assert set(FROZEN) <= set(dir(regclient))
    assert not hasattr(regclient, "no_such_name")


def test_importing_the_package_imports_nothing_else_of_it() -> None:
    code = "import sys, regclient; print(*[name for name in sys.modules if name.startswith('regclient.')])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, check=True
    )
    assert loaded.stdout.split() == []
