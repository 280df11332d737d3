"""How fast the check is: inside the real server, on one core, on texts of a reply's length.

Other checkers are timed beside it on the same text where they are installed. They are whole processes, started anew for
each text, because that is how they are called; their start is part of their time.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles

from evals.tagger.dataset import held_out_items, training_items
from evals.tagger.notation import Item

LENGTH = 1200
LONG = 20_000
_TIMES = 200
_START_S = 60.0
_OTHERS = {
    "proselint": ["proselint", "check"],
    "alex": ["alex", "--stdin"],
    "vale": ["vale", "--output=line"],
    "languagetool": ["languagetool", "-l", "en-US", "-"],
}
_WEIGH = """
import resource, time
from coach.check import Checker, PatternDetector, TaggerDetector
from coach.rules import catalogue
Checker([PatternDetector(catalogue())]).check("Warm up.")
before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
TaggerDetector().probabilities("I am sorry that the mug came broken.")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, time.perf_counter() - started)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """How long something took, in milliseconds."""

    name: str
    p50: float
    p99: float


def measure_check() -> list[Row]:
    """Time `POST /v1/checks` inside a server that has one core."""
    texts, long_texts = _replies(held_out_items(), LENGTH), _replies(training_items()[1], LONG)
    words = texts[0].split(" ")
    edited = [" ".join([*words[:40], f"word{i}", *words[40:]]) for i in range(_TIMES)]
    with _server() as url:
        _milliseconds(url, ["Is it running?"])
        return [
            Row(f"{LENGTH:,} characters, never seen before", *_quantiles(_milliseconds(url, texts))),
            Row(f"{LENGTH:,} characters, seen before", *_quantiles(_milliseconds(url, [texts[0]] * _TIMES))),
            Row("the same with one word changed", *_quantiles(_milliseconds(url, edited))),
            Row(f"{LONG:,} characters, never seen before", *_quantiles(_milliseconds(url, long_texts))),
        ]


def weigh_tagger() -> tuple[float, float]:
    """What the tagger adds to a process: MiB of memory, and seconds to its first answer."""
    done = subprocess.run([sys.executable, "-c", _WEIGH], capture_output=True, text=True, check=True)
    mebibytes, seconds = map(float, done.stdout.split())
    return mebibytes, seconds


def measure_others() -> dict[str, tuple[float, int] | None]:
    """Milliseconds, and lines of output, of other checkers on one reply; None for those that are not installed."""
    text = _replies(held_out_items(), LENGTH)[0]
    return {name: _run(command, text) if shutil.which(command[0]) else None for name, command in _OTHERS.items()}


def _run(command: Sequence[str], text: str) -> tuple[float, int]:
    times = []
    done = None
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        times.append((time.perf_counter() - started) * 1000)
    return median(times), len(done.stdout.splitlines()) if done else 0


def _replies(items: Sequence[Item], length: int) -> list[str]:
    """Texts of a length, made of labelled replies; no sentence stands in two of them."""
    texts, text = [], ""
    for item in items:
        text = f"{text} {item.labelled.text}".strip()
        if len(text) >= length:
            texts.append(text[:length])
            text = ""
    return texts


def _milliseconds(url: str, texts: Sequence[str]) -> list[float]:
    """What the server says that each check took, without the way there and back."""
    return [_check(url, text) for text in texts]


def _check(url: str, text: str) -> float:
    request = urllib.request.Request(
        f"{url}/v1/checks", json.dumps({"text": text}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:
        return float(json.load(response)["timings_ms"]["total"])


def _quantiles(times: Sequence[float]) -> tuple[float, float]:
    return median(times), quantiles(times, n=100)[98] if len(times) > 1 else times[0]


@contextmanager
def _server() -> Iterator[str]:
    """The real service on one core; its model is never asked."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "COACH_MODEL": "none"}
    server = subprocess.Popen(
        [sys.executable, "-m", "coach", "serve", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL
    )
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(server.pid, {min(os.sched_getaffinity(0))})
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        yield url
    finally:
        server.terminate()
        server.wait()


def _wait_for(url: str) -> None:
    until = time.monotonic() + _START_S
    while True:
        try:
            urllib.request.urlopen(f"{url}/health/live").close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
