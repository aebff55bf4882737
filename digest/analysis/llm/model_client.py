"""One model on one server: asks, waits, tries again, and says in our own words what went wrong.

The SDK's retries are off: it would try a spent quota again, obey a pause of two minutes, and fail silently on cut
streams (measured with openai 3.54). What servers do is in `faults`, how they are spoken to in `dialect`.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2
import openai
from openai import AsyncOpenAI

from digest.analysis.llm import openai_payloads
from digest.analysis.llm.budget import SAFETY
from digest.analysis.llm.capabilities import Capabilities
from digest.analysis.llm.circuit_breaker import CircuitBreaker
from digest.analysis.llm.model_errors import FaultKind, ModelError, fault_of_status, status_of_error
from digest.analysis.llm.openai_payloads import BodyError, ChatStream, ModelReply
from digest.analysis.llm.prompts import Prompt
from digest.analysis.llm.server.bounded_body import UnreadableBodyError, bound_body
from digest.analysis.llm.server.event_stream import DONE, EventDecoder
from digest.analysis.llm.server.timeouts import RequestTimeouts, Watchdog
from digest.analysis.llm.token_estimate import estimate_tokens
from digest.arxiv.retry import back_off
from digest.ports import Clock
from digest.settings import LlmModel, LlmSettings
from digest.settings.secrets import masked

CUT_PROMPT = 0.6  # a server that counts less than this share of our estimate has not read the whole prompt
_WORTH_COUNTING = 1000  # tokens: below, an estimate proves nothing
USUAL_ANSWER = 800  # tokens: the longest answer to one part that was measured took 722
_SHORTEST_ANSWER = 200  # tokens that are asked for, however small the context
_CLOSE, _LEAST_PRECISE = 1.05, 1.6  # a margin over what a server counted, and the most that is believed
_REFUSALS = 6  # how often one request is worded anew
_BACKOFF, _LONGEST_BACKOFF = 1.0, 30.0  # seconds


class ModelClient:
    """Asks one model. Knows what its server understands, when it must be left alone, and how much it can read.

    `window` is the context in tokens as far as it is known: configured, or learned from a refusal. None: not known.
    """

    def __init__(self, model: LlmModel, settings: LlmSettings, api_key: str | None, clock: Clock) -> None:
        self.model = model
        self.window: int | None = model.context_tokens or None
        self._settings, self._clock, self._key = settings, clock, api_key or ""
        self._dialect = Capabilities.first(model)
        self._breaker = CircuitBreaker(clock, settings.rest_after, settings.rest)
        self._sense = CircuitBreaker(clock, settings.rest_after, settings.rest)
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._counted = 0.0  # tokens by the server's count for one of our estimate; 0: not known
        self._not_before = 0.0  # the server asked for a pause: nobody asks it before
        self._client: AsyncOpenAI | None = None
        self._opening = asyncio.Lock()
        self._log = logging.getLogger(__name__)

    def __repr__(self) -> str:
        return f"ModelServer({self.name!r} at {self.model.base_url or 'OpenAI'!r})"

    @property
    def name(self) -> str:
        return self.model.model

    @property
    def answer_format(self) -> str:
        """The strictest form of answers that the server was found to take, until now: a rung of `dialect.Format`."""
        return str(self._dialect.format)

    @property
    def resting(self) -> float:
        """Seconds for which the model is left alone; 0 is not at all."""
        return max(self._breaker.resting, self._sense.resting)

    def record_usable_reply(self, sense: bool) -> None:
        """What came of a paper. A model that answers, but with nothing usable, is left alone after a few papers too."""
        if sense:
            self._sense.succeeded()
        else:
            self._sense.failed()

    @property
    def answer_reserve(self) -> int:
        """Tokens of a small context to keep free for an answer. Who allows answers to be longer has a model that thinks
        aloud."""
        allowed = self.model.answer_tokens
        return min(allowed, USUAL_ANSWER) if allowed <= LlmModel().answer_tokens else allowed

    @property
    def safety(self) -> float:
        """By how much an estimate of tokens may be too low: as the server counted so far, or else at worst."""
        return self._counted or SAFETY

    def room_for_answer(self, prompt_tokens: int, wished: int) -> int:
        """How long an answer may be: as `wished`, unless the context is too small for the prompt and that."""
        if self.window is None:
            return wished
        return max(min(wished, self.window - int(prompt_tokens * self.safety)), min(wished, _SHORTEST_ANSWER))

    async def complete(self, prompt: Prompt, *, answer_tokens: int, deadline: float) -> ModelReply:
        """The model's reply, of which `finish` is never None. Raises `ModelError`.

        `deadline` is on the clock's monotonic scale. The reply may be empty, cut, or anything: `answers.read` judges.
        """
        async with self._slots:
            window = self.window
            try:
                return self._whole_prompt(prompt, await self._with_retries(prompt, answer_tokens, deadline))
            except ModelError as error:
                self._learn(error, window, estimate_tokens(prompt.text) // 2 + answer_tokens)
                self._log.warning("%s: %s, status %s", self.name, error.trouble, error.status)
                self._log.debug("%s", error)
                raise

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _with_retries(self, prompt: Prompt, answer_tokens: int, deadline: float) -> ModelReply:
        dialect, attempts, refusals = self._dialect, 0, 0
        while True:
            await self._turn(deadline)
            try:
                reply = await self._once(prompt, dialect, answer_tokens, deadline)
            except ModelError as error:
                worded_anew = dialect.without_refused(error)
                if worded_anew and refusals < _REFUSALS:
                    dialect, refusals = worded_anew, refusals + 1
                    continue
                attempts += 2 if error.trouble is FaultKind.SLOW else 1  # a wait for nothing was long enough
                await self._after_failure(error, attempts, deadline)
            else:
                self._dialect = dialect
                self._breaker.succeeded()
                return reply

    async def _turn(self, deadline: float) -> None:
        """Wait until the server may be asked."""
        while True:
            if self.resting:
                raise ModelError(FaultKind.RESTING, self.name)
            wait = self._not_before - self._clock.monotonic()
            if self._clock.monotonic() + max(wait, 0) >= deadline:
                raise ModelError(FaultKind.LATE, self.name)
            if wait <= 0:
                return
            await self._clock.sleep(wait)

    async def _after_failure(self, error: ModelError, attempts: int, deadline: float) -> None:
        """Wait before the next try, or give up: raises the error."""
        if error.rest:
            self._breaker.open_for(error.rest)
        if error.retry_after is not None and error.retry_after > self._settings.max_wait:
            self._breaker.open_for(error.retry_after)
        elif error.trouble.passes and attempts < self._settings.max_attempts:
            wait = back_off(attempts, _BACKOFF, _LONGEST_BACKOFF)
            wait = wait if error.retry_after is None else error.retry_after
            if self._clock.monotonic() + wait < deadline:
                if error.retry_after is not None:
                    self._not_before = max(self._not_before, self._clock.monotonic() + wait)
                    return
                await self._clock.sleep(wait)
                return
        if error.trouble.passes:
            self._breaker.failed()
        raise error

    async def _once(self, prompt: Prompt, dialect: Capabilities, answer_tokens: int, deadline: float) -> ModelReply:
        """One request. Every way in which it can fail becomes a `ModelError`."""
        timeouts = RequestTimeouts.of(
            self.model, self._settings, estimate_tokens(prompt.text), deadline - self._clock.monotonic()
        )
        try:
            async with asyncio.timeout(timeouts.first) as limit:
                reply = await self._request(prompt, dialect, answer_tokens, timeouts.starting(limit))
        except openai.APIStatusError as error:
            raise self._of_status(error.status_code, error.response.headers, error.body or error.message) from None
        except (TimeoutError, openai.APITimeoutError):
            raise ModelError(FaultKind.SLOW, self.name, timeouts.explained) from None
        except BodyError as error:
            if error.error is not None:
                raise self._of_status(status_of_error(error.error), {}, error.error) from None
            raise ModelError(FaultKind.BROKEN, self.name, str(error)) from None
        except UnreadableBodyError as error:
            raise ModelError(FaultKind.BROKEN, self.name, str(error)) from None
        except openai.APIConnectionError as error:
            if isinstance(error.__cause__, UnreadableBodyError):  # the SDK takes it for the connection's fault
                raise ModelError(FaultKind.BROKEN, self.name, str(error.__cause__)) from None
            raise ModelError(FaultKind.DOWN, self.name, self._shown(error.__cause__ or error)) from None
        except openai.APIError as error:  # an error event in a stream
            body = error.body if isinstance(error.body, Mapping) else {"message": str(error.body)}
            raise self._of_status(status_of_error(body), {}, body) from None
        except (openai.OpenAIError, httpx2.HTTPError, ValueError, TypeError, AttributeError, RuntimeError) as error:
            # The SDK lets these through where a body or a chunk is not what it expects.
            raise ModelError(FaultKind.BROKEN, self.name, self._shown(error)) from None
        if reply.finish is None:
            raise ModelError(FaultKind.BROKEN, self.name, "the answer was cut off on its way", usage=reply.usage)
        return reply

    async def _request(
        self, prompt: Prompt, dialect: Capabilities, answer_tokens: int, watchdog: Watchdog
    ) -> ModelReply:
        """What came. `watchdog` is told of each sign of life of a stream."""
        client = await self._opened()
        if self.model.api == "responses":
            request = client.responses.with_streaming_response.create(
                model=self.name,
                instructions=prompt.system,
                input=prompt.user,
                extra_body=dialect.responses(self.model, answer_tokens, prompt.schema),
            )
            async with request as raw:  # not streamed: its events add nothing that is needed here
                return openai_payloads.parse_response_object(json.loads(await raw.read()))
        body = dialect.chat(self.model, answer_tokens, prompt.schema)
        if self.model.stream:
            body["stream"] = True
        messages: Any = dialect.messages(prompt)
        create = client.chat.completions.with_streaming_response.create
        async with create(model=self.name, messages=messages, extra_body=body) as raw:
            kind = raw.headers.get("content-type", "")
            if not self.model.stream or kind.startswith("application/json"):
                return openai_payloads.parse_chat_completion(json.loads(await raw.read()))
            return await _streamed(raw.iter_bytes(), watchdog)

    async def _opened(self) -> AsyncOpenAI:
        """The client, made when it is first needed; in a thread, for it reads the system's certificates."""
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(self._new_client)
            return self._client

    def _new_client(self) -> AsyncOpenAI:
        """Nothing is taken from the environment."""
        agent = {"User-Agent": self.model.user_agent} if self.model.user_agent else {}
        unset: Any = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
        client = AsyncOpenAI(
            api_key=self._key or "none",  # the SDK refuses an empty one; servers without keys take any
            base_url=self.model.base_url or "https://api.openai.com/v1",
            max_retries=0,
            default_headers=unset | agent | {"Accept-Encoding": "identity"},
            http_client=openai.DefaultAsyncHttpxClient(
                timeout=httpx2.Timeout(None, connect=min(10.0, self._settings.timeout)),  # `_once` has the others
                event_hooks={"response": [bound_body]},
            ),
        )
        _ = client.responses if self.model.api == "responses" else client.chat  # imported when it is first asked for
        return client

    def _of_status(self, status: int, headers: Mapping[str, str], body: object) -> ModelError:
        return fault_of_status(self.name, status, headers, body, self._clock.now(), self._shown(body))

    def _shown(self, content: object) -> str:
        """What was said, as a log may hold it: one line, never the key, which servers like to repeat."""
        text = " ".join(str(content).split())
        return masked(text.replace(self._key, "***") if self._key else text)[:1000]

    def _whole_prompt(self, prompt: Prompt, reply: ModelReply) -> ModelReply:
        """The reply, unless the server has read less than it was sent: Ollama cuts prompts without a word."""
        estimate = estimate_tokens(prompt.text)
        usage = reply.usage
        if usage and estimate >= _WORTH_COUNTING and usage.prompt_tokens < CUT_PROMPT * estimate:
            detail = f"read {usage.prompt_tokens} of about {estimate} tokens: give the server a longer context"
            raise ModelError(FaultKind.CUT_PROMPT, self.name, detail, limit=usage.prompt_tokens, usage=usage)
        if usage and usage.reported and estimate >= _WORTH_COUNTING:
            self._counted = max(self._counted, min(usage.prompt_tokens / estimate * _CLOSE, _LEAST_PRECISE))
        return reply

    def _learn(self, error: ModelError, window: int | None, guess: int) -> None:
        """What a refusal tells about the context; a `guess` stands in where it tells nothing. `window` is what was
        known when the question was put: of several that are refused together only the first teaches something."""
        if error.trouble not in (FaultKind.TOO_LONG, FaultKind.CUT_PROMPT) or self.window != window:
            return
        limit = error.limit or guess
        self.window = limit if window is None or limit < window else int(window * 0.7)


async def _streamed(pieces: AsyncIterator[bytes], watchdog: Watchdog) -> ModelReply:
    """The reply in an event stream. Raises `BodyError`."""
    events, stream = EventDecoder(), ChatStream()
    async for piece in pieces:
        for data in events.feed(piece):
            if data == DONE:
                return stream.reply()
            stream.add(json.loads(data))
        watchdog.reset(has_begun=stream.thinks)
    for data in events.end():
        if data != DONE:
            stream.add(json.loads(data))
    return stream.reply()
