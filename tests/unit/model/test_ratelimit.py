from __future__ import annotations

from regclient.model.headers import headers_of
from regclient.model.ratelimit import RateLimit, rate_limit_of
from tests.tables import table


@table(
    ("fields", "expected"),
    [
        ([], RateLimit()),
        (
            [("ratelimit-limit", "100;w=21600"), ("ratelimit-remaining", "76;w=21600")],
            RateLimit(76, 100, 0, known=True, policies=("100;w=21600",)),
        ),
        (
            [("RateLimit-Limit", "100, 100;w=60, 1000;w=3600"), ("RateLimit-Remaining", "5"), ("RateLimit-Reset", "30")],
            RateLimit(5, 100, 30, known=True, policies=("100;w=60", "1000;w=3600")),
        ),
        ([("RateLimit-Limit", "10;w=1, 20;w=2")], RateLimit(0, 10, policies=("10;w=1", "20;w=2"))),
        ([("RateLimit-Remaining", "many"), ("RateLimit-Limit", "x"), ("RateLimit-Reset", "soon")], RateLimit()),
        ([("RateLimit-Remaining", "0")], RateLimit(known=True)),
        ([("RateLimit-Remaining", "9" * 1000)], RateLimit()),
    ],
)
def test_what_headers_say_of_the_rate_limit(fields: list[tuple[str, str]], expected: RateLimit) -> None:
    assert expected == rate_limit_of(headers_of(fields))
