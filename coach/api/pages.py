"""What people open in a browser: the composer at `/`, and the files that it and `/docs` are made of."""

from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, Router, get
from litestar.datastructures import State
from litestar.response import File
from litestar.static_files import create_static_files_router

_PAGE = Path(__file__).with_name("page")
_SWAGGER = Path(__file__).parents[1] / "data" / "swagger"


@get("/", include_in_schema=False, sync_to_thread=False)
def composer() -> File:
    """The composer page."""
    return File(_PAGE / "index.html", media_type=MediaType.HTML, content_disposition_type="inline")


@get("/openapi.json", include_in_schema=False, sync_to_thread=False)
def openapi_json(request: Request[None, None, State]) -> Response[dict[str, Any]]:
    """The description of this API, in OpenAPI 3.1."""
    return Response(request.app.openapi_schema.to_schema(), media_type="application/vnd.oai.openapi+json")


def static_routers() -> list[Router]:
    """The files behind the pages; nothing comes from anywhere else."""
    return [
        create_static_files_router(path="/page", directories=[_PAGE], include_in_schema=False),
        create_static_files_router(path="/swagger", directories=[_SWAGGER], include_in_schema=False),
    ]
