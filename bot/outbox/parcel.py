"""An outgoing message as bytes for the outbox, and back."""

import base64
import json
from datetime import timedelta
from typing import Any

from bot.message import Button, Outbound


def pack(message: Outbound) -> bytes:
    """The message as compact JSON; the store seals it."""
    row: dict[str, Any] = {"text": message.text}
    if message.title:
        row["title"] = message.title
    if message.buttons:
        row["buttons"] = [[b.label, b.data] for b in message.buttons]
    if message.image:
        row["image"] = base64.b64encode(message.image).decode("ascii")
    if message.share_location:
        row["share_location"] = message.share_label
    if message.ttl:
        row["ttl"] = message.ttl.total_seconds()
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def unpack(body: bytes) -> Outbound:
    """The message that `pack` made."""
    row = json.loads(body)
    image, ttl, share = row.get("image"), row.get("ttl"), row.get("share_location")
    return Outbound(
        text=row["text"],
        title=row.get("title"),
        buttons=tuple(Button(label, data) for label, data in row.get("buttons", ())),
        image=base64.b64decode(image) if image else None,
        share_location=share is not None,
        **({"share_label": share} if share is not None else {}),
        ttl=timedelta(seconds=ttl) if ttl else None,
    )
