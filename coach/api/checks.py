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
from coach.schemas import CheckRequest, CheckResponse
from coach.verify import Verifier

_BODY = BodyKwarg(media_type=RequestEncodingType.JSON, examples=example("check-request", "A draft as it is typed"))


@post(
    "/checks",
    status_code=200,
    sync_to_thread=False,
    summary="Check a text",
    description=(
        "Every rule that a text breaks, where, why and what to write instead. No model is called.\n\n"
        "With `customer_message` the rules that judge the whole reply in its context are checked too: whether it owns "
        "the shop's mistake, answers, names a next step, and promises what `policies` rule out. What is missing is a "
        "finding of no length at the end of the text."
    ),
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
    data: Annotated[CheckRequest, _BODY], verifier: NamedDependency[Verifier], request: Request[None, None, State]
) -> CheckResponse:
    """Check a text."""
    started = time.perf_counter()
    checked = verifier.check(data)
    log_fields(request.scope, findings=len(checked.findings), language=checked.language)
    return CheckResponse(
        clean=checked.passed,
        findings=list(checked.findings),
        language=checked.language,
        rules_unread=list(checked.unread),
        timings_ms={"total": round((time.perf_counter() - started) * 1000, 2)},
    )
