"""Block Kit's limits, checked as strictly as Slack documents them.

Interactive elements other than buttons and the inside of rich text pass unchecked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MAX_BLOCKS = 50
MAX_BLOCK_ID = 255
MAX_SECTION_TEXT = 3000
MAX_FIELDS = 10
MAX_FIELD_TEXT = 2000
MAX_HEADER_TEXT = 150
MAX_CONTEXT_ELEMENTS = 10
MAX_ACTIONS = 25
MAX_BUTTON_TEXT = 75
MAX_URL = 3000
MAX_ALT_TEXT = 2000
MAX_MARKDOWN = 12000

KNOWN_TYPES = {
    "actions",
    "context",
    "divider",
    "file",
    "header",
    "image",
    "markdown",
    "rich_text",
    "section",
    "video",
}


def block_faults(blocks: list[Any]) -> list[str]:
    """Every way in which the blocks break the rules, in Slack's words; empty if none."""
    if len(blocks) > MAX_BLOCKS:
        return [f"no more than {MAX_BLOCKS} items allowed [json-pointer:/blocks]"]
    return [
        f"{fault} [json-pointer:{pointer}]"
        for index, block in enumerate(blocks)
        for fault, pointer in _check_block(block, f"/blocks/{index}")
    ] + _repeated_ids(blocks)


_Faults = Iterator[tuple[str, str]]


def _check_block(block: Any, at: str) -> _Faults:
    if not isinstance(block, dict):
        yield "must be an object", at
        return
    kind = block.get("type")
    if not isinstance(kind, str) or kind not in KNOWN_TYPES:
        yield f"unsupported type: {kind}", f"{at}/type"
        return
    if "block_id" in block:
        yield from _check_string(block["block_id"], f"{at}/block_id", MAX_BLOCK_ID)
    if kind == "section":
        yield from _check_section(block, at)
    elif kind == "header":
        yield from _check_text(block.get("text"), f"{at}/text", MAX_HEADER_TEXT, plain=True)
    elif kind == "context":
        yield from _check_context(block.get("elements"), f"{at}/elements")
    elif kind == "actions":
        yield from _check_actions(block.get("elements"), f"{at}/elements")
    elif kind == "image":
        yield from _check_image(block, at)
    elif kind == "markdown":
        yield from _check_string(block.get("text"), f"{at}/text", MAX_MARKDOWN)
    elif kind == "rich_text" and not isinstance(block.get("elements"), list):
        yield "missing required field: elements", at


def _check_section(block: dict[str, Any], at: str) -> _Faults:
    if "text" not in block and "fields" not in block:
        yield "missing required field: text or fields", at
    if "text" in block:
        yield from _check_text(block["text"], f"{at}/text", MAX_SECTION_TEXT)
    if "fields" in block:
        fields = block["fields"]
        yield from _check_count(fields, f"{at}/fields", MAX_FIELDS)
        for index, field in enumerate(fields if isinstance(fields, list) else []):
            yield from _check_text(field, f"{at}/fields/{index}", MAX_FIELD_TEXT)
    if "accessory" in block:
        yield from _check_element(block["accessory"], f"{at}/accessory")


def _check_context(elements: Any, at: str) -> _Faults:
    yield from _check_count(elements, at, MAX_CONTEXT_ELEMENTS)
    for index, element in enumerate(elements if isinstance(elements, list) else []):
        if isinstance(element, dict) and element.get("type") == "image":
            yield from _check_image(element, f"{at}/{index}")
        else:
            yield from _check_text(element, f"{at}/{index}", MAX_SECTION_TEXT)


def _check_actions(elements: Any, at: str) -> _Faults:
    yield from _check_count(elements, at, MAX_ACTIONS)
    for index, element in enumerate(elements if isinstance(elements, list) else []):
        yield from _check_element(element, f"{at}/{index}")


def _check_element(element: Any, at: str) -> _Faults:
    if not isinstance(element, dict) or not isinstance(element.get("type"), str):
        yield "must be an element", at
    elif element["type"] == "image":
        yield from _check_image(element, at)
    elif element["type"] == "button":
        yield from _check_text(element.get("text"), f"{at}/text", MAX_BUTTON_TEXT, plain=True)
        if "url" in element:
            yield from _check_string(element["url"], f"{at}/url", MAX_URL)


def _check_image(image: dict[str, Any], at: str) -> _Faults:
    if "slack_file" not in image:
        yield from _check_string(image.get("image_url"), f"{at}/image_url", MAX_URL)
    yield from _check_string(image.get("alt_text"), f"{at}/alt_text", MAX_ALT_TEXT)


def _check_text(value: Any, at: str, most: int, *, plain: bool = False) -> _Faults:
    allowed = ["plain_text"] if plain else ["mrkdwn", "plain_text"]
    if not isinstance(value, dict):
        yield "must be a text object", at
    elif value.get("type") not in allowed:
        yield f"must be one of: {', '.join(allowed)}", f"{at}/type"
    else:
        yield from _check_string(value.get("text"), f"{at}/text", most)


def _check_string(value: Any, at: str, most: int) -> _Faults:
    if not isinstance(value, str):
        yield "must be a string", at
    elif not value:
        yield "must be more than 0 characters", at
    elif len(value) > most:
        yield f"must be less than {most + 1} characters", at


def _check_count(value: Any, at: str, most: int) -> _Faults:
    if not isinstance(value, list) or not value:
        yield "must be a list with at least 1 item", at
    elif len(value) > most:
        yield f"no more than {most} items allowed", at


def _repeated_ids(blocks: list[Any]) -> list[str]:
    seen: set[str] = set()
    repeated = []
    for index, block in enumerate(blocks):
        block_id = block.get("block_id") if isinstance(block, dict) else None
        if isinstance(block_id, str):
            if block_id in seen:
                repeated.append(f"block_id already exists [json-pointer:/blocks/{index}/block_id]")
            seen.add(block_id)
    return repeated
