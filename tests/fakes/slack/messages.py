"""What the fake Slack takes as a message, and with which error it refuses another."""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.limits import SLACK_MESSAGE_HARD, slack_violations
from tests.fakes.slack.channels import SlackError

Json = dict[str, Any]
MAX_TEXT = 40_000  # longer ones are cut off
MAX_METADATA = 1_000  # characters; the real limit is not documented
MAX_ALT = 2_000
_REFUSED = ("invalid_blocks", "msg_blocks_too_long")


def checked(given: Json, remarks: list[str], files: dict[str, Json]) -> Json:
    """The fields that are stored. Raises `SlackError`; what is taken and shown otherwise than meant is remarked."""
    text, blocks = str(given.get("text") or ""), given.get("blocks") or []
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > MAX_TEXT:
        remarks.append(f"text cut off at {MAX_TEXT} characters")
    _check_blocks(given, blocks, remarks, files)
    content: Json = {"text": text[:MAX_TEXT]}
    if blocks:
        content["blocks"] = blocks
    if "metadata" in given:
        content["metadata"] = _metadata(given["metadata"])
    return content


def _check_blocks(given: Json, blocks: list[Json], remarks: list[str], files: dict[str, Json]) -> None:
    for image in (block for block in blocks if block.get("type") == "image"):
        _check_image(image, files)
    fields = ("text", "unfurl_links", "unfurl_media")
    payload = {key: given[key] for key in fields if key in given}
    payload["blocks"] = [block for block in blocks if block.get("type") != "image"]
    for violation in slack_violations(payload, SLACK_MESSAGE_HARD):
        if violation == "invalid_blocks: 0 blocks":
            continue  # a picture, or plain text alone
        if violation.startswith(_REFUSED):
            raise SlackError(violation.partition(":")[0], errors=[violation])
        remarks.append(violation)


def _check_image(block: Json, files: dict[str, Json]) -> None:
    """An image shows a file of the workspace that was uploaded whole, or an address, and has a text beside it."""
    if not 1 <= len(block.get("alt_text", "")) <= MAX_ALT:
        raise SlackError("invalid_blocks", errors=["alt_text"])
    if len((block.get("title") or {}).get("text", "")) > MAX_ALT:
        raise SlackError("invalid_blocks", errors=["title"])
    if "slack_file" in block:
        file = files.get(block["slack_file"].get("id", ""))
        if file is None or file["state"] != "complete":
            raise SlackError("invalid_blocks", errors=["invalid slack file"])
    elif not str(block.get("image_url", "")).startswith("https://"):
        raise SlackError("invalid_blocks", errors=["image_url"])


def _metadata(metadata: Any) -> Json:
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise SlackError("invalid_metadata_format")
    payload = metadata.get("event_payload")
    if not isinstance(payload, dict) or any(isinstance(value, dict | list) for value in payload.values()):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > MAX_METADATA:
        raise SlackError("metadata_too_large")
    return metadata
