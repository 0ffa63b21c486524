"""Laws of the nouns: what prints parses back, what is hostile gets an error of ours, and bytes stay what they are."""

from __future__ import annotations

import contextlib
import io
import json
from datetime import datetime, timedelta, timezone

from hypothesis import assume, given, settings
from hypothesis import strategies as some

from regclient.errors import RegistryClientError
from regclient.kit.keyvalues import parse_key_values
from regclient.model import gojson, mediatype
from regclient.model.descriptor import Descriptor, DescriptorFilter
from regclient.model.digest import ALGORITHMS, Digest, Verifier
from regclient.model.imageconfig import ImageConfig
from regclient.model.jsontext import load_with_text
from regclient.model.manifest import ImageManifest, IndexManifest, Manifest, parse_manifest
from regclient.model.platform import Platform
from regclient.model.reference import Reference, parse_host
from regclient.model.timestamp import normal_time, parse_time

patient = settings(deadline=None)  # the machine may be busy
digests = some.builds(Digest.of, some.binary(max_size=8), some.sampled_from(sorted(ALGORITHMS)))
registries = some.from_regex(
    r"(localhost|[a-z0-9]+(\.[a-z0-9]+)+|[A-Z][A-Z0-9]+|\[::[0-9a-f]{1,4}\]|[a-z]+:[0-9]+)", fullmatch=True
)
repositories = some.lists(some.from_regex(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*", fullmatch=True), min_size=1, max_size=4).map(
    "/".join
)
tags = some.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,20}", fullmatch=True)
paths = some.from_regex(r"[A-Za-z0-9/_.+~ -]{1,20}", fullmatch=True)
platforms = some.builds(
    Platform,
    some.sampled_from(["linux", "windows", "darwin", "macos", "freebsd", "plan9", ""]),
    some.sampled_from(["amd64", "x86_64", "arm64", "aarch64", "arm", "armhf", "armel", "i386", "386", "s390x", ""]),
    some.sampled_from(["", "v1", "v2", "v3", "v6", "v7", "v8", "7", "8", "weird"]),
    some.sampled_from(["", "10.0.17763.1", "10.0.17763.2", "10.0.14393.1", "13", "x"]),
)
descriptors = some.builds(
    Descriptor,
    some.sampled_from(sorted(mediatype.MANIFESTS | mediatype.LAYERS)),
    digests,
    some.integers(0, (1 << 63) - 1),
    urls=some.lists(some.text(max_size=8), max_size=2).map(tuple),
    annotations=some.dictionaries(some.text(max_size=5), some.text(max_size=8), max_size=3),
    data=some.none() | some.binary(min_size=1, max_size=4),
    platform=some.none() | platforms,
    artifact_type=some.text(max_size=5),
)
scalars = (
    some.none()
    | some.booleans()
    | some.integers(-(1 << 70), 1 << 70)
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(max_size=6)
)
NAMES = """
mediaType MEDIATYPE schemaVersion config layers manifests digest size platform annotations subject signatures protected
fsLayers blobSum rootfs diff_ids history created Labels data urls
"""
keys = some.text(max_size=4) | some.sampled_from(NAMES.split())
values = some.recursive(
    scalars, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(keys, inner, max_size=4), max_leaves=12
)
objects = some.dictionaries(keys, values, max_size=6)


@patient
@given(registries, repositories, some.none() | tags, some.none() | digests)
def test_references_print_as_they_parse(registry: str, repository: str, tag: str | None, digest: Digest | None) -> None:
    text = f"{registry}/{repository}" + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    found = Reference.parse(text)

    assert found == Reference.parse(str(found))
    assert (tag or ("" if digest else "latest"), str(digest or "")) == (found.tag, found.digest)
    assert (registry, text) == (found.registry, found.original)
    assert registry == parse_host(registry).registry


@patient
@given(paths, some.none() | tags)
def test_layout_references_print_as_they_parse(path: str, tag: str | None) -> None:
    found = Reference.parse(f"ocidir://{path}" + (f":{tag}" if tag else ""))

    assert found == Reference.parse(str(found))
    assert (path, tag or "latest") == (found.path, found.target)


@patient
@given(some.text(max_size=40) | some.from_regex(r"[a-zA-Z0-9./:@_\[\]-]{0,40}", fullmatch=True))
def test_no_text_breaks_the_parsers(text: str) -> None:
    for parse in (Reference.parse, parse_host, Platform.parse, Digest.parse, parse_key_values, parse_time, mediatype.base):
        with contextlib.suppress(RegistryClientError):
            parse(text)


@patient
@given(digests)
def test_digests_print_as_they_parse(digest: Digest) -> None:
    assert digest == Digest.parse(str(digest))


