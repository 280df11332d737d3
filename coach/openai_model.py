"""Any server that speaks OpenAI's Chat Completions: OpenAI itself, vLLM, Ollama, llama.cpp's server.

Always streamed: closing a stream is the one way to make those servers stop. One client serves the process's whole life.
Every failure is translated here, once, also those that slip past the SDK's own error classes.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import httpx2
import openai
from openai.types.chat import ChatCompletionChunk

from coach.errors import CoachError, ModelBadAnswer, ModelError, ModelTimeout, ModelUnavailable, TooLongError
from coach.model import Chunk, Message
from coach.schemas import Usage

_NO_KEY = "none"  # servers of one's own ask for no key, and the SDK refuses an empty one
_CONNECT_S = 5.0
_SILENCE_S = 120.0  # the longest wait for the next piece; the deadline of the whole call is the caller's
_RETRY_AFTER_DEFAULT_S = 0.5
_RETRY_AFTER_MAX_S = 10.0
_READY_TTL_S = 10.0
_THINKING_TOKENS = 4096
_TOO_LONG_WORDS = "maximum context length"  # vLLM says so in words alone
_TOO_LONG_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error"})


class OpenAIModel:
    """A model behind a Chat Completions server."""

    def __init__(  # noqa: PLR0913  each is a thing that servers differ in
        self,
        name: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        context_tokens: int = 32_768,
        temperature: float | None = None,
        seed: int | None = None,
        small: bool = False,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        """Set up the one client of the process's life; nothing is sent yet.

        Args:
            name: The model's name on that server.
            base_url: Where the server is, up to and with `/v1`; OpenAI's own where left out.
            api_key: The key, where the server wants one.
            context_tokens: How many tokens prompt and answer may have together.
            temperature: Sent only where given: some models refuse it.
            seed: The same.
            small: Whether it is too small to choose well what to leave out and what to add.
            http_client: What to send with; tests put a transport of their own in it.
        """
        self.name = name
        self.context_tokens = context_tokens
        self.small = small
        self._is_openai = base_url is None
        self._sampling = {k: v for k, v in {"temperature": temperature, "seed": seed}.items() if v is not None}
        self._ready_until = 0.0
        self._client = openai.AsyncOpenAI(
            base_url=base_url or "https://api.openai.com/v1",
            api_key=api_key or _NO_KEY,
            max_retries=0,
            timeout=httpx2.Timeout(_SILENCE_S, connect=_CONNECT_S),
            http_client=http_client or openai.DefaultAsyncHttpx2Client(limits=_limits(base_url)),
        )

    async def start(self) -> None:
        """Nothing to start: the server is somebody else's."""

    async def check_ready(self) -> None:
        """Ask the server for its list of models, at most once in ten seconds.

        Raises:
            ModelError: It does not answer, or rejects the key.
        """
        if time.monotonic() < self._ready_until:
            return
        try:
            await self._client.models.list(timeout=_CONNECT_S)
        except openai.NotFoundError:
            pass  # a server without that list is a server all the same
        except Exception as error:
            raise _translated(error) from error
        self._ready_until = time.monotonic() + _READY_TTL_S

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> AsyncGenerator[Chunk, None]:
        """Write an answer, piece by piece. A call that fails before its first piece is tried once more.

        Raises:
            ModelError: No answer, or none that is worth the name.
            TooLongError: The server counts more tokens than it has room for.
        """
        for last_try in (False, True):
            try:
                async with aclosing(self._pieces(messages, max_tokens, grammar)) as pieces:
                    async for piece in pieces:
                        yield piece
            except _BeforeFirstPiece as failure:
                wait_s = failure.error.retry_after_s
                if last_try or (wait_s or 0) > _RETRY_AFTER_MAX_S:
                    raise failure.error from failure
            else:
                return
            await asyncio.sleep(_RETRY_AFTER_DEFAULT_S if wait_s is None else wait_s)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _pieces(
        self, messages: Sequence[Message], max_tokens: int, grammar: str | None
    ) -> AsyncGenerator[Chunk, None]:
        said_something = False
        finish_reason = None
        usage = None
        try:
            stream = await self._open(messages, max_tokens, grammar)
            async with stream:
                async for event in stream:
                    usage = _usage(event) or usage
                    if not event.choices:
                        continue
                    choice = event.choices[0]
                    finish_reason = choice.finish_reason or finish_reason
                    if choice.delta.content:
                        said_something = True
                        yield Chunk(choice.delta.content)
        except Exception as error:
            translated = _translated(error)
            if not said_something and isinstance(translated, ModelUnavailable) and _passing(error):
                raise _BeforeFirstPiece(translated) from error
            raise translated from error
        _expect_whole(said_something=said_something, finish_reason=finish_reason)
        yield Chunk(usage=usage or Usage())

    async def _open(
        self, messages: Sequence[Message], max_tokens: int, grammar: str | None
    ) -> openai.AsyncStream[ChatCompletionChunk]:
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "stream_options": {"include_usage": True},
            **self._limit(max_tokens),
            **self._sampling,
        }
        if grammar:
            body["extra_body"] = {"grammar": grammar}
        stream: openai.AsyncStream[ChatCompletionChunk]
        stream = await self._client.chat.completions.create(**body, stream=True)
        content_type = stream.response.headers.get("content-type", "")
        if "text/event-stream" not in content_type:
            await stream.close()
            raise ModelBadAnswer(
                f"The model's server answered with {content_type or 'no content type'} in place of an event stream. "
                "Does OPENAI_BASE_URL point at an OpenAI-compatible API (it mostly ends in /v1)?"
            )
        return stream

    def _limit(self, max_tokens: int) -> dict[str, int]:
        # OpenAI's newer models know this name alone, and think before they write; other servers know the older name.
        if self._is_openai:
            return {"max_completion_tokens": max_tokens + _THINKING_TOKENS}
        return {"max_tokens": max_tokens}


