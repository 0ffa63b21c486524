"""An OCI registry client: :class:`Client` is the front door, everything else is what it takes and gives.

The names below are the stable ones; all errors are in ``regclient.errors``, what is changed in images in ``regclient.edits``.
Each is imported when it is first used (PEP 562), so that a program pays for what it needs.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regclient.answers import BlobStat as BlobStat
    from regclient.answers import Ping as Ping
    from regclient.answers import RepositoryList as RepositoryList
    from regclient.answers import TagList as TagList
    from regclient.client import Client as Client
    from regclient.clock import Clock as Clock
    from regclient.clock import SystemClock as SystemClock
    from regclient.concurrency import Cancel as Cancel
    from regclient.concurrency import Ticker as Ticker
    from regclient.concurrency import Workers as Workers
    from regclient.errors import RegistryClientError as RegistryClientError
    from regclient.events import Event as Event
    from regclient.events import Planned as Planned
    from regclient.events import State as State
    from regclient.events import Warned as Warned
    from regclient.hosts import TLS as TLS
    from regclient.hosts import Credential as Credential
    from regclient.hosts import CredentialSource as CredentialSource
    from regclient.hosts import HostBook as HostBook
    from regclient.hosts import HostSettings as HostSettings
    from regclient.kit.secret import Secret as Secret
    from regclient.layout.repository import LayoutRepository as LayoutRepository
    from regclient.layout.repository import LayoutSettings as LayoutSettings
    from regclient.memory import MemoryRepository as MemoryRepository
    from regclient.model.children import Children as Children
    from regclient.model.children import children_of as children_of
    from regclient.model.descriptor import EMPTY as EMPTY
    from regclient.model.descriptor import Descriptor as Descriptor
    from regclient.model.descriptor import DescriptorFilter as DescriptorFilter
    from regclient.model.digest import Digest as Digest
    from regclient.model.digest import Verifier as Verifier
    from regclient.model.imageconfig import ImageConfig as ImageConfig
    from regclient.model.manifest import ArtifactManifest as ArtifactManifest
    from regclient.model.manifest import ImageManifest as ImageManifest
    from regclient.model.manifest import IndexManifest as IndexManifest
    from regclient.model.manifest import Manifest as Manifest
    from regclient.model.manifest import Schema1Manifest as Schema1Manifest
    from regclient.model.manifest import convert as convert
    from regclient.model.manifest import parse_manifest as parse_manifest
    from regclient.model.platform import Platform as Platform
    from regclient.model.ratelimit import RateLimit as RateLimit
    from regclient.model.reference import Reference as Reference
    from regclient.model.referrers import ReferrerList as ReferrerList
    from regclient.model.referrers import fallback_tag as fallback_tag
    from regclient.model.tree import TreeNode as TreeNode
    from regclient.observer import Observer as Observer
    from regclient.ops.archive.read import ImportOptions as ImportOptions
    from regclient.ops.archive.read import import_image as import_image
    from regclient.ops.archive.write import ExportOptions as ExportOptions
    from regclient.ops.archive.write import export_image as export_image
    from regclient.ops.artifact import ArtifactFile as ArtifactFile
    from regclient.ops.artifact import ArtifactPutOptions as ArtifactPutOptions
    from regclient.ops.blobs import Escort as Escort
    from regclient.ops.blobs import copy_blob as copy_blob
    from regclient.ops.config import image_config as image_config
    from regclient.ops.config import read_config as read_config
    from regclient.ops.copy import copy as copy
    from regclient.ops.copy import plan_copy as plan_copy
    from regclient.ops.copy import run_copy as run_copy
    from regclient.ops.copyplan import CopyOptions as CopyOptions
    from regclient.ops.copyplan import CopyPlan as CopyPlan
    from regclient.ops.edit.editor import ImageEditor as ImageEditor
    from regclient.ops.edit.plan import EditPlan as EditPlan
    from regclient.ops.fetch import ArtifactGetOptions as ArtifactGetOptions
    from regclient.ops.files import LayerFile as LayerFile
    from regclient.ops.files import image_layers as image_layers
    from regclient.ops.files import open_file as open_file
    from regclient.ops.index import IndexCreateOptions as IndexCreateOptions
    from regclient.ops.index import IndexEntries as IndexEntries
    from regclient.ops.select import best_entry as best_entry
    from regclient.ops.select import referrers_of as referrers_of
    from regclient.ops.tree import Tree as Tree
    from regclient.ops.tree import TreeOptions as TreeOptions
    from regclient.ops.walk import read_manifest as read_manifest
    from regclient.ops.walk import walk_manifests as walk_manifests
    from regclient.remote.registry import RemoteRegistry as RemoteRegistry
    from regclient.remote.repository import RemoteRepository as RemoteRepository
    from regclient.remote.shared import RemoteOptions as RemoteOptions
    from regclient.repository import Collects as Collects
    from regclient.repository import Forwards as Forwards
    from regclient.repository import Gathers as Gathers
    from regclient.repository import ManifestHead as ManifestHead
    from regclient.repository import Mounts as Mounts
    from regclient.repository import Name as Name
    from regclient.repository import Pings as Pings
    from regclient.repository import Registry as Registry
    from regclient.repository import Repository as Repository
    from regclient.repository import ScansReferrers as ScansReferrers
    from regclient.settings.machine import local_platform as local_platform
    from regclient.sync.config import ReferrerFilter as ReferrerFilter
    from regclient.sync.config import RepositoryFilter as RepositoryFilter
    from regclient.sync.config import SyncConfig as SyncConfig
    from regclient.sync.config import SyncDefaults as SyncDefaults
    from regclient.sync.config import SyncRateLimit as SyncRateLimit
    from regclient.sync.config import SyncStep as SyncStep
    from regclient.sync.config import TagFilter as TagFilter
    from regclient.sync.config import settled as settled
    from regclient.sync.events import Decision as Decision
    from regclient.sync.events import SyncEvent as SyncEvent
    from regclient.sync.events import SyncObserver as SyncObserver
    from regclient.sync.run import Syncer as Syncer
    from regclient.sync.run import run_sync as run_sync
    from regclient.sync.steps import Action as Action
    from regclient.sync.tally import SyncResult as SyncResult
    from regclient.transport.messages import Request as Request
    from regclient.transport.messages import Response as Response
    from regclient.transport.messages import Transport as Transport
    from regclient.transport.options import Retries as Retries
    from regclient.transport.options import Roots as Roots
    from regclient.transport.options import Timeouts as Timeouts
    from regclient.transport.options import WireOptions as WireOptions
    from regclient.transport.sender import Sender as Sender
    from regclient.version import __version__ as __version__

_HOMES = {
    "Action": "sync.steps",
    "ArtifactFile": "ops.artifact",
    "ArtifactGetOptions": "ops.fetch",
    "ArtifactManifest": "model.manifest",
    "ArtifactPutOptions": "ops.artifact",
    "BlobStat": "answers",
    "Cancel": "concurrency",
    "Children": "model.children",
    "Client": "client",
    "Clock": "clock",
    "Collects": "repository",
    "CopyOptions": "ops.copyplan",
    "CopyPlan": "ops.copyplan",
    "Credential": "hosts",
    "CredentialSource": "hosts",
    "Decision": "sync.events",
    "Descriptor": "model.descriptor",
    "DescriptorFilter": "model.descriptor",
    "Digest": "model.digest",
    "EMPTY": "model.descriptor",
    "EditPlan": "ops.edit.plan",
    "Escort": "ops.blobs",
    "Event": "events",
    "ExportOptions": "ops.archive.write",
    "Forwards": "repository",
    "Gathers": "repository",
    "HostBook": "hosts",
    "HostSettings": "hosts",
    "ImageConfig": "model.imageconfig",
    "ImageEditor": "ops.edit.editor",
    "ImageManifest": "model.manifest",
    "ImportOptions": "ops.archive.read",
    "IndexCreateOptions": "ops.index",
    "IndexEntries": "ops.index",
    "IndexManifest": "model.manifest",
    "LayerFile": "ops.files",
    "LayoutRepository": "layout.repository",
    "LayoutSettings": "layout.repository",
    "Manifest": "model.manifest",
    "ManifestHead": "repository",
    "MemoryRepository": "memory",
    "Mounts": "repository",
    "Name": "repository",
    "Observer": "observer",
    "Ping": "answers",
    "Pings": "repository",
    "Planned": "events",
    "Platform": "model.platform",
    "RateLimit": "model.ratelimit",
    "Reference": "model.reference",
    "ReferrerFilter": "sync.config",
    "ReferrerList": "model.referrers",
    "Registry": "repository",
    "RegistryClientError": "errors",
    "RemoteOptions": "remote.shared",
    "RemoteRegistry": "remote.registry",
    "RemoteRepository": "remote.repository",
    "Repository": "repository",
    "RepositoryFilter": "sync.config",
    "RepositoryList": "answers",
    "Request": "transport.messages",
    "Response": "transport.messages",
    "Retries": "transport.options",
    "Roots": "transport.options",
    "ScansReferrers": "repository",
    "Schema1Manifest": "model.manifest",
    "Secret": "kit.secret",
    "Sender": "transport.sender",
    "State": "events",
    "SyncConfig": "sync.config",
    "SyncDefaults": "sync.config",
    "SyncEvent": "sync.events",
    "SyncObserver": "sync.events",
    "SyncRateLimit": "sync.config",
    "SyncResult": "sync.tally",
    "SyncStep": "sync.config",
    "Syncer": "sync.run",
    "SystemClock": "clock",
    "TLS": "hosts",
    "TagFilter": "sync.config",
    "TagList": "answers",
    "Ticker": "concurrency",
    "Timeouts": "transport.options",
    "Transport": "transport.messages",
    "Tree": "ops.tree",
    "TreeNode": "model.tree",
    "TreeOptions": "ops.tree",
    "Verifier": "model.digest",
    "Warned": "events",
    "WireOptions": "transport.options",
    "Workers": "concurrency",
    "__version__": "version",
    "best_entry": "ops.select",
    "children_of": "model.children",
    "convert": "model.manifest",
    "copy": "ops.copy",
    "copy_blob": "ops.blobs",
    "export_image": "ops.archive.write",
    "fallback_tag": "model.referrers",
    "image_config": "ops.config",
    "image_layers": "ops.files",
    "import_image": "ops.archive.read",
    "local_platform": "settings.machine",
    "open_file": "ops.files",
    "parse_manifest": "model.manifest",
    "plan_copy": "ops.copy",
    "read_config": "ops.config",
    "read_manifest": "ops.walk",
    "referrers_of": "ops.select",
    "run_copy": "ops.copy",
    "run_sync": "sync.run",
    "settled": "sync.config",
    "walk_manifests": "ops.walk",
}
__all__ = [*_HOMES]  # noqa: PLE0604 - the table is the list


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - the door that keeps start-up quick

    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *__all__})
