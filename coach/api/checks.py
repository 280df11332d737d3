"""`POST /v1/checks`: check a text without any model call, fast enough for every keystroke."""

import time
from typing import Annotated

from litestar import Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import BodyKwarg

from coach.api.examples import example
from coach.api.middleware import log_fields
from coach.api.problems import problem_specs
from coach.check import Checker
from coach.schemas import CheckRequest, CheckResponse

_BODY = BodyKwarg(media_type=RequestEncodingType.JSON, examples=example("check-request", "A draft as it is typed"))


@post(
    "/checks",
    status_code=200,
    sync_to_thread=False,
    summary="Check a text",
    description="Every rule of tone that a text breaks, where, why and what to write instead. No model is called.",
    responses={
        200: ResponseSpec(
            data_container=CheckResponse,
            description="What was found",
            examples=example("check-response", "An apology for the customer's feelings"),
        ),
        **problem_specs(400, 408, 413, 415),
    },
    tags=["coach"],
)
def check_text(
    data: Annotated[CheckRequest, _BODY], checker: NamedDependency[Checker], request: Request[None, None, State]
) -> CheckResponse:
    """Check a text."""
    started = time.perf_counter()
    checked = checker.check(
        data.text,
        customer_message=data.customer_message,
        quotable=[policy.text for policy in data.policies],
        rules_off=data.rules_off,
    )
    log_fields(request.scope, findings=len(checked.findings), language=checked.language)
    return CheckResponse(
        clean=checked.passed,
        findings=list(checked.findings),
        language=checked.language,
        timings_ms={"total": round((time.perf_counter() - started) * 1000, 2)},
    )