class _BeforeFirstPiece(Exception):  # noqa: N818  a signal, not an error that anybody sees
    """A passing failure before anything was said: another try can do no harm."""

    def __init__(self, error: ModelError) -> None:
        self.error = error


def _limits(base_url: str | None) -> httpx2.Limits:
    # llama.cpp's server closes the connection a moment after a streamed answer: using it again loses a request in ten.
    keep = 16 if base_url is None else 0
    return httpx2.Limits(max_connections=16, max_keepalive_connections=keep)


def _usage(event: ChatCompletionChunk) -> Usage | None:
    if event.usage is None:
        return None
    details = event.usage.prompt_tokens_details
    return Usage(
        input_tokens=event.usage.prompt_tokens or 0,
        cached_tokens=(details.cached_tokens or 0) if details else 0,
        output_tokens=event.usage.completion_tokens or 0,
    )


def _expect_whole(*, said_something: bool, finish_reason: str | None) -> None:
    if not said_something:
        raise ModelBadAnswer("The model answered with nothing at all.")
    if finish_reason is None:
        raise ModelBadAnswer("The model's answer broke off before its end.")
    if finish_reason == "length":
        raise ModelBadAnswer("The model's answer was cut off: it did not come to an end within its token limit.")
    if finish_reason == "content_filter":
        raise ModelBadAnswer("The model's server held the answer back (content filter).")


def _passing(error: Exception) -> bool:
    """Whether another try, a moment later, may go better."""
    if isinstance(error, openai.APIStatusError):
        return error.status_code in {408, 409, 429} or error.status_code >= 500
    return isinstance(error, openai.APIConnectionError)


def _translated(error: Exception) -> CoachError:  # noqa: PLR0911  a table, a row a line
    """The one place where other people's errors become ours."""
    match error:
        case CoachError():
            return error
        case openai.APITimeoutError():
            return ModelTimeout("The model's server did not answer in time.")
        case openai.APIConnectionError():
            return ModelUnavailable("The model's server cannot be reached, or broke the connection off.")
        case openai.APIStatusError():
            return _status_error(error)
        case openai.APIError():
            return ModelBadAnswer("The model's server reported an error in the middle of its answer.")
        case httpx2.TimeoutException():
            return ModelTimeout("The model's server went silent in the middle of its answer.")
        case httpx2.HTTPError():
            return ModelBadAnswer("The model's server broke off in the middle of its answer.")
        case json.JSONDecodeError() | UnicodeDecodeError() | AttributeError() | TypeError() | ValueError() | KeyError():
            return ModelBadAnswer("The model's server sent something that is not a chat completion.")
    raise error


def _status_error(error: openai.APIStatusError) -> CoachError:
    status = error.status_code
    if status == 413 or {error.code, error.type} & _TOO_LONG_CODES or _TOO_LONG_WORDS in error.message:
        body = error.body if isinstance(error.body, dict) else {}
        needed, limit = body.get("n_prompt_tokens"), body.get("n_ctx")
        if isinstance(needed, int) and isinstance(limit, int):
            return TooLongError(needed, limit)
        return ModelBadAnswer("The model's server says that the request is too long: lower COACH_CONTEXT_TOKENS.")
    if status in {401, 403}:
        return ModelUnavailable("The model's server rejected the key: check OPENAI_API_KEY.")
    if status == 404:
        return ModelUnavailable("The model's server does not know that model: check COACH_MODEL and OPENAI_BASE_URL.")
    if status == 429 or status >= 500:
        return ModelUnavailable(
            f"The model's server is overloaded or out of order (it answered {status}).", _retry_after_s(error)
        )
    return ModelBadAnswer(f"The model's server refused the request (it answered {status}).")


def _retry_after_s(error: openai.APIStatusError) -> float | None:
    try:
        return max(0.0, float(error.response.headers["retry-after"]))
    except (KeyError, ValueError):
        return None
