"""How the time of a whole run is shared out, and which cases there are."""

from __future__ import annotations

from bench.cases import CASES
from bench.run import Budget, chosen
from bench.servers import FAR, PLAIN, TLS


def test_a_table_has_its_share_of_what_is_left_and_no_more_than_its_own() -> None:
    budget = Budget(table=10, whole=100)

    assert 10 == budget.share(0, 10)
    assert 5 == budget.share(50, 10)
    assert 0 == budget.share(120, 10)
    assert 10 == budget.share(0, 1)


def test_every_job_over_a_wire_goes_over_all_of_them() -> None:
    wires: dict[str, set[str]] = {}
    for case in CASES:
        name = case.name.replace("256 MiB", "1 GiB").removesuffix(", six at once")
        wires.setdefault(name, set()).update(case.wires)
    local = {name for name in wires if name in {"version", "--help"} or name.endswith("layout to layout")}

    assert {name: {PLAIN, TLS, FAR} for name in wires if name not in local} | {name: {PLAIN} for name in local} == {
        name: found | ({PLAIN, TLS} if name.startswith("regsync once") else set()) for name, found in wires.items()
    }


def test_cases_are_chosen_by_parts_of_their_names() -> None:
    assert {"retag"} == {case.name for case in chosen(["retag"], quick=False)}
    assert 6 == len(chosen(["mod *1 GiB", "mod *256"], quick=False))
    assert len(CASES) == len(chosen([], quick=True))
    assert all(TLS not in case.wires for case in chosen([], quick=True))
