"""Lists, blobs, trees and the results of pushes as Go structs."""

from __future__ import annotations

from collections.abc import Iterable

from regclient.answers import BlobStat, RepositoryList, TagList
from regclient.goshapes import parts
from regclient.goshapes.google import manifest_info
from regclient.goshapes.located import LocatedReferrers
from regclient.goshapes.manifests import Found, fields_of, manifest, promoted_of
from regclient.kit.gotemplate.values import Failure, Method, Named, Struct, nil_pointer
from regclient.model import mediatype
from regclient.model.descriptor import Descriptor
from regclient.model.manifest import IndexManifest
from regclient.model.reference import Reference
from regclient.model.tree import TreeNode
from regclient.pretty import layout_bytes
from regclient.repository import ManifestHead


def tags(found: TagList) -> Struct:
    """View the tags of a repository, with what Google's registries and layouts tell besides."""
    fields = parts.Fields(
        {
            "Name": found.name,
            "Tags": parts.texts(found.tags),
            "Children": parts.texts(found.children),
            "Manifests": Named(
                {key: manifest_info(item) for key, item in found.manifests.items()}, "map[string]tag.GCRManifestInfo"
            ),
        },
        {"Index": lambda: _index(found)},
    )
    methods: dict[str, Method] = {
        "GetOrig": lambda: None,
        "GetTags": lambda: parts.texts(found.tags),
        "GetURL": lambda: _url(found.url),
        "MarshalPretty": lambda: layout_bytes(found),
        "RawBody": lambda: found.raw,
        "RawHeaders": lambda: parts.headers(found.headers),
    }
    return Struct("tag.List", fields, methods=methods, pointer=True, subject=found)


def repositories(found: RepositoryList) -> Struct:
    """View one page of a registry's catalog."""
    methods: dict[str, Method] = {
        "GetOrig": lambda: None,
        "GetRepos": lambda: parts.texts(found.repositories),
        "MarshalPretty": lambda: layout_bytes(found),
        "RawBody": lambda: found.raw,
        "RawHeaders": lambda: parts.headers(found.headers),
    }
    fields = {"Repositories": parts.texts(found.repositories)}
    return Struct("repo.RepoList", fields, methods=methods, pointer=True, subject=found)


def referrers(found: LocatedReferrers) -> Struct:
    """View the referrers of a subject."""
    held = found.referrers
    fields = {
        "Subject": parts.reference(found.subject),
        "Source": parts.reference(found.source),
        "Descriptors": parts.descriptors(held.descriptors),
        "Annotations": parts.labels(held.annotations),
        "Manifest": manifest(held.manifest or IndexManifest.build()),
        "Tags": parts.texts(held.tags),
    }
    methods: dict[str, Method] = {
        "IsEmpty": lambda: not held.descriptors,
        "MarshalPretty": lambda: layout_bytes(found),
    }
    return Struct("referrer.ReferrerList", fields, methods=methods, subject=found)


def tree(found: TreeNode) -> Struct:
    """View a node of a tree and everything below it."""
    runs_on = found.platform
    fields = {
        "Ref": parts.reference(found.reference),
        "Manifest": manifest(found.manifest, found.reference) if found.manifest is not None else None,
        "Platform": parts.platform(runs_on, pointer=True) if runs_on is not None else nil_pointer("platform.Platform"),
        "ArtifactType": found.artifact_type,
        "Child": _nodes(found.children),
        "Referrer": _nodes(found.referrers),
        "ReferrerSrc": parts.reference(None),
    }
    methods: dict[str, Method] = {"MarshalPretty": lambda: layout_bytes(found)}
    return Struct("main.treeResult", fields, methods=methods, pointer=True, subject=found)


def blob(found: BlobStat) -> Struct:
    """View a blob nobody has read: it has methods only."""
    described = Descriptor(found.media_type, found.digest, found.size)
    methods: dict[str, Method] = {
        "Digest": lambda: parts.digest(found.digest),
        "GetDescriptor": lambda: parts.descriptor(described),
        "Length": lambda: parts.int64(found.size),
        "MediaType": lambda: found.media_type,
        "RawBody": _unread,
        "RawHeaders": lambda: parts.headers(found.headers),
        "Response": lambda: nil_pointer("http.Response"),
    }
    return Struct("blob.BReader", {}, methods=methods, pointer=True, subject=found)


def put_blob(found: Descriptor) -> Struct:
    """View what pushing a blob gives: its digest and its size."""
    fields = {"Digest": parts.digest(found.digest), "Size": parts.int64(found.size)}
    return Struct("struct { Digest digest.Digest; Size int64 }", fields)


def put_manifest(found: Found, reference: Reference | None) -> Struct:
    """View what pushing a manifest gives: an object that holds it."""
    return Struct("struct { Manifest manifest.Manifest }", {"Manifest": manifest(found, reference)})


def _index(found: TagList) -> Struct:
    index = found.index
    if index is None:
        nothing = ManifestHead(mediatype.OCI_INDEX, None, 0)
        zero = parts.Text(lambda: '{"schemaVersion":0,"manifests":null}')
        return Struct("v1.Index", fields_of(nothing), methods=promoted_of(nothing), subject=zero)
    return Struct("v1.Index", fields_of(index), methods=promoted_of(index), subject=parts.Text(index.written))


def _url(text: str) -> object:
    if not text:
        return nil_pointer("url.URL")
    scheme, _, rest = text.partition("://")
    address, _, query = rest.partition("?")
    host, slash, path = address.partition("/")
    fields = {"Scheme": scheme, "Host": host, "Path": slash + path, "RawQuery": query}
    return Struct("url.URL", fields, methods={"String": lambda: text}, text=lambda: text, pointer=True)


def _nodes(found: Iterable[TreeNode]) -> Named:
    return Named([tree(node) for node in found] or None, "[]*main.treeResult")


def _unread() -> object:
    raise Failure("unable to read the body of a blob that was only asked about")
