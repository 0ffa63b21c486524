"""Nothing is inert: every flag, template function, option and setting is claimed by a test that shows what it does."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from functools import cache

from regclient.cli.output import functions_of
from regclient.hosts import HostSettings
from regclient.kit.flags.table import Command
from regclient.kit.gotemplate.builtins import BUILTINS
from regclient.ops.archive.read import ImportOptions
from regclient.ops.archive.write import ExportOptions
from regclient.ops.artifact import ArtifactPutOptions
from regclient.ops.copyplan import CopyOptions
from regclient.ops.fetch import ArtifactGetOptions
from regclient.ops.index import IndexCreateOptions, IndexEntries
from regclient.ops.tree import TreeOptions
from regclient.regbot.app import ROOT as REGBOT
from regclient.regbot.config import DEFAULTS as BOT_DEFAULTS
from regclient.regbot.config import SCRIPT as BOT_SCRIPT
from regclient.regbot.sandbox.library import FUNCTIONS as LUA
from regclient.regctl.app import ROOT as REGCTL
from regclient.regsync.app import ROOT as REGSYNC
from regclient.regsync.form import FORM
from tests.house.source import ROOT, tree_of

OPTIONS = (
    ArtifactGetOptions,
    ArtifactPutOptions,
    CopyOptions,
    ExportOptions,
    ImportOptions,
    IndexCreateOptions,
    IndexEntries,
    TreeOptions,
)
SHARED_WITH_REGCTL = frozenset(
    f"regsync {name}"
    for name in (
        *(f"completion {shell} --no-descriptions" for shell in ("bash", "fish", "powershell", "zsh")),
        *(f"cli-doc --{flag}" for flag in ("format", "hidden", "list")),
        "version --format",
    )
)
"""Flags of commands that are the same code in every program: regctl's tests claim them."""


@cache
def claimed() -> frozenset[str]:
    """Every name in a ``@claims(...)`` above a test."""
    return frozenset(name for path in (ROOT / "tests").rglob("test_*.py") for name in claims_in(tree_of(path)))


def claims_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "claims":
                    yield from (str(ast.literal_eval(argument)) for argument in decorator.args)


def unclaimed(names: Iterator[str]) -> list[str]:
    return sorted(set(names) - claimed())


def fields_of(*classes: type) -> Iterator[str]:
    for kind in classes:
        assert dataclasses.is_dataclass(kind)
        yield from (f"{kind.__name__}.{field.name}" for field in dataclasses.fields(kind))


def flags_of(command: Command, path: str) -> Iterator[str]:
    for flag in (*command.flags, *command.persistent):
        yield f"{path} --{flag.name}"
    for child in command.children:
        yield from flags_of(child, f"{path} {child.name}")


def test_every_flag_of_every_command_is_claimed() -> None:
    assert [] == unclaimed(flags_of(REGCTL, "regctl"))
    assert [] == unclaimed(flags_of(REGBOT, "regbot"))


def test_every_function_of_scripts_and_every_key_of_their_file_is_claimed() -> None:
    assert [] == unclaimed(f"lua {name}" for name in LUA)
    assert [] == unclaimed(f"regbot defaults.{key.name}" for key in BOT_DEFAULTS.keys)
    assert [] == unclaimed(f"regbot {key.name}" for key in BOT_SCRIPT.keys)


def test_every_flag_of_regsync_is_claimed() -> None:
    assert [] == unclaimed(name for name in flags_of(REGSYNC, "regsync") if name not in SHARED_WITH_REGCTL)


def test_every_key_of_regsyncs_file_is_claimed() -> None:
    assert [] == unclaimed(f"regsync {key.name}" for record in (FORM.defaults, FORM.entry) for key in record.keys)


def test_every_template_function_is_claimed() -> None:
    assert [] == unclaimed(f"template {name}" for name in (*functions_of({}), *BUILTINS))


def test_every_option_of_a_verb_is_claimed() -> None:
    assert [] == unclaimed(fields_of(*OPTIONS))


def test_every_setting_of_a_host_is_claimed() -> None:
    assert [] == unclaimed(fields_of(HostSettings))


def test_claims_name_things_that_exist() -> None:
    assert claimed()
