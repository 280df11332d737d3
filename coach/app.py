"""Wires the parts together and decides nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2
import structlog
from litestar import Litestar, Router
from litestar.config.cors import CORSConfig
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import SwaggerRenderPlugin
from litestar.openapi.spec import License
from litestar.plugins.prometheus import PrometheusConfig, PrometheusController
from litestar.plugins.pydantic import PydanticPlugin

from coach import __version__
from coach.api import checks, health, pages, replies, rules
from coach.api.body import MAX_BODY_BYTES, expect_json
from coach.api.middleware import RequestContext
from coach.api.problems import problem_response
from coach.check import Checker
from coach.coaching import Coach
from coach.errors import CoachError
from coach.local_model import LocalModel, Progress, find_weights, silent
from coach.model import Model
from coach.openai_model import OpenAIModel
from coach.policies import load_policies
from coach.prompting import load_prompts
from coach.settings import OPENAI_DEFAULT_MODEL, Settings, load_settings

log: structlog.stdlib.BoundLogger = structlog.get_logger("coach.app")


def model_for(
    settings: Settings,
    progress: Progress = silent,
    http_client: Callable[[], httpx2.AsyncClient] | None = None,
) -> Model:
    """The model that the settings ask for, not yet started.

    Args:
        settings: What the environment says.
        progress: Told how the making of the embedded model's file comes along.
        http_client: Makes what to ask its server with; evals put a transport of their own in it.

    Raises:
        SettingsError: `COACH_LOCAL_MODEL` is no model.
    """
    if settings.embedded:
        return LocalModel(
            find_weights(settings.local_model, settings.cache_dir),
            opening=load_prompts().note_opening,
            threads=settings.local_threads,
            progress=progress,
            http_client=http_client,
        )
    return OpenAIModel(
        settings.model or OPENAI_DEFAULT_MODEL,
        base_url=settings.openai_base_url,
        api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else None,
        context_tokens=settings.context_tokens,
        temperature=settings.temperature,
        http_client=http_client() if http_client else None,
    )


def make_coach(settings: Settings, model: Model | None = None) -> Coach:
    """The coach that the settings ask for.

    Args:
        settings: What the environment says.
        model: Another model than the one that the settings name; tests bring theirs.

    Raises:
        SettingsError: The policy book or the model's choice is wrong.
    """
    return Coach(
        model or model_for(settings),
        Checker(),
        policies=load_policies(settings.policies) if settings.policies else (),
        deadline_ms=settings.deadline_ms,
    )


def create_app(settings: Settings | None = None, model: Model | None = None) -> Litestar:
    """The service.

    Args:
        settings: What the environment says, unless given.
        model: Another model than the one that the settings name.

    Raises:
        SettingsError: A setting is wrong.
    """
    settings = settings or load_settings()
    coach = make_coach(settings, model)

    @asynccontextmanager
    async def running_model(_app: Litestar) -> AsyncIterator[None]:
        # In the background: the port opens at once, and /health/ready tells when the model is there.
        starting = asyncio.create_task(_start(coach.model))
        try:
            yield
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await coach.model.close()

    return Litestar(
        route_handlers=[
            Router(
                "/v1",
                route_handlers=[replies.coach_reply, checks.check_text, rules.list_rules, rules.get_rule],
                before_request=expect_json,
            ),
            Router("/health", route_handlers=[health.live, health.ready]),
            PrometheusController,
            pages.composer,
            pages.openapi_json,
            *pages.static_routers(),
        ],
        dependencies={
            "coach": Provide(lambda: coach, sync_to_thread=False),
            "checker": Provide(lambda: coach.checker, sync_to_thread=False),
            "verifier": Provide(lambda: coach.verifier, sync_to_thread=False),
        },
        lifespan=[running_model],
        middleware=[
            RequestContext(),
            PrometheusConfig(app_name="coach", prefix="coach", group_path=True).middleware,
        ],
        plugins=[PydanticPlugin(validate_strict=True)],
        exception_handlers={Exception: problem_response},
        request_max_body_size=MAX_BODY_BYTES,
        cors_config=_cors(settings),
        openapi_config=_openapi(),
        logging_config=None,
    )


async def _start(model: Model) -> None:
    try:
        await model.start()
    except CoachError as error:  # the model keeps it and answers with it; here it is for the log
        log.error("model.start_failed", reason=str(error))  # noqa: TRY400  a traceback would help nobody
    except Exception as error:  # noqa: BLE001  nobody awaits this task: what is not logged here is lost
        log.error("model.start_crashed", exc=error)  # noqa: TRY400


def _cors(settings: Settings) -> CORSConfig:
    return CORSConfig(
        allow_origins=[],
        allow_origin_regex=rf"^(?:{settings.cors_origin_regex})$",
        allow_methods=["GET", "POST"],
        allow_headers=["content-type", "x-request-id"],
        expose_headers=["x-request-id", "retry-after"],
    )


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Reply coach",
        version=__version__,
        description="Writes the reply that an unhappy customer should be sent, and checks it before you see it.",
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        path="/docs",
        render_plugins=[
            SwaggerRenderPlugin(
                path="/",
                js_url="/swagger/swagger-ui-bundle.js",
                css_url="/swagger/swagger-ui.css",
                standalone_preset_js_url="data:,",
                favicon='<link rel="icon" href="/page/favicon.svg">',
            )
        ],
    )
