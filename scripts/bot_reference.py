"""Write the page of regbot: its commands, the keys of its file, and the functions scripts call, all from what defines them.

``make docs`` runs it; ``tests/house/test_bot_docs.py`` fails when the page is not what this would write, and
``tests/docs/test_lua_examples.py`` runs every example.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from regclient.goshapes import configs, parts
from regclient.jobs.creds import KEYS
from regclient.jobs.kinds import Key
from regclient.kit.flags.document import markdown
from regclient.model.descriptor import EMPTY
from regclient.model.imageconfig import ImageConfig
from regclient.model.manifest import ImageManifest, IndexManifest
from regclient.model.platform import Platform
from regclient.model.ratelimit import RateLimit
from regclient.regbot.app import ROOT
from regclient.regbot.config import DEFAULTS, SCRIPT
from regclient.regbot.sandbox.calls import Function
from regclient.regbot.sandbox.export import config_data, descriptor_data, manifest_data, rate_limit_data, value_of
from regclient.regbot.sandbox.library import FUNCTIONS, MODULES
from regclient.regbot.sandbox.wire import Record

FILE = """\
## The file

YAML, with these keys. Times are texts such as `90s`, `15m` or `1h30m`; keys that begin with `x-` are the user's own;
other unknown keys are ignored with a warning. `regbot schema` prints the [JSON Schema](regbot.schema.json), for
editors. `memoryLimit` and `cpuLimit` are not in the Go program.

```yaml
version: 1
creds:
  - registry: registry.example.org
    user: bot
    pass: '{{ env "BOT_PASS" }}'
defaults:
  schedule: "20 * * * *"
  timeout: 15m
scripts:
  - name: promote
    script: |
      image.copy("registry.example.org/ci/app:tested", "registry.example.org/app:latest")
```
"""
LANGUAGE = """\
## The language

Lua 5.1 with `goto`. Every run of a script begins anew: scripts share no variables. A script may use

- the functions below;
- `print`, `io.write`, `io.stdout`, `io.stderr`, in order with the log;
- `string`, `table`, `math`, `coroutine`, `os.clock`, `os.date`, `os.difftime`, `os.getenv`, `os.setenv`, `os.time`,
  `debug.getinfo`, `debug.traceback`, `require` of what is in `package.preload`, `load` and `loadstring` of text;
- `os.exit`, which ends the script and not the program: with a code other than 0 as a failure;
- with `--allow-io` also the rest of `io` and `os`, `dofile`, `loadfile`, `require` of files on `package.path`, and the
  functions for tar files.

Layouts (`ocidir://path`) are repositories: scripts read and write them wherever the program may.

Everything that fails raises an error, whose text begins with the line that made the call; `pcall` catches it. A script
is ended, and nothing catches that, when it has taken longer than `timeout`, used more processor time than `cpuLimit`,
or wants more memory than `memoryLimit` outside of a `pcall`.

What functions accept:

- REF: text (`alpine`, `ghcr.io/org/app:v1`, `ocidir://path:tag`), a reference, a manifest, an image config or a blob;
- MANIFEST: the same without a blob; from text or a reference the manifest is fetched;
- an explicit `nil` is an argument, and not the same as leaving it out.

`type()` of a reference, manifest, image config or blob is `"userdata"`. Their fields go by the name they have in JSON
and by the one they have in Go (`m.config.digest`, `m.config.Digest`). To change an image, edit tables inside an object
under their JSON names, and call `export` for a new object; fields directly in an object cannot be set.
"""
SHOWN = {"{reg}": "registry.example.org", "{dir}": "/data"}
HIDDEN = {"write": "print", "exit": "os.exit"}
ARGUMENTS = {"write": "..."}


def page() -> str:
    """Return the page."""
    parts = [markdown(ROOT).rstrip("\n") + "\n", FILE, *file_tables(), LANGUAGE, *fields(), *functions()]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def file_tables() -> Iterator[str]:
    """Yield the tables of keys."""
    yield table("Under `creds`, a list", KEYS)
    yield table("Under `defaults`", DEFAULTS.keys)
    yield table("Under `scripts`, a list", SCRIPT.keys)


def table(title: str, keys: Iterable[Key]) -> str:
    """Return the table of some keys."""
    rows = "".join(f"| `{key.name}` | {key.help} |\n" for key in keys)
    return f"### {title}\n\n| key | meaning |\n|---|---|\n{rows}"


def fields() -> Iterator[str]:
    """Yield what there is to read in tables and objects, taken from samples of each."""
    yield "## Fields\n\nThe name in Go, then the one in JSON where there is another."
    yield "".join(f"- {title}: {', '.join(map(both, record.fields))}\n" for title, record in samples())


def samples() -> Iterator[tuple[str, Record]]:
    """Yield each kind of table with a sample."""
    image = ImageManifest.build(config=EMPTY)
    found: dict[str, object] = {
        "descriptor": descriptor_data(EMPTY),
        "platform": value_of(parts.platform(Platform("linux", "amd64"))),
        "image manifest": manifest_data(image),
        "index": manifest_data(IndexManifest.build()),
        "image config": config_data(ImageConfig.build()),
        "its `Config`": value_of(configs.image(ImageConfig.build()).fields["Config"]),
        "rate limit": rate_limit_data(RateLimit()),
    }
    for title, record in found.items():
        assert isinstance(record, Record)
        yield title, record


def both(field: tuple[str, str, object]) -> str:
    """Return both names of a field."""
    name, other, _ = field
    return f"`{name}` / `{other}`" if other and other != name else f"`{name}`"


def functions() -> Iterator[str]:
    """Yield a section for each module."""
    yield "## Functions\n\nEach example is run by a test.\n"
    for module in ("", *MODULES):
        found = [function for function in FUNCTIONS.values() if module_of(function) == module]
        if found:
            title = f"`{module}`" if module else "Everywhere"
            yield f"### {title}\n\n" + "\n".join(map(section, sorted(found, key=lambda function: function.name)))


def module_of(function: Function) -> str:
    """Return the module a function is documented in."""
    return next(iter(re.findall(r"^(\w+)[.:]", function.name)), "")


def section(function: Function) -> str:
    """Return what there is to say of one function."""
    words = " ".join(line.strip() for line in function.about.partition("Raises:")[0].strip().splitlines() if line.strip())
    lines = [f"#### `{called(function)}`", "", words.replace("``", "`"), ""]
    if function.returns:
        lines += [f"Returns {function.returns}.", ""]
    if others := function.names[1:]:
        lines += ["Also: " + ", ".join(f"`{name}`" for name in others), ""]
    return "\n".join([*lines, "```lua", displayed(function.example), "```", ""])


def called(function: Function) -> str:
    """Return how a function is called."""
    name = HIDDEN.get(function.name, function.name)
    if name.endswith(".__tostring"):
        return f"tostring({name.partition('.')[0]})"
    return f"{name}({ARGUMENTS.get(function.name, function.usage)})"


def displayed(example: str) -> str:
    """Return an example with names a reader can make sense of."""
    for word, name in SHOWN.items():
        example = example.replace(word, name)
    return example
