"""A new layer, made of a tar or of a directory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from regclient.errors import Corrupt, StorageFault
from regclient.kit.compression import open_decompressed
from regclient.kit.tarfiles import pack_directory
from regclient.kit.tarheader import BLOCK, check_block
from regclient.ops.edit.layer_edits import Rewritten
from regclient.ops.edit.layersink import LayerSink, compression_of, copy_to


def pack_layer(source: Path, out: BinaryIO, *, media_type: str, algorithm: str, check: Callable[[], None]) -> Rewritten:
    """Write a layer of what ``source`` holds: everything below a directory, or a tar as it is.

    A tar that is compressed is taken for what is in it: the type of the layer says how the layer is compressed.

    Raises:
        UnsupportedMediaType: no layer of that type is written.
        StorageFault: something cannot be read.
        Corrupt: a file is no tar.
        Unsupported: a socket is in the directory.
    """
    with LayerSink(out, compression_of(media_type), algorithm) as sink:
        if source.is_dir():
            pack_directory(source, sink, check)
        else:
            _pack_tar(source, sink, check)
    return sink.rewritten(1)


def _pack_tar(source: Path, sink: LayerSink, check: Callable[[], None]) -> None:
    try:
        with source.open("rb") as file:
            content = cast("BinaryIO", open_decompressed(file))
            first = _first_block(content)
            if first.strip(b"\0"):
                check_block(first.ljust(BLOCK, b"\0"))
            sink.write(first)
            copy_to(content, sink.write, check)
    except Corrupt as error:
        raise Corrupt(f"{source} is no tar that could become a layer: {error}") from error
    except OSError as error:
        raise StorageFault(source, error.strerror or str(error)) from error


def _first_block(content: BinaryIO) -> bytes:
    block = b""
    while len(block) < BLOCK and (data := content.read(BLOCK - len(block))):
        block += data
    return block
