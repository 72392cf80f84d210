"""The program that `bot.service.workers` starts: reads drafts that come through a pipe.

    python -m bot.service.worker DESCRIPTOR

Settings come first, then batches of drafts, each answered by what was read of them. It ends when
the pipe does.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from bot import logs
from bot.service.pipeline import Pipeline


def main() -> None:
    """Answer until the other end is gone."""
    # Whoever asks something meanwhile is a person, who waits.
    os.nice(5)
    # Texts are not redacted yet here: an error that quotes one is told without its words.
    logs.write_to_standard_error("WARNING")
    logs.take_over_hooks()
    pipe = Connection(int(sys.argv[1]))
    with pipe, suppress(EOFError, BrokenPipeError, ConnectionResetError):
        pipeline = Pipeline(pipe.recv())
        while True:
            features, drafts = pipe.recv()
            pipe.send(pipeline.read(features, drafts))


if __name__ == "__main__":
    main()
