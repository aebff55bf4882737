"""Each fake as a process of its own: what stands in the chats outlives it, and people act from outside."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes.slack.server import BOT_TOKEN
from tests.fakes.telegram.server import TOKEN

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def process(fake: str, *arguments: str) -> AsyncIterator[str]:
    """The base URL of a fake that runs until the block ends, then is killed."""
    made = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"tests.fakes.{fake}.server", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert made.stdout is not None
    try:
        yield (await made.stdout.readline()).decode().strip()
    finally:
        made.kill()
        await made.wait()
        made._transport.close()  # type: ignore[attr-defined]  # or its pipes are closed too late, and warned of


async def ask(url: str, token: str = "", **given: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.post(url, json=given, headers=headers) as answer:
        return await answer.json()


async def test_telegram_outlives_its_process(tmp_path: Path) -> None:
    """Messages and updates are there again."""
    start = ("--state", str(tmp_path / "state"), "--channel=-1001=News", "--person", "42=Ada")
    async with process("telegram", *start) as url:
        control = url.removesuffix("bot") + "control/"
        assert (await ask(f"{url}{TOKEN}/sendMessage", chat_id=-1001, text="hello"))["ok"]
        await ask(f"{control}write", chat=42, user=42, text="/help")
        await ask(f"{control}fault", kind="error before", method="getMe")
    async with process("telegram", *start) as url:
        (update,) = (await ask(f"{url}{TOKEN}/getUpdates"))["result"]
        assert update["message"]["text"] == "/help"
        again = await ask(f"{url}{TOKEN}/sendMessage", chat_id=-1001, text="again")
        assert again["result"]["message_id"] == 3
        assert (await ask(f"{url.removesuffix('bot')}control/breaches")) == ["link preview: not disabled"]


async def test_slack_outlives_its_process(tmp_path: Path) -> None:
    """Messages are there again, in their threads; a slash command waits for a connection."""
    start = ("--state", str(tmp_path / "state"), "--channel", "C1=papers", "--person", "U1=Ada")
    async with process("slack", *start) as url:
        sent = await ask(f"{url}chat.postMessage", BOT_TOKEN, channel="C1", text="overview")
        await ask(f"{url}chat.postMessage", BOT_TOKEN, channel="C1", text="card", thread_ts=sent["ts"])
    async with process("slack", *start) as url:
        found = await ask(f"{url}conversations.replies", BOT_TOKEN, channel="C1", ts=sent["ts"])
        assert [m["text"] for m in found["messages"]] == ["overview", "card"]
        state = await ask(f"{url.removesuffix('api/')}control/state")
        assert [channel["id"] for channel in state["channels"]] == ["C1"]
