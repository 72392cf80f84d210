"""What the manifest tells Slack's client of Earshot, shipped with the package.

The manifest stands at the root of the repository, where an installed package cannot find it; a
test holds both equal.
"""

from __future__ import annotations

COMMANDS = (
    {
        "command": "/friction",
        "description": "What hurts customers, in their own words",
        "usage_hint": "[feature, words or ticket] [30d | since Monday] [kind: segment: vs]",
    },
    {
        "command": "/digest",
        "description": "Set up this channel's digest",
        "usage_hint": "",
    },
    {
        "command": "/insights",
        "description": "List and search what was tagged",
        "usage_hint": "[words | feature | status | mine]",
    },
)
SHORTCUTS = ({"name": "Tag as insight", "callback_id": "tag_message"},)
