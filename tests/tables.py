"""Tables of cases inside one test, for cases so small that a test each would cost more than what it tests."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

Test = Callable[..., None]


def table(names: str | tuple[str, ...], rows: Iterable[Any]) -> Callable[[Test], Test]:
    """Run a test with each row of a table; it fails once, with every row that failed and why.

    Names and rows are those of ``pytest.mark.parametrize``. Fixtures are made once for all rows: nothing may be left in them.
    """
    wanted = tuple(names.replace(",", " ").split()) if isinstance(names, str) else names
    single = isinstance(names, str) and len(wanted) == 1
    cases = [(row,) if single else tuple(row) for row in rows]
    assert cases, "a table without rows tests nothing"

    def decorate(test: Test) -> Test:
        signature = inspect.signature(test)
        fixtures = [parameter for name, parameter in signature.parameters.items() if name not in wanted]
        assert len(fixtures) + len(wanted) == len(signature.parameters), f"{test.__name__} does not take {wanted}"

        @functools.wraps(test)
        def run(**given: Any) -> None:
            failures = [failure for case in cases if (failure := _failure(test, dict(zip(wanted, case, strict=True)), given))]
            if failures:
                raise BaseExceptionGroup(f"{len(failures)} of {len(cases)} rows", failures)

        run.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]
        return run

    return decorate


def _failure(test: Test, case: dict[str, Any], given: dict[str, Any]) -> BaseException | None:
    try:
        test(**case, **given)
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - shown with all the others
        error.add_note("the row: " + ", ".join(f"{name}={value!r}" for name, value in case.items()))
        return error
    return None