@patient
@given(some.binary(max_size=200), some.sampled_from(sorted(ALGORITHMS)), some.lists(some.integers(1, 50), max_size=20))
def test_content_is_verified_however_it_is_read(content: bytes, algorithm: str, steps: list[int]) -> None:
    stream = Verifier(io.BytesIO(content), Digest.of(content, algorithm), len(content))

    assert content == b"".join(stream.read(step) for step in steps) + stream.read()


@patient
@given(platforms)
def test_normal_platforms_stay_normal_and_print_as_they_parse(platform: Platform) -> None:
    normal = platform.normalized()

    assert normal == normal.normalized()
    assert str(platform) == str(normal)
    assert normal.matches(platform)
    if platform.os and platform.architecture:
        assert str(platform) == str(Platform.parse(str(platform)))


@patient
@given(platforms, some.lists(platforms, max_size=5))
def test_the_best_platform_runs_and_nothing_is_better(host: Platform, offered: list[Platform]) -> None:
    entries = [Descriptor("a/b", Digest.of(b""), number, platform=platform) for number, platform in enumerate(offered)]
    running = [platform for platform in offered if host.compatible(platform)]

    try:
        best = DescriptorFilter(platform=host).best(entries).platform
    except RegistryClientError:
        best = None
    if best is None:
        assert not any(host.better(platform, Platform()) for platform in running)
    else:
        assert best in running


@patient
@given(descriptors)
def test_descriptors_print_as_they_parse(descriptor: Descriptor) -> None:
    found = Descriptor.from_json(json.loads(descriptor.to_json()))

    assert descriptor == found
    assert descriptor.to_json() == found.to_json()


@patient
@given(descriptors, some.lists(descriptors, max_size=3), some.dictionaries(some.text(), some.text(), max_size=3))
def test_manifests_read_back_as_they_were_written(
    config: Descriptor, others: list[Descriptor], annotations: dict[str, str]
) -> None:
    for manifest in (
        ImageManifest.build(config=config, layers=others, annotations=annotations, subject=config),
        IndexManifest.build(manifests=others, annotations=annotations),
    ):
        found: Manifest = parse_manifest(manifest.raw)
        assert manifest == found
        assert found is found.replace(annotations=annotations)
        assert manifest.raw.decode() == found.written()


@patient
@given(some.text())
def test_strings_are_json_without_html(text: str) -> None:
    encoded = gojson.encode_text(text)

    assert text == json.loads(encoded)
    assert not set("<>&\u2028\u2029") & set(encoded)


@patient
@given(objects, some.sampled_from([None, 1, "\t"]))
def test_text_keeping_reads_the_values_of_json(value: dict[str, object], indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent)

    found = load_with_text(text)
    assert json.loads(text) == found or "\\ud" in text
    assert value.keys() == found.keys() or "\\ud" in text


@patient
@given(objects, some.sampled_from([*sorted(mediatype.MANIFESTS), ""]))
def test_no_document_breaks_the_manifests(value: dict[str, object], media_type: str) -> None:
    raw = json.dumps(value).encode()
    with contextlib.suppress(RegistryClientError):
        manifest = parse_manifest(raw, media_type=media_type)
        assert raw == manifest.raw
        with contextlib.suppress(RegistryClientError):
            changed = manifest.with_annotation("new", "value")
            assert changed == parse_manifest(changed.raw, media_type=changed.media_type)


@patient
@given(some.binary(max_size=60))
def test_no_bytes_break_the_manifests(raw: bytes) -> None:
    with contextlib.suppress(RegistryClientError):
        parse_manifest(raw)
    with contextlib.suppress(RegistryClientError):
        ImageConfig.parse(raw)


@patient
@given(objects)
def test_a_changed_config_keeps_every_unknown_member(value: dict[str, object]) -> None:
    value = {
        key: item for key, item in value.items() if key.casefold() not in {"created", "history", "rootfs", "config", "author"}
    }
    assume(not any(key.casefold() in {"os", "architecture", "variant", "features"} for key in value))
    changed = ImageConfig.parse(json.dumps(value).encode()).replace(author="me")

    assert {**value, "author": "me"}.items() <= json.loads(changed.raw).items() or "\\ud" in json.dumps(value)


@patient
@given(some.datetimes(), some.integers(-1439, 1439))
def test_times_stay_the_same_moment(moment: datetime, minutes: int) -> None:
    text = moment.replace(tzinfo=timezone(timedelta(minutes=minutes))).isoformat()

    assert parse_time(text) == parse_time(normal_time(text))
    assert normal_time(text) == normal_time(normal_time(text))
