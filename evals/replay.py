"""Plays recordings back: in this process, or a family at a time in as many as there are processors.

Nothing of a family's replies hangs on another family, so how many processes there are changes no figure.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import httpx2

from coach.check import Checker
from coach.coaching import Coach
from coach.logs import configure_logs
from coach.model import Model
from coach.openai_model import OpenAIModel
from coach.prompting import load_prompts
from evals.briefs import BRIEFS
from evals.cases import Case
from evals.recordings import Player, Recordings
from evals.results import Row
from evals.run import Runner
from evals.variants import rows_of

_NOWHERE = "http://recordings.invalid/v1"  # a recording answers in place of any host
_WORTH_A_PROCESS = 100  # replies: a process takes a while to start


@dataclass(frozen=True, slots=True)
class Replay:
    """What is played back, and how.

    Attributes:
        recordings: The file.
        prompts: The folder of the prompts; the package's own where None.
        brief: What the model is told of the draft: a name of `BRIEFS`.
        samples: How often each case.
        first_sample: The number of the first sample.
        variants: Whether the families' variants are played too.
    """

    recordings: Path
    prompts: Path | None = None
    brief: str = "points"
    samples: int = 1
    first_sample: int = 0
    variants: bool = True

    def runner(self, recorded: Recordings, checker: Checker) -> Runner:
        """What plays it back."""
        coach = Coach(_player(recorded), checker, prompts=load_prompts(self.prompts), brief_of=BRIEFS[self.brief])
        return Runner(coach, recorded, first_sample=self.first_sample)

    def processes(self, cases: Sequence[Case]) -> int:
        """How many processes it is worth."""
        return min(_processors(), rows_of(cases, self.samples, variants=self.variants) // _WORTH_A_PROCESS) or 1

    def in_processes(
        self, processes: int, cases: Sequence[Case], recorded: Recordings, told: Callable[[Row], None]
    ) -> list[Row]:
        """Play it back in several processes; what was done before a Ctrl-C comes back.

        Args:
            processes: How many.
            cases: The families.
            recorded: What is played; it learns which of its answers were used.
            told: Told of each row as it is done.
        """
        done: dict[str, list[Row]] = {}
        # Not forked: a forked child would share the parent's threads' locks, without the threads.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_start, initargs=(self,))
        try:
            running = {pool.submit(_play, case): case.id for case in cases}
            for future in as_completed(running):
                rows, used = future.result()
                done[running[future]] = rows
                recorded.used |= used
                for row in rows:
                    told(row)
        except KeyboardInterrupt:
            pass
        finally:
            pool.shutdown(cancel_futures=True)
        played = [row for case in cases for row in done.get(case.id, [])]
        return sorted(played, key=lambda row: row.sample)


_here: tuple[Replay, Runner]  # of a process that plays


def _start(replay: Replay) -> None:
    global _here  # noqa: PLW0603  a process plays one replay
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    configure_logs(level="error")
    _here = replay, replay.runner(Recordings.read(replay.recordings), Checker())


def _play(family: Case) -> tuple[list[Row], set[tuple[str, int]]]:
    replay, runner = _here
    rows = asyncio.run(runner.run([family], replay.samples, variants=replay.variants))
    return rows, runner.recordings.used if runner.recordings else set()


def _player(recorded: Recordings) -> Model:
    header = recorded.header
    return OpenAIModel(
        header.asked_as,
        base_url=_NOWHERE if header.own_server else None,
        context_tokens=header.context_tokens,
        temperature=header.temperature,
        seed=header.seed,
        small=header.embedded,
        http_client=httpx2.AsyncClient(transport=Player(recorded)),
    )


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
