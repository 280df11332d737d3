"""`GET /health/...`: is the process alive, and would a reply be answered right now."""

from typing import Literal, TypedDict

from litestar import get
from litestar.di import NamedDependency

from coach.api.problems import problem_specs
from coach.coaching import Coach


class Health(TypedDict):
    """What a health check says."""

    status: Literal["live", "ready"]
    model: str


@get("/live", sync_to_thread=False, summary="The process is alive", tags=["health"])
def live(coach: NamedDependency[Coach]) -> Health:
    """The process is alive."""
    return {"status": "live", "model": coach.model.name}


@get("/ready", summary="The model answers", responses=problem_specs(502, 503, 504), tags=["health"])
async def ready(coach: NamedDependency[Coach]) -> Health:
    """The model answers; 503 with the reason where it does not."""
    await coach.model.check_ready()
    return {"status": "ready", "model": coach.model.name}
