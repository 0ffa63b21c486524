from __future__ import annotations

from regclient.kit.gotemplate.escaping import html, js, urlquery
from regclient.kit.gotemplate.values import Struct


def test_html_escapes_markup_and_quotes() -> None:
    assert html("<a href=\"x\" title='&'>\0") == "&lt;a href=&#34;x&#34; title=&#39;&amp;&#39;&gt;�"


def test_js_escapes_what_ends_a_string_or_a_script() -> None:
    assert js("it's \"<b>&=\\\n\u2028é") == r"it\'s \"\u003Cb\u003E\u0026\u003D\\\u000A\u2028é"


def test_urlquery_escapes_bytes() -> None:
    assert urlquery("a b/é~-_.") == "a+b%2F%C3%A9~-_."


def test_several_values_are_printed_first() -> None:
    assert html(1, 2, "<") == "1 2&lt;"


def test_nothing_is_shown_as_templates_show_it() -> None:
    assert html(None) == "&lt;no value&gt;"


def test_a_pointer_is_shown_as_what_it_points_at() -> None:
    assert html(Struct("main.P", {"X": "<"}, pointer=True)) == "{&lt;}"
