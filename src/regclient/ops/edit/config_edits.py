"""Edits of image configs: what a container starts with, and how the image came to be.

Each runs on every image with a config, attestations in the clothes of images included; ``platforms`` narrows that. A value that
is in place already changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Unpack

from regclient.kit.patterns import Pattern, compile_pattern, literal
from regclient.model.containerconfig import Changes
from regclient.model.imageconfig import History, ImageConfig
from regclient.model.platform import Platform
from regclient.ops.edit.edit import Edit, Platforms, Work, among


class ConfigEdit(Edit):
    """An edit of configs alone."""

    __slots__ = ()
    configs: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class SetAuthor(ConfigEdit):
    """Say who made the image; nobody when empty."""

    author: str

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Set the author."""
        del work
        return config.replace(author=self.author)


@dataclass(frozen=True, slots=True)
class SetCmd(ConfigEdit):
    """Set the command, or the arguments of the entrypoint; none when empty."""

    words: tuple[str, ...]

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Set the command."""
        del work
        return container(config, cmd=self.words)


@dataclass(frozen=True, slots=True)
class SetEntrypoint(ConfigEdit):
    """Set the program a container starts with; none when empty."""

    words: tuple[str, ...]

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Set the entrypoint."""
        del work
        return container(config, entrypoint=self.words)


@dataclass(frozen=True, slots=True)
class SetUser(ConfigEdit):
    """Set the user that containers run as; the default when empty."""

    user: str
    platforms: Platforms = ()

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Set the user."""
        del work
        return container(config, user=self.user) if among(self.platforms, config) else config


@dataclass(frozen=True, slots=True)
class SetWorkdir(ConfigEdit):
    """Set the directory that containers start in; the default when empty."""

    path: str
    platforms: Platforms = ()

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Set the working directory."""
        del work
        return container(config, working_dir=self.path) if among(self.platforms, config) else config


@dataclass(frozen=True, slots=True)
class SetPlatform(ConfigEdit):
    """Say in the config what the image runs on; the entry of an index keeps what it says."""

    platform: Platform

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Set the platform, unless it is the same under another name."""
        del work
        return config if config.platform.matches(self.platform) else config.replace(platform=self.platform)


@dataclass(frozen=True, slots=True)
class SetEnv(ConfigEdit):
    """Set a variable of the environment, or remove it when the value is empty."""

    name: str
    value: str = ""
    platforms: Platforms = ()

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Change the first variable of that name in its place, or add one at the end."""
        del work
        if not among(self.platforms, config):
            return config
        env = list(config.config.env)
        place = next((at for at, text in enumerate(env) if text.partition("=")[0] == self.name), len(env))
        env[place : place + 1] = [f"{self.name}={self.value}"] if self.value else []
        return container(config, env=tuple(env))


@dataclass(frozen=True, slots=True)
class SetLabel(ConfigEdit):
    """Set a label, or remove it when the value is empty."""

    name: str
    value: str = ""
    platforms: Platforms = ()

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Set the label."""
        del work
        if not among(self.platforms, config):
            return config
        labels = {name: value for name, value in config.labels.items() if name != self.name or self.value}
        return container(config, labels=labels | ({self.name: self.value} if self.value else {}))


@dataclass(frozen=True, slots=True)
class AddPort(ConfigEdit):
    """Say that containers listen on a port, such as ``8080/tcp``."""

    port: str

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Add the port as it is written."""
        del work
        return container(config, exposed_ports=_with(config.config.exposed_ports, self.port))


@dataclass(frozen=True, slots=True)
class RemovePort(ConfigEdit):
    """Say no longer that containers listen on a port."""

    port: str

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Remove the port as it is written."""
        del work
        return container(config, exposed_ports=_without(config.config.exposed_ports, self.port))


@dataclass(frozen=True, slots=True)
class AddVolume(ConfigEdit):
    """Say that a path is a volume."""

    path: str

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Add the path as it is written."""
        del work
        return container(config, volumes=_with(config.config.volumes, self.path))


@dataclass(frozen=True, slots=True)
class RemoveVolume(ConfigEdit):
    """Say no longer that a path is a volume."""

    path: str

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Remove the path as it is written."""
        del work
        return container(config, volumes=_without(config.config.volumes, self.path))


@dataclass(frozen=True, slots=True)
class RemoveBuildArg(ConfigEdit):
    """Remove a build argument from the history: where it was declared, and where steps were run with its value.

    ``pattern`` says that the value is a regular expression (RE2).
    """

    name: str
    value: str
    pattern: bool = False

    def begin(self, work: Work) -> None:
        """Read the expression.

        Raises:
            ParseError: it is none.
        """
        work.once(self, self._compiled)

    def on_config(self, config: ImageConfig, work: Work) -> ImageConfig:
        """Remove the argument from every entry."""
        declared, used = work.once(self, self._compiled)
        kept = [entry for entry in config.history if not (entry.empty_layer and declared.matches(entry.created_by))]
        return config.replace(history=[_without_argument(entry, used) for entry in kept])

    def _compiled(self) -> tuple[Pattern, Pattern]:
        name, value = literal(self.name), f"(?:{self.value})" if self.pattern else literal(self.value)
        compile_pattern(self.value if self.pattern else "")
        declared = compile_pattern(f"(?s)^ARG {name}(?:=.*|)$")
        used = compile_pattern(f"(?s)^RUN \\|(?P<count>[0-9]+) (?P<before>(?:.* )?){name}={value}(?P<after>(?: .*)?)$")
        return declared, used


def container(config: ImageConfig, **fields: Unpack[Changes]) -> ImageConfig:
    """Return a config with other settings for containers; itself when nothing changes."""
    return config.replace(config=config.config.replace(**fields))


def _with(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return (*names, name)


def _without(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(each for each in names if each != name)


def _without_argument(entry: History, used: Pattern) -> History:
    found = used.groups(entry.created_by)
    if found is None:
        return entry
    count, before, after = int(found["count"]), found["before"], found["after"]
    head = "RUN " if count == 1 and not before else f"RUN |{count - 1} {before}"
    return replace(entry, created_by=head + after)
