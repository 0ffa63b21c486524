from __future__ import annotations

from regclient.kit.flags.document import walk
from regclient.kit.flags.table import path_of
from regclient.regctl.app import ROOT
from tests.claims import claims
from tests.fakes import images
from tests.fakes.console import Console
from tests.programs.regctl.conftest import Disk, Served
from tests.tables import table


def test_the_program_lists_its_groups_and_hides_its_tools(regctl: Console) -> None:
    text = regctl().out

    assert [
        name for name in ("blob", "image", "manifest", "registry", "repo", "tag", "version") if f"\n  {name} " not in text
    ] == []
    assert "\n  digest " not in text
    assert "\n  ref " not in text


def test_the_help_of_every_command_shows_an_example(regctl: Console) -> None:
    commands = [chain for chain in walk(ROOT, hidden=True) if not chain[-1].is_group]

    assert ["regctl help"] == [path_of(chain) for chain in commands if not chain[-1].example]
    assert "\nExamples:\n\nregctl tag delete registry.example.org/repo:v42\n" in regctl("tag", "delete", "--help").out


@table(
    ("alias", "command"),
    [
        ("layer", "blob"),
        ("blob pull", "blob get"),
        ("blob digest", "blob head"),
        ("blob push", "blob put"),
        ("blob cp", "blob copy"),
        ("blob rm", "blob delete"),
        ("blob del", "blob delete"),
        ("image cp", "image copy"),
        ("image config", "image inspect"),
        ("image rate-limit", "image ratelimit"),
        ("image del", "image delete"),
        ("image rm", "image delete"),
        ("image remove", "image delete"),
        ("manifest pull", "manifest get"),
        ("manifest digest", "manifest head"),
        ("manifest push", "manifest put"),
        ("manifest del", "manifest delete"),
        ("manifest rm", "manifest delete"),
        ("manifest remove", "manifest delete"),
        ("repo list", "repo ls"),
        ("tag list", "tag ls"),
        ("tag del", "tag delete"),
        ("tag rm", "tag delete"),
        ("tag remove", "tag delete"),
    ],
)
def test_an_alias_is_the_command_itself(regctl: Console, alias: str, command: str) -> None:
    assert regctl(*command.split(), "--help") == regctl(*alias.split(), "--help")


def test_image_digest_and_manifest_are_no_aliases_of_others() -> None:
    image = ROOT.child("image")
    assert image is not None

    assert () == image.child("digest").aliases  # type: ignore[union-attr]
    assert () == image.child("manifest").aliases  # type: ignore[union-attr]


@claims("regctl --host")
def test_a_host_is_set_up_for_one_run(regctl: Console, served: Served, plain: str) -> None:
    images.image(served.registry.repository("app"), "v1", seed="host")

    assert 0 == served("image", "digest", f"{served.address}/app:v1").code
    ended = regctl("image", "digest", f"{plain}/app:v1")
    assert 1 == ended.code
    assert f"--host reg={plain},tls=disabled" in ended.err


@claims("regctl --user-agent")
def test_the_user_agent_can_be_replaced(served: Served) -> None:
    served("tag", "ls", f"{served.address}/app")
    served("tag", "ls", f"{served.address}/app", "--user-agent", "me/1")

    agents = [request.headers["User-Agent"] for request in served.registry.requests]
    assert ("regclient/regctl" in agents[0][0], ("me/1",)) == (True, agents[-1])


@claims("regctl --verbosity", "regctl --logopt")
def test_log_lines_follow_the_flags(regctl: Console, disk: Disk) -> None:
    words = ("manifest", "head", f"{disk.source}:single", "--list")

    assert "" == regctl(*words).err
    assert "level=INFO msg=" in regctl(*words, "-v", "info").err
    assert '"level":"INFO"' in regctl(*words, "-v", "info", "--logopt", "json").err


def test_a_host_may_be_given_as_an_address(served: Served) -> None:
    served.registry.require("basic", "user", "hunter2")
    images.image(served.registry.repository("app"), "v1")
    login = f"reg=http://{served.address}/,user=user,pass=hunter2"

    assert (0, "v1\n", "") == Console(ROOT)("--host", login, "tag", "ls", f"{served.address}/app")


def test_the_trace_shows_each_exchange_without_secrets(served: Served) -> None:
    served.registry.require("basic", "user", "hunter2")
    login = f"reg={served.address},tls=disabled,user=user,pass=hunter2"
    ended = Console(ROOT)("--host", login, "tag", "ls", f"{served.address}/app", "-v", "trace")

    assert 'level=DEBUG-4 msg="reg http request" req-method=GET' in ended.err
    assert "hunter2" not in ended.err
