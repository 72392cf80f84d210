"""The workspace that tests and the demo start with."""

from bot.demo.fake_slack.model import Channel, Person
from bot.demo.fake_slack.workspace import BOT_USER, Workspace

TEAM = "T0EARSHOT"
DOMAIN = "earshot"
BERLIN, LONDON = ("Europe/Berlin", 3600), ("Europe/London", 0)
DEFAULT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
    }
)
PEOPLE = (
    Person("U0ADA", "ada", "Ada Park", *LONDON, is_admin=True),
    Person("U0BEN", "ben", "Ben Ortiz", "America/New_York", -18_000),
    Person("U0CHIDI", "chidi", "Chidi Eze", "Africa/Lagos", 3600),
    Person("U0MIRA", "mira", "Mira Vogel", *BERLIN),
    Person("U0NOOR", "noor", "Noor Haddad", "Asia/Dubai", 14_400),
    Person("U0GUS", "gus", "Gus Lind", *LONDON, is_restricted=True, is_ultra_restricted=True),
    Person(BOT_USER, "earshot", "Earshot", *LONDON, is_bot=True),
    Person("USLACKBOT", "slackbot", "Slackbot", *LONDON),
)
STAFF = ["U0ADA", "U0BEN", "U0CHIDI", "U0MIRA", "U0NOOR"]


def fill_default(space: Workspace) -> None:
    """Five channels, six people, and the bot in all channels but the private one."""
    for person in PEOPLE:
        space.add_person(person)
    with_bot = [*STAFF, BOT_USER]
    for channel in (
        Channel("C0GENERAL", "general", members=[*with_bot, "U0GUS"]),
        Channel("C0CHECKOUT", "checkout-eng", members=list(with_bot)),
        Channel("C0SUPPORT", "support", members=[*with_bot, "U0GUS"]),
        Channel("C0PRIVATE", "leads", is_private=True, members=["U0ADA", "U0MIRA"]),
        Channel("C0SHARED", "with-acme", is_ext_shared=True, members=list(with_bot)),
    ):
        space.add_channel(channel)
