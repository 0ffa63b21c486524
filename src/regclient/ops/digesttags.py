"""Tags that stand for a digest: how signing tools keep what belongs to a manifest where referrers are not known."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from regclient.model.descriptor import Descriptor
from regclient.model.digest import Digest
from regclient.model.referrers import ReferrerList, fallback_tag
from regclient.repository import Repository

REF_NAME = "org.opencontainers.image.ref.name"
"""The annotation that holds a tag."""


def digest_tags(tags: Iterable[str], digest: Digest, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the tags that start with a digest, but for those that are ``known`` to be lists of referrers."""
    prefix, lists = fallback_tag(digest), set(known)
    return tuple(tag for tag in tags if tag.startswith(prefix) and tag not in lists)


def with_digest_tags(repository: Repository, found: ReferrerList) -> ReferrerList:
    """Return a list of referrers with what the digest tags of its subject mean, each with its tag as an annotation.

    Raises:
        RepositoryNotFound: there are no tags to look at.
    """
    tags = digest_tags(repository.tags().tags, found.subject, found.tags)
    entries = tuple(_tagged(repository.resolve(tag), tag) for tag in tags)
    return dataclasses.replace(found, descriptors=(*found.descriptors, *entries))


def _tagged(entry: Descriptor, tag: str) -> Descriptor:
    return entry.replace(annotations={**entry.annotations, REF_NAME: tag})
