"""The same for Inspect's viewer: a log in its format, `inspect_ai.log.EvalLog`, version 2.

Written without Inspect, which is not needed to make it; `inspect view` opens it.
"""

import json
from datetime import UTC, datetime
from typing import Any

from evals.cases import Case, load_cases
from evals.gate import Comparison
from evals.results import Results, Row, graders
from evals.variants import with_variants

_FORMAT = 2
_TASK = "reply-coach"
_PASSED, _FAILED = "C", "I"  # what Inspect calls correct and incorrect


def inspect_log(results: Results, _: Comparison | None) -> str:
    """A log for Inspect: a sample a reply, a score a grader. What was not measured is an error of its sample."""
    about = results.about
    cases = {case.id: case for case in with_variants(load_cases())}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    unmeasured = len(results.rows) - len(results.measured)
    log: dict[str, Any] = {
        "version": _FORMAT,
        "status": "error" if unmeasured else "success",
        "eval": {
            "created": now,
            "task": _TASK,
            "task_version": about.prompt_version,
            "dataset": {"name": about.suite, "samples": len(results.rows)},
            "model": about.model,
            "config": {"epochs": about.samples},
            "metadata": {"prompt_version": about.prompt_version, "suite": about.suite},
        },
        "plan": {"name": _TASK, "steps": []},
        "results": {
            "total_samples": len(results.rows),
            "completed_samples": len(results.measured),
            "scores": [_rate(grader, rate) for grader in graders() if (rate := results.rate(grader)) is not None],
        },
        "stats": {"started_at": now, "completed_at": now},  # the viewer needs them; a row has its model's time
        "samples": [_sample(row, cases.get(row.case), about.model) for row in results.rows],
    }
    if unmeasured:
        log["error"] = _error(f"{unmeasured} of {len(results.rows)} replies could not be measured.")
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _rate(grader: str, rate: float) -> dict[str, Any]:
    return {"name": grader, "scorer": grader, "metrics": {"accuracy": {"name": "accuracy", "value": rate}}}


def _sample(row: Row, case: Case | None, model: str) -> dict[str, Any]:
    message = case.request.customer_message if case else ""
    tokens_in, cached, tokens_out = row.tokens
    usage = {
        "input_tokens": tokens_in - cached,
        "input_tokens_cache_read": cached,
        "output_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
    }
    reply = {"role": "assistant", "content": row.reply or ""}
    sample: dict[str, Any] = {
        "id": row.case,
        "epoch": row.sample + 1,
        "input": message,
        "target": ((case and case.golden) or "").strip(),
        "messages": [{"role": "user", "content": message}, reply],
        "output": {"model": model, "choices": [{"message": reply, "stop_reason": "stop"}], "usage": usage},
        "model_usage": {model: usage},
        "total_time": row.model_ms / 1000,
        "scores": {grader: _score(row, grader) for grader in graders() if row.passes(grader) is not None},
        "metadata": {"family": row.family, "group": row.group, "outcome": row.outcome, "attempts": row.attempts},
    }
    if row.error:
        sample["error"] = _error(row.error)
    return sample


def _score(row: Row, grader: str) -> dict[str, str]:
    told = [f"{fault.reason} {fault.quote}".strip() for fault in row.faults if fault.grader == grader]
    return {"value": _PASSED if row.passes(grader) else _FAILED, "explanation": "\n".join(told)}


def _error(message: str) -> dict[str, str]:
    return {"message": message, "traceback": "", "traceback_ansi": ""}
