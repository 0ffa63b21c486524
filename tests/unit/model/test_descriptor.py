from __future__ import annotations

import pytest

from regclient.errors import InvalidManifest, PlatformNotFound, Unsupported
from regclient.model import mediatype
from regclient.model.descriptor import EMPTY, Descriptor, DescriptorFilter, descriptors_of
from regclient.model.digest import Digest
from regclient.model.platform import Platform
from tests.tables import table
from tests.vectors.model.read import Vector, vectors

HEX = "ab" * 32
JSON = {"mediaType": "a/b", "digest": f"sha256:{HEX}", "size": 3}


@table("case", vectors("same"))
def test_descriptors_compare_as_in_go(case: Vector) -> None:
    assert isinstance(case["arg"], list)
    one, other = map(Descriptor.from_json, case["arg"])

    assert case["output"] == [one.same(other), one.equal(other)]


@table("case", vectors("filter"))
def test_filters_choose_as_in_go(case: Vector) -> None:
    arg = case["arg"]
    assert isinstance(arg, dict)
    platform = Platform.from_json(arg["Platform"]) if "Platform" in arg else None
    wanted = DescriptorFilter(
        arg.get("Type", ""), arg.get("Notes", {}), platform, arg.get("Sort", ""), sort_descending=arg.get("Desc", False)
    )
    entries = [Descriptor.from_json(item) for item in arg["Entries"]]
    assert isinstance(case["output"], list)
    kept, best = case["output"]

    assert kept == [entry.size for entry in wanted.matching(entries)]
    if best < 0:
        with pytest.raises(PlatformNotFound):
            wanted.best(entries)
    else:
        assert best == wanted.best(entries).size


def test_the_best_of_nothing_is_not_found() -> None:
    with pytest.raises(PlatformNotFound):
        DescriptorFilter().best([])


def test_every_member_is_read_and_written() -> None:
    text = (
        f'{{"mediaType":"a/b","digest":"sha256:{HEX}","size":3,"urls":["https://x.example/?a=1\\u0026b"],'
        '"annotations":{"a":"","b":"\\u003c"},"data":"AAEC","platform":{"architecture":"amd64","os":"linux"},"artifactType":"c/d"}'
    )
    descriptor = Descriptor(
        "a/b",
        Digest("sha256", HEX),
        3,
        urls=("https://x.example/?a=1&b",),
        annotations={"b": "<", "a": ""},
        data=b"\x00\x01\x02",
        platform=Platform("linux", "amd64"),
        artifact_type="c/d",
    )

    assert text == descriptor.to_json()


def test_unknown_members_survive_a_change() -> None:
    descriptor = Descriptor.from_json({"new": [1], **JSON, "platform": {"os": "linux", "x": 1}}).replace(size=4)

    assert (
        f'{{"new":[1],"mediaType":"a/b","digest":"sha256:{HEX}","size":4,"platform":{{"architecture":"","os":"linux","x":1}}}}'
        == descriptor.to_json()
    )


@table(
    "value",
    [
        {},
        {**JSON, "digest": ""},
        {**JSON, "digest": "sha256:abc"},
        {**JSON, "digest": 1},
        {**JSON, "size": -1},
        {**JSON, "size": 1 << 63},
        {**JSON, "urls": "x"},
        {**JSON, "data": "!"},
        {**JSON, "platform": "linux"},
        "x",
        [],
    ],
)
def test_broken_descriptors_are_refused(value: object) -> None:
    with pytest.raises(InvalidManifest):
        Descriptor.from_json(value)


def test_a_digest_nobody_can_check_is_unsupported() -> None:
    with pytest.raises(Unsupported):
        Descriptor.from_json({**JSON, "digest": "blake3:" + HEX})


def test_lists_say_which_entry_is_broken() -> None:
    with pytest.raises(InvalidManifest, match=r"layers\[1\]"):
        descriptors_of({"layers": [JSON, {}]}, "layers", "m")
    assert () == descriptors_of({}, "layers", "m")


def test_inline_data_counts_only_when_it_is_what_it_says() -> None:
    content = b"hello"
    for algorithm in ("sha256", "sha512"):
        good = Descriptor.of(content, algorithm=algorithm).replace(data=content)
        assert content == good.inline
        assert None is good.replace(data=b"hellO").inline
        assert None is good.replace(size=4).inline
        assert None is good.replace(data=None).inline


def test_empty_content_needs_no_data() -> None:
    assert b"" == Descriptor.of(b"").inline
    assert None is Descriptor.of(b"").replace(digest=Digest.of(b"x")).inline


def test_the_empty_descriptor_is_the_specs() -> None:
    assert "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" == str(EMPTY.digest)
    assert (b"{}", 2, mediatype.OCI_EMPTY) == (EMPTY.inline, EMPTY.size, EMPTY.media_type)


def test_equal_descriptors_hash_alike() -> None:
    one = Descriptor("a/b", Digest("sha256", HEX), 3, annotations={"a": "b"})

    assert 1 == len({one, one.replace()})


def test_who_asks_for_a_platform_in_vain_is_told_which_there_are() -> None:
    def told(*platforms: str) -> str:
        entries = [Descriptor.of(b"x").replace(platform=Platform.parse(text)) for text in platforms]
        with pytest.raises(PlatformNotFound) as caught:
            DescriptorFilter(platform=Platform.parse("linux/s390x")).best(entries)
        return str(caught.value)

    found = told("linux/amd64", "unknown/unknown", "linux/arm64", "linux/amd64")
    assert "platform linux/s390x not found in an index for linux/amd64, linux/arm64" == found
    assert told().endswith("in an index that names no platforms")
    assert told(*(f"linux/cpu{number}" for number in range(20))).endswith("linux/cpu11, ...")
