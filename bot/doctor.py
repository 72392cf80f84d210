"""What is wrong with an installation, and what to do about it.

Each check is a function that yields findings; an `error` makes the command fail, a `warning` does
not. Nothing is changed, but that an installation without a key gets one.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import scopes
from bot.directory import UNREACHABLE, Directory, slack_code
from bot.doctor_masking import leaks, masking
from bot.doctor_storage import storage
from bot.errors import KeyLost, UserError
from bot.reports import Finding
from bot.service import catalogue, connection, effect_posts, policy, rematch
from bot.service.context import Context
from storage import channels as channel_rows
from storage import features as feature_rows
from storage import outbox as outbox_rows
from storage import outbox_lines, recount
from storage import tickets as ticket_rows
from storage import vectors as vector_rows
from storage.values import SettingValue

OK, WARNING, ERROR = "ok", "warning", "error"
MOST_WRONG = 50


def examine(
    context: Context,
    client: WebClient | None,
    app: WebClient | None,
    *,
    deep: bool = False,
    now: datetime | None = None,
) -> list[Finding]:
    """All findings, in the order in which an operator would mend them.

    `client` is the bot's, `app` the one with the app-level token; None where there is no token.
    `deep` counts everything anew, which takes seconds for every 100,000 tickets. What is late is
    looked for where it is said what time it is.
    """
    stuck = list(storage(context))
    if any(finding.id == "database.write" for finding in stuck):
        # Whatever else is looked at would wait as long.
        return stuck
    findings = [
        *stuck,
        *_database(context),
        *_key(context),
        *_env_file(),
        *_catalogue(context),
        *(_counts(context) if deep else ()),
        *_meaning(context),
        *masking(context.settings),
        *leaks(context),
        *_outbox(context),
        *_lost(context),
        *(_looks(context, now) if now else ()),
    ]
    if client is None:
        remedy = (
            "Create the app from manifest.yml and set SLACK_BOT_TOKEN (README, First workspace)."
        )
        return [*findings, Finding("slack.token", WARNING, "There is no bot token.", remedy)]
    team, slack = _token(client, context.settings.taggers)
    findings += slack
    if team:
        findings += _channels(context, client, team)
    return [*findings, *_transport(context, app)]


def _database(context: Context) -> Iterator[Finding]:
    with context.store.read() as session:
        tickets = ticket_rows.total(session)
        newest = ticket_rows.newest(session)
    if tickets:
        written = f"; the newest was written {newest:%Y-%m-%d}" if newest else ""
        held = f"The database ({context.store.version}) holds {tickets:,} tickets{written}."
        yield Finding("database", OK, held)
    else:
        remedy = "Take some in: `earshot ingest FILE`."
        message = f"The database ({context.store.version}) holds no tickets."
        yield Finding("database", WARNING, message, remedy)
    path = context.store.path
    if path is not None and stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
        yield Finding(
            "database.folder",
            WARNING,
            f"Other users of this machine can look into {path.parent}.",
            f"chmod 700 {path.parent}",
        )


def _env_file() -> Iterator[Finding]:
    path = Path(".env")
    if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        message = "Other users of this machine can read the tokens in .env."
        yield Finding("config.file", WARNING, message, "chmod 600 .env")


def _key(context: Context) -> Iterator[Finding]:
    path = context.settings.key_file
    try:
        with context.store.write() as session:
            context.keys(session)
    except KeyLost as error:
        remedy = f"Restore {path} from a backup; without it customers cannot be counted."
        yield Finding("key", ERROR, str(error), remedy)
        return
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        message = f"Other users of this machine can read the key {path}."
        yield Finding("key.mode", ERROR, message, f"chmod 600 {path}")
        return
    yield Finding("key", OK, "The key that customers are counted by is the right one.")


def _catalogue(context: Context) -> Iterator[Finding]:
    if catalogue.is_half_matched(context):
        message = "The catalogue changed, and not every ticket was matched against it since."
        remedy = "Figures of features are wrong until then: `earshot features import FILE` again."
        yield Finding("features.half", ERROR, message, remedy)
    for feature in rematch.waiting(context):
        message = f"{feature} was edited, and not every ticket is matched against it yet."
        remedy = (
            f"`earshot run` does it when it has time, `earshot reread --feature {feature}` now."
        )
        yield Finding("features.edited", WARNING, message, remedy)
    with context.store.read() as session:
        features = feature_rows.every(session)
    if not features:
        remedy = "Write one and `earshot features import FILE`; `earshot features suggest` helps."
        yield Finding("features", WARNING, "There are no features.", remedy)
    elif all(value.origin == feature_rows.FROM_TAGS for value in features):
        remedy = (
            "Write your own catalogue: `earshot features list --toml > features.toml` is a start."
        )
        message = f"All {len(features)} features were made of help-desk tags."
        yield Finding("features", WARNING, message, remedy)
    else:
        yield Finding("features", OK, f"The catalogue has {len(features)} features.")


def _counts(context: Context) -> Iterator[Finding]:
    """What is counted as tickets come, against the tickets themselves."""
    with context.store.read() as session:
        wrong = list(islice(recount.differences(session), MOST_WRONG + 1))
        tickets = ticket_rows.total(session)
    for sentence in wrong[:MOST_WRONG]:
        yield Finding("counts", ERROR, f"{sentence}.", "`earshot reread` counts everything anew.")
    if len(wrong) > MOST_WRONG:
        yield Finding("counts", ERROR, "There are more counts that are wrong.", "")
    if not wrong:
        yield Finding("counts", OK, f"All that is counted of {tickets:,} tickets is right.")


def _meaning(context: Context) -> Iterator[Finding]:
    try:
        encoder = context.encoder()
    except UserError as error:
        yield Finding("meaning", ERROR, str(error), "")
        return
    if encoder is None:
        why = "it is not installed" if context.settings.semantic else "EARSHOT_SEMANTIC is off"
        message = f"Tickets are read by words; the extra `semantic` reads meanings too, but {why}."
        yield Finding("meaning", OK, message, "README, “Meaning beyond words”.")
        return
    with context.store.read() as session:
        tickets = ticket_rows.total(session)
        read = vector_rows.counted(session) if vector_rows.model(session) == encoder.model else 0
    message = f"Meanings are read with {encoder.model}: {read:,} of {tickets:,} tickets so far."
    remedy = "`earshot run` and `earshot serve` read the rest when they have time."
    yield Finding("meaning", OK, message, remedy if read < tickets else "")


def _outbox(context: Context) -> Iterator[Finding]:
    with context.store.read() as session:
        held = outbox_lines.in_state(session, (outbox_rows.HELD,), 10)
        failed = outbox_lines.in_state(session, (outbox_rows.FAILED,), 5)
        in_all = outbox_lines.states(session).get(outbox_rows.HELD, 0)
    for row, channel, error in held:
        remedy = (
            f"Look into the channel, then `earshot posts retry {row}` or `earshot posts drop {row} "
            "--seen`. Granting channels:history lets Earshot look for itself."
        )
        yield Finding("outbox.held", WARNING, f"Message {row} to {channel}: {error}", remedy)
    if in_all > len(held):
        message = f"{in_all - len(held):,} more messages are held."
        yield Finding("outbox.held", WARNING, message, "`earshot posts` lists them.")
    for row, channel, error in failed:
        remedy = "Mend the cause; the message itself is not sent again."
        yield Finding("outbox.failed", WARNING, f"Message {row} to {channel}: {error}", remedy)


def _lost(context: Context) -> Iterator[Finding]:
    with context.store.read() as session:
        every = connection.all_lost(session)
    for one in every:
        yield Finding(
            "slack.lost",
            ERROR,
            f"Slack said {one.event} on {one.at:%Y-%m-%d}: nothing is sent, all data is kept.",
            "Install the app again, set SLACK_BOT_TOKEN and start Earshot anew; or, if it is not "
            "wanted any more, delete the database and the key.",
        )


def _looks(context: Context, now: datetime) -> Iterator[Finding]:
    late = effect_posts.late(context, now)
    if late:
        numbers = ", ".join(str(insight) for insight in late[:MOST_WRONG])
        message = f"Whether a fix helped should have been looked at a day ago: insight {numbers}."
        remedy = "`earshot run` and `earshot serve` do it; where one fails, their log says why."
        yield Finding("looks", WARNING, message, remedy)


def _token(client: WebClient, taggers: Sequence[str]) -> tuple[str, list[Finding]]:
    try:
        answer = client.auth_test()
    except SlackApiError as error:
        remedy = "Copy the Bot User OAuth Token of your installed app into SLACK_BOT_TOKEN."
        message = f"Slack refuses the bot token: {slack_code(error)}."
        return "", [Finding("slack.token", ERROR, message, remedy)]
    except UNREACHABLE as error:
        message = f"Slack cannot be reached: {type(error).__name__}."
        return "", [Finding("slack.reach", ERROR, message, "Check the network and SLACK_API_URL.")]
    headers = {name.lower(): value for name, value in dict(answer.headers).items()}
    granted = {scope.strip() for scope in str(headers.get("x-oauth-scopes", "")).split(",")}
    return str(answer["team_id"]), [
        Finding("slack.token", OK, f"The bot token is good for {answer.get('team', 'Slack')}."),
        *_scopes(granted, taggers),
    ]


def _scopes(granted: set[str], taggers: Sequence[str]) -> Iterator[Finding]:
    remedy = "Paste manifest.yml into your app's manifest page and install the app again."
    missing = sorted(set(scopes.REQUIRED) - granted)
    for scope in missing:
        message = f"The scope {scope} is missing: {scopes.REQUIRED[scope]}."
        yield Finding("slack.scopes", ERROR, message, remedy)
    if not missing:
        yield Finding("slack.scopes", OK, "All scopes of the manifest are granted.")
    unused = set() if any(id.startswith("S") for id in taggers) else {"usergroups:read"}
    for scope in sorted(set(scopes.OPTIONAL) - granted - unused):
        message = f"The optional scope {scope} is not granted: {scopes.OPTIONAL[scope]}."
        yield Finding("slack.history", WARNING, message, remedy)


def _channels(context: Context, client: WebClient, team: str) -> Iterator[Finding]:
    directory = Directory(client, team)
    with context.store.read() as session:
        set_up = [value for value in channel_rows.every(session) if value.team == team]
    for value in set_up:
        yield _channel(directory, value)


def _channel(directory: Directory, value: SettingValue) -> Finding:
    try:
        channel = directory.channel(value.team, value.channel)
    except SlackApiError as error:
        message = f"{value.channel} cannot be seen: {slack_code(error)}."
        return Finding("channel", ERROR, message, "Invite Earshot there: /invite @Earshot")
    except UNREACHABLE as error:
        message = f"{value.channel} cannot be checked: {type(error).__name__}."
        return Finding("channel", WARNING, message, "Try again.")
    reason = policy.refusal(channel)
    if reason:
        message = f"No digest can be posted to #{channel.name}."
        return Finding("channel", ERROR, message, reason)
    return Finding("channel", OK, f"#{channel.name} can be posted to.")


def _transport(context: Context, app: WebClient | None) -> Iterator[Finding]:
    if app is None and not context.settings.signing_secret:
        remedy = (
            "Set SLACK_APP_TOKEN for `earshot run`, or SLACK_SIGNING_SECRET for `earshot serve`."
        )
        yield Finding("slack.transport", ERROR, "Earshot has no way to hear from Slack.", remedy)
    if app is None:
        return
    try:
        app.apps_connections_open(app_token=app.token or "")
    except SlackApiError as error:
        remedy = "Make an app-level token with connections:write and set SLACK_APP_TOKEN."
        message = f"Slack refuses the app-level token: {slack_code(error)}."
        yield Finding("slack.app_token", ERROR, message, remedy)
    except UNREACHABLE as error:
        message = f"Socket Mode cannot be opened: {type(error).__name__}."
        yield Finding("slack.app_token", ERROR, message, "Check the network and SLACK_API_URL.")
    else:
        yield Finding("slack.app_token", OK, "Socket Mode can be opened.")
