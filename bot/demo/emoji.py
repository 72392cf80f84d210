"""The emoji of the demo's picker, and of Earshot's messages: Slack's names and the characters."""

from __future__ import annotations

from collections.abc import Mapping

EMOJI: Mapping[str, str] = {
    "bulb": "💡",
    "white_check_mark": "✅",
    "open_mouth": "😮",
    "raising_hand": "🙋",
    "no_good": "🙅",
    "hammer_and_wrench": "🛠️",
    "eyes": "👀",
    "+1": "👍",
    "-1": "👎",
    "heart": "❤️",
    "tada": "🎉",
    "rocket": "🚀",
    "fire": "🔥",
    "bug": "🐛",
    "joy": "😂",
    "slightly_smiling_face": "🙂",
    "thinking_face": "🤔",
    "cry": "😢",
    "pray": "🙏",
    "clap": "👏",
    "wave": "👋",
    "100": "💯",
    "question": "❓",
    "warning": "⚠️",
    "rotating_light": "🚨",
    "chart_with_upwards_trend": "📈",
    "chart_with_downwards_trend": "📉",
    "speech_balloon": "💬",
    "memo": "📝",
    "mag": "🔍",
    "link": "🔗",
    "lock": "🔒",
    "gear": "⚙️",
    "hourglass_flowing_sand": "⏳",
    "calendar": "📆",
    "ear": "👂",
}
SKIN_TONES: Mapping[str, str] = {
    "skin-tone-2": "🏻",
    "skin-tone-3": "🏼",
    "skin-tone-4": "🏽",
    "skin-tone-5": "🏾",
    "skin-tone-6": "🏿",
}


def character(name: str) -> str:
    """The character of an emoji's name, or "" where the demo does not know it."""
    base, _, tone = name.partition("::")
    found = EMOJI.get(base, "")
    return (
        found.removesuffix("\ufe0f") + SKIN_TONES[tone] if found and tone in SKIN_TONES else found
    )
