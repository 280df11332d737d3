"""`coach models`: which models there are, what they weigh, and which is running."""

import json
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path

import click
from rich.text import Text

from coach.cli.render import out
from coach.local_model.weights import DefaultModel, find_weights, missing_pieces
from coach.settings import OPENAI_DEFAULT_MODEL, Settings, load_settings

_ASK_S = 2.0


@dataclass(frozen=True, slots=True)
class Known:
    """A model that could serve.

    Attributes:
        name: What responses call it.
        kind: `embedded`, or `server` for one behind an OpenAI-compatible API.
        where: Its file, or its server's address.
        size_bytes: What its file weighs, or will weigh; None for somebody else's server.
        state: Where it stands: `not installed`, `installed`, `on disk` or `configured`.
        chosen: Whether the settings choose it.
    """

    name: str
    kind: str
    where: str
    size_bytes: int | None
    state: str
    chosen: bool


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(as_json: bool) -> None:
    """List the models: what is there, what it weighs, which one the settings choose, and what is running."""
    settings = load_settings()
    models = _known(settings)
    running = _running(settings)
    if as_json:
        click.echo(json.dumps({"models": [asdict(model) for model in models], "running": running}, indent=2))
        return
    for model in models:
        line = Text.assemble("* " if model.chosen else "  ", (model.name, "bold"), f"  {_size(model.size_bytes)}")
        out.print(line.append(f"  {model.state}"), soft_wrap=True)
        out.print(Text(f"    {model.where}", style="dim"), soft_wrap=True)
    out.print(Text("\n* is what the settings choose.", style="dim"))
    where = f"{settings.host}:{settings.port}"
    if running:
        out.print(f"Running on {where}: {running['model']} ({running['status']}).")
    else:
        out.print(f"No service is running on {where}.")


def _known(settings: Settings) -> list[Known]:
    models = [_default(settings), *_files(settings)]
    if not settings.embedded:
        name = settings.model or OPENAI_DEFAULT_MODEL
        models.append(Known(name, "server", settings.openai_base_url or "OpenAI", None, "configured", chosen=True))
    return models


def _default(settings: Settings) -> Known:
    default = DefaultModel()
    weights = find_weights(None, settings.cache_dir)
    if weights.path.is_file():
        state = "on disk"
    elif missing := missing_pieces(default):
        state = f"not installed ({len(missing)} of {default.pieces} pieces missing)"
    else:
        state = "installed; joined into one file at the first start"
    chosen = settings.embedded and settings.local_model is None
    return Known(weights.name, "embedded", str(weights.path), default.size, state, chosen)


def _files(settings: Settings) -> list[Known]:
    """The model files that were fetched before, and the one that the settings name."""
    chosen = find_weights(settings.local_model, settings.cache_dir).path if settings.local_model else None
    paths = set((settings.cache_dir / "hub").rglob("*.gguf")) | ({chosen} if chosen else set())
    return [_file(path, chosen=settings.embedded and path == chosen) for path in sorted(paths)]


def _file(path: Path, *, chosen: bool) -> Known:
    there = path.is_file()
    size = path.stat().st_size if there else None
    return Known(path.stem, "embedded", str(path), size, "on disk" if there else "not fetched yet", chosen)


def _running(settings: Settings) -> dict[str, str] | None:
    """What a service on the configured address says of itself; None where nothing answers."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    base = f"http://{host}:{settings.port}/health"
    try:
        model = str(_get(f"{base}/live")["model"])
    except (OSError, HTTPException, ValueError, KeyError, TypeError):  # whatever listens there, it is not this service
        return None
    try:
        _get(f"{base}/ready")
    except urllib.error.HTTPError:
        return {"model": model, "status": "not ready"}
    except (OSError, HTTPException, ValueError):
        return None
    return {"model": model, "status": "ready"}


def _get(url: str) -> dict[str, object]:
    with urllib.request.urlopen(url, timeout=_ASK_S) as response:  # noqa: S310  the address is the settings' own
        document: dict[str, object] = json.load(response)
    return document


def _size(size_bytes: int | None) -> str:
    return "" if size_bytes is None else f"{size_bytes / 1e9:.2f} GB"
