from __future__ import annotations

import json
from functools import cache

from regclient.answers import RepositoryList, TagList
from regclient.goshapes.located import Located, LocatedReferrers
from regclient.goview import blob_put_result, document, pretty, put_result, subject_of, view
from regclient.kit.gotemplate.values import Struct
from regclient.model import mediatype
from regclient.model.descriptor import EMPTY, Descriptor
from regclient.model.digest import Digest
from regclient.model.manifest import ImageManifest
from regclient.model.ratelimit import RateLimit
from regclient.model.reference import Reference
from regclient.model.referrers import ReferrerList
from regclient.model.tree import TreeNode
from regclient.repository import ManifestHead
from tests.claims import claims
from tests.vectors.goview.samples import nouns, rendered

IMAGE = ImageManifest.build(config=EMPTY, annotations={"a": "<"})
samples = cache(nouns)


@claims("template json", "template jsonPretty")
def test_documents_keep_what_nobody_knows() -> None:
    odd = samples()["manifest odd"]

    assert '"zz":1.0' in rendered(odd, "{{json .}}")[0]
    assert '\n  "zz": 1.0,\n' in rendered(odd, "{{jsonPretty .}}")[0]
    assert rendered(odd, "{{json .}}") != rendered(odd, "{{jsonPretty .}}")


@claims("template printPretty")
def test_pretty_is_a_layout_where_there_is_one_and_json_elsewhere() -> None:
    assert "Layers:" in rendered(IMAGE, "{{printPretty .}}")[0]
    assert "{\n" == rendered(IMAGE, "{{printPretty .Config}}")[0][:2]
    assert pretty(view(IMAGE)) == pretty(IMAGE)
    assert '[\n  "a"\n]\n' == pretty(["a"])


def test_a_head_has_no_json() -> None:
    head = ManifestHead(mediatype.OCI_MANIFEST, None, 0)

    assert ("", "") == rendered(head, "{{json .}}{{jsonPretty .}}")
    assert "Digest:      \n" in pretty(head)


def test_what_is_no_noun_is_itself() -> None:
    for value in ("text", 7, ["a"], {"a": "b"}, None):
        assert value is view(value)
        assert value is subject_of(value)


def test_a_foreign_thing_of_the_same_name_is_no_noun() -> None:
    class Digest:
        pass

    stranger = Digest()

    assert stranger is view(stranger)


def test_pushes_give_small_objects() -> None:
    blob = Descriptor.of(b"hi")

    assert (f'{{"Digest":"{blob.digest}","Size":2}}\n', "") == rendered(blob_put_result(blob), "{{json .}}")
    assert (f"{{{blob.digest} 2}}", "") == rendered(blob_put_result(blob), "{{.}}")
    assert (f'{{"Manifest":{IMAGE.raw.decode()}}}\n', "") == rendered(put_result(IMAGE), "{{json .}}")
    assert (str(IMAGE.digest), "") == rendered(put_result(IMAGE), "{{.Manifest.GetDigest}}")
    assert ("a.b/c:1", "") == rendered(put_result(IMAGE, Reference.parse("a.b/c:1")), "{{.Manifest.GetRef.CommonName}}")


def test_rate_limits_have_gos_names() -> None:
    limit = RateLimit(76, 100, 5, known=True, policies=("100;w=60",))

    assert '{"Remain":76,"Limit":100,"Reset":5,"Set":true,"Policies":["100;w=60"]}\n' == rendered(limit, "{{json .}}")[0]
    assert "76 true [100;w=60]" == rendered(limit, "{{.Remain}} {{.Set}} {{.Policies}}")[0]


def test_lists_without_bytes_are_written_from_what_is_known() -> None:
    assert '{"name":"a","tags":["1","2"]}' == document(TagList("a", ("1", "2")))
    assert '{"repositories":["b","a"]}' == document(RepositoryList(("b", "a")))
    assert "a\nb\n" == pretty(RepositoryList(("b", "a")))


def test_lists_with_bytes_are_those_bytes() -> None:
    raw = b'{ "repositories": ["b"], "next": 1.0 }'

    assert raw.decode() == document(RepositoryList(("b",), raw=raw))
    assert ('{"repositories":["b"],"next":1.0}\n', "") == rendered(RepositoryList(("b",), raw=raw), "{{json .}}")
    assert "[b] [b]" == rendered(RepositoryList(("b",), raw=raw), "{{.Repositories}} {{.GetRepos}}")[0]


def test_a_view_may_bring_members_of_its_own_for_json() -> None:
    value = Struct("main.Config", {"Visible": 1}, subject={"visible": 1, "nested": {"b": 1, "a": IMAGE}})

    assert f'{{"visible":1,"nested":{{"a":{IMAGE.raw.decode()},"b":1}}}}\n' == rendered(value, "{{json .}}")[0]


def test_referrers_somewhere_else_say_where() -> None:
    subject, source = Reference.parse(f"a.b/c@{EMPTY.digest}"), Reference.parse("d.e/f:1")
    found = LocatedReferrers(ReferrerList(EMPTY.digest, (EMPTY,)), subject, source)

    assert "d.e/f:1" == rendered(found, "{{.Source.CommonName}}")[0]
    assert '"source":{"Scheme":"reg","Reference":"d.e/f:1"' in str(document(found))
    assert f"  Name:      d.e/f@{EMPTY.digest}\n" in pretty(found)


def test_a_tree_that_broke_off_still_shows() -> None:
    node = TreeNode(Reference.parse(f"a.b/c@{EMPTY.digest}"))

    assert '"manifest":null' in str(document(node))
    assert "[]" == rendered(node, "{{.Child}}")[0]
    assert f"Ref: a.b/c@{EMPTY.digest}\n" == pretty(node)


def test_html_is_not_escaped_outside_documents() -> None:
    tricky = EMPTY.replace(annotations={"a": '<&>\\u003c\\"'})

    assert json.loads(rendered(tricky, "{{json .}}")[0])["annotations"] == tricky.annotations
    assert r'"<&>\\u003c\\\""' in rendered(tricky, "{{json .}}")[0]
    assert "\\u003c" in rendered(Located(IMAGE, Reference()), "{{json .}}")[0]


def test_digests_answer_for_themselves() -> None:
    assert "sha256 <nil>" == rendered(Digest.of(b""), "{{.Algorithm}} {{.Validate}}")[0]
