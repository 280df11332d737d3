"""The program that the child process runs: llama.cpp's server on loopback, until its parent goes away.

It is run as a file, not imported: nothing of `coach` is loaded in it.
"""

import os
import signal
import sys

import xllamacpp


def main(path: str, context_tokens: int, threads: int) -> None:
    """Load the model, say on standard output where it listens, and serve until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this process in its own time
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {"local"}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [os.environ["COACH_CHILD_KEY"]]
    params.ui = False
    params.cors_origins = ""
    params.n_ctx = context_tokens
    params.n_parallel = 1  # on few cores, two at a time are no faster than one after the other
    params.n_predict = 1024
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = os.cpu_count() or threads
    params.cache_ram_mib = 256
    params.verbosity = 1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)  # noqa: T201  this is how the parent learns it
    sys.stdin.buffer.read()  # the parent holds the other end: it closes when the parent ends, however it ends
    os._exit(0)  # without waiting for requests that nobody will read the answer to


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
