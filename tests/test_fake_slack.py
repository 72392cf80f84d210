"""The fake Slack, seen by the real slack_sdk and the real slack_bolt."""

from __future__ import annotations

import http.client
import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demo import fake_slack
from bot.demo.fake_slack import BOT_USER, Change, ClientRefusal, FakeSlack, Message
from bot.demo.fake_slack.wire import Server

Json = dict[str, Any]
ROOM = "C0CHECKOUT"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(action_id: str, value: str = "1") -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": action_id, "value": value}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "block_id": "acts", "elements": list(elements)}]


KIND_MENU: Json = {
    "type": "static_select",
    "action_id": "kind",
    "options": [{"text": plain(word), "value": word} for word in ("broken", "praise")],
}


def modal(*blocks: Json, **fields: Any) -> Json:
    asked = {
        "type": "input",
        "block_id": "title",
        "label": plain("Title"),
        "element": {"type": "plain_text_input", "action_id": "text", "max_length": 20},
    }
    return {
        "type": "modal",
        "callback_id": "tag",
        "title": plain("Tag"),
        "submit": plain("Save"),
        "blocks": list(blocks) or [asked],
        **fields,
    }


def client_for(slack: FakeSlack, token: str | None = None) -> WebClient:
    return WebClient(token=token or slack.token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[FakeSlack]:
    with FakeSlack(clock=clock) as running:
        yield running


@pytest.fixture
def client(slack: FakeSlack) -> WebClient:
    return client_for(slack)


def refusal(method: Any, **arguments: Any) -> Json:
    """The answer of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        method(**arguments)
    answer: Json = dict(caught.value.response.data)
    return answer


def error_of(method: Any, **arguments: Any) -> str:
    return str(refusal(method, **arguments)["error"])


# --- the Web API


def test_a_post_is_answered_with_its_ts_and_can_be_seen(
    slack: FakeSlack, client: WebClient
) -> None:
    answer = client.chat_postMessage(channel=ROOM, text="hello", unfurl_links=False)
    (message,) = slack.messages(ROOM)
    assert answer["ts"] == message.ts
    assert (message.user, message.text) == (BOT_USER, "hello")
    assert message.options == {"unfurl_links": False}


def test_scopes_come_back_in_a_header(client: WebClient) -> None:
    assert "chat:write" in client.auth_test().headers["x-oauth-scopes"]


def test_message_times_rise_while_the_clock_stands(client: WebClient) -> None:
    stamps = [client.chat_postMessage(channel=ROOM, text="x")["ts"] for _ in range(3)]
    assert stamps == sorted(set(stamps))


def test_tokens_are_checked(slack: FakeSlack, client: WebClient) -> None:
    assert error_of(WebClient(base_url=slack.api_url).auth_test) == "not_authed"
    assert error_of(client_for(slack, "xoxb-other").auth_test) == "invalid_auth"
    assert error_of(client_for(slack, slack.app_token).auth_test) == "not_allowed_token_type"
    slack.space.grants.revoke(slack.token)
    assert error_of(client.auth_test) == "token_revoked"


def test_a_missing_scope_is_named(slack: FakeSlack, client: WebClient) -> None:
    slack.grant(["commands"])
    answer = refusal(client.chat_postMessage, channel=ROOM, text="x")
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "chat:write",
        "commands",
    )


def test_an_unknown_method_is_refused(client: WebClient) -> None:
    assert error_of(client.api_call, api_method="chat.shout") == "unknown_method"


def test_a_message_with_51_blocks_is_refused(slack: FakeSlack, client: WebClient) -> None:
    answer = refusal(
        client.chat_postMessage, channel=ROOM, text="x", blocks=[{"type": "divider"}] * 51
    )
    assert answer["error"] == "invalid_blocks"
    assert "[json-pointer:/blocks]" in answer["response_metadata"]["messages"][0]
    assert slack.messages(ROOM) == []


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("no_text", {"text": ""}),
        ("msg_too_long", {"text": "x" * 40_001}),
        ("invalid_blocks_format", {"text": "x", "blocks": "[{"}),
        ("invalid_metadata_format", {"text": "x", "metadata": {"event_type": "e"}}),
        ("cannot_reply_to_message", {"text": "x", "thread_ts": "1.000000"}),
        (
            "msg_blocks_too_long",
            {"text": "x", "blocks": [{"type": "section", "text": plain("x" * 2900)}] * 5},
        ),
    ],
)
def test_bad_content_is_refused_with_slacks_own_code(
    client: WebClient, code: str, content: Json
) -> None:
    arguments = {"channel": ROOM, **content}
    assert error_of(client.api_call, api_method="chat.postMessage", json=arguments) == code


def test_a_private_channel_without_the_bot_does_not_exist(client: WebClient) -> None:
    assert error_of(client.conversations_info, channel="C0PRIVATE") == "channel_not_found"
    assert error_of(client.chat_postMessage, channel="C0PRIVATE", text="x") == "channel_not_found"
    listed = client.conversations_list(types="public_channel,private_channel")["channels"]
    assert "C0PRIVATE" not in {channel["id"] for channel in listed}


def test_a_public_channel_must_be_joined_first(slack: FakeSlack, client: WebClient) -> None:
    slack.space.change_channel(ROOM, members=["U0ADA"])
    assert error_of(client.chat_postMessage, channel=ROOM, text="x") == "not_in_channel"
    client.conversations_join(channel=ROOM)
    assert client.chat_postMessage(channel=ROOM, text="x")["ok"]


def test_an_archived_channel_takes_no_posts(slack: FakeSlack, client: WebClient) -> None:
    slack.space.change_channel(ROOM, is_archived=True)
    assert error_of(client.chat_postMessage, channel=ROOM, text="x") == "is_archived"


def test_a_shared_channel_says_so(client: WebClient) -> None:
    assert client.conversations_info(channel="C0SHARED")["channel"]["is_ext_shared"] is True


def test_a_post_to_a_person_goes_to_their_direct_messages(
    slack: FakeSlack, client: WebClient
) -> None:
    channel = client.conversations_open(users="U0ADA")["channel"]["id"]
    assert client.chat_postMessage(channel="U0ADA", text="x")["channel"] == channel
    assert [message.text for message in slack.messages(channel)] == ["x"]


def test_an_update_keeps_what_is_not_sent(slack: FakeSlack, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=ROOM, text="a", blocks=actions(button("go")))["ts"]
    client.chat_update(channel=ROOM, ts=ts, text="b")
    message = slack.message(ROOM, ts)
    assert message.text == "b"
    assert message.edited
    assert message.blocks[0]["block_id"] == "acts"


def test_only_own_messages_can_be_changed(slack: FakeSlack, client: WebClient) -> None:
    message, _ = slack.say("U0ADA", ROOM, "mine")
    assert error_of(client.chat_update, channel=ROOM, ts=message.ts, text="x") == (
        "cant_update_message"
    )
    assert error_of(client.chat_delete, channel=ROOM, ts=message.ts) == "cant_delete_message"


def test_a_deleted_message_is_gone(slack: FakeSlack, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=ROOM, text="a")["ts"]
    client.chat_delete(channel=ROOM, ts=ts)
    assert error_of(client.chat_update, channel=ROOM, ts=ts, text="x") == "message_not_found"
    assert slack.messages(ROOM) == []


def test_ephemeral_messages_are_for_members_only(slack: FakeSlack, client: WebClient) -> None:
    client.chat_postEphemeral(channel=ROOM, user="U0ADA", text="psst")
    assert [message.text for message in slack.ephemerals("U0ADA")] == ["psst"]
    assert slack.ephemerals("U0BEN") == []
    assert error_of(client.chat_postEphemeral, channel=ROOM, user="U0GUS", text="x") == (
        "user_not_in_channel"
    )


def test_history_shows_roots_newest_first_and_metadata_on_demand(client: WebClient) -> None:
    metadata = {"event_type": "digest", "event_payload": {"key": "k"}}
    first = client.chat_postMessage(channel=ROOM, text="one", metadata=metadata)["ts"]
    client.chat_postMessage(channel=ROOM, text="reply", thread_ts=first)
    second = client.chat_postMessage(channel=ROOM, text="two")["ts"]
    plain_history = client.conversations_history(channel=ROOM)["messages"]
    assert [message["text"] for message in plain_history] == ["two", "one"]
    assert plain_history[1]["reply_count"] == 1
    assert "metadata" not in plain_history[1]
    whole = client.conversations_history(channel=ROOM, include_all_metadata=True)["messages"]
    assert whole[1]["metadata"] == metadata
    later = client.conversations_history(channel=ROOM, oldest=first)["messages"]
    assert [message["ts"] for message in later] == [second]
    both = client.conversations_history(channel=ROOM, oldest=first, inclusive=True)["messages"]
    assert len(both) == 2


def test_history_is_read_page_by_page(client: WebClient) -> None:
    for number in range(5):
        client.chat_postMessage(channel=ROOM, text=str(number))
    pages = client.conversations_history(channel=ROOM, limit=2)
    shown = [[message["text"] for message in page["messages"]] for page in pages]
    assert shown == [["4", "3"], ["2", "1"], ["0"]]


def test_a_thread_is_read_root_first(client: WebClient) -> None:
    root = client.chat_postMessage(channel=ROOM, text="root")["ts"]
    client.chat_postMessage(channel=ROOM, text="reply", thread_ts=root)
    thread = client.conversations_replies(channel=ROOM, ts=root)["messages"]
    assert [message["text"] for message in thread] == ["root", "reply"]


def test_a_permalink_leads_to_the_message(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=ROOM, text="a")["ts"]
    link = client.chat_getPermalink(channel=ROOM, message_ts=ts)["permalink"]
    assert link == f"https://earshot.slack.com/archives/{ROOM}/p{ts.replace('.', '')}"


def test_the_bots_own_reactions_count_once(client: WebClient) -> None:
    item = {
        "channel": ROOM,
        "timestamp": client.chat_postMessage(channel=ROOM, text="a")["ts"],
    }
    client.reactions_add(name="eyes", **item)
    assert error_of(client.reactions_add, name="eyes", **item) == "already_reacted"
    (reaction,) = client.reactions_get(**item)["message"]["reactions"]
    assert reaction == {"name": "eyes", "users": [BOT_USER], "count": 1}
    client.reactions_remove(name="eyes", **item)
    assert error_of(client.reactions_remove, name="eyes", **item) == "no_reaction"


def test_people_have_time_zones_and_guests_are_marked(client: WebClient) -> None:
    assert client.users_info(user="U0MIRA")["user"]["tz"] == "Europe/Berlin"
    assert client.users_info(user="U0GUS")["user"]["is_ultra_restricted"] is True
    assert error_of(client.users_info, user="U0NOBODY") == "user_not_found"
    names = {person["name"] for person in client.users_list()["members"]}
    assert {"ada", "ben", "chidi", "mira", "noor", "gus", "earshot"} <= names


def test_blocks_are_validated_without_a_token(slack: FakeSlack) -> None:
    nobody = WebClient(base_url=slack.api_url)
    assert nobody.blocks_validate(blocks=[{"type": "divider"}])["ok"]
    assert error_of(nobody.blocks_validate, blocks=[{"type": "hologram"}]) == "invalid_blocks"
    assert error_of(nobody.blocks_validate) == "invalid_arguments"


# --- modals and Home


def command_trigger(slack: FakeSlack) -> str:
    return slack.space.grants.new_trigger("U0ADA")


def test_a_trigger_lives_three_seconds_and_once(
    slack: FakeSlack, client: WebClient, clock: Clock
) -> None:
    trigger = command_trigger(slack)
    client.views_open(trigger_id=trigger, view=modal())
    assert error_of(client.views_open, trigger_id=trigger, view=modal()) == "exchanged_trigger_id"
    late = command_trigger(slack)
    clock.pass_(seconds=3.1)
    assert error_of(client.views_open, trigger_id=late, view=modal()) == "expired_trigger_id"


def test_a_stack_holds_three_modals(slack: FakeSlack, client: WebClient) -> None:
    client.views_open(trigger_id=command_trigger(slack), view=modal())
    for _ in range(2):
        client.views_push(trigger_id=command_trigger(slack), view=modal())
    assert error_of(client.views_push, trigger_id=command_trigger(slack), view=modal()) == (
        "push_limit_reached"
    )


def test_a_bad_view_is_refused_with_pointers(slack: FakeSlack, client: WebClient) -> None:
    answer = refusal(
        client.views_open, trigger_id=command_trigger(slack), view=modal(title=plain("x" * 25))
    )
    assert answer["error"] == "invalid_arguments"
    assert "/view/title/text" in answer["response_metadata"]["messages"][0]


def test_a_stale_hash_is_refused(slack: FakeSlack, client: WebClient) -> None:
    view = client.views_open(trigger_id=command_trigger(slack), view=modal())["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    assert error_of(client.views_update, view_id=view["id"], hash=view["hash"], view=modal()) == (
        "hash_conflict"
    )


def test_typed_words_survive_an_update_that_keeps_the_ids(
    slack: FakeSlack, client: WebClient
) -> None:
    view = client.views_open(trigger_id=command_trigger(slack), view=modal())["view"]
    slack.fill("U0ADA", {"title": "half a ti"})
    answer = client.views_update(view_id=view["id"], view=modal(title=plain("Loaded")))
    assert answer["view"]["state"]["values"]["title"]["text"]["value"] == "half a ti"


def test_home_is_published_per_person(slack: FakeSlack, client: WebClient) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = client.views_publish(user_id="U0ADA", view=home)["view"]
    client.views_publish(user_id="U0ADA", view=home, hash=first["hash"])
    assert slack.home("U0BEN") is None
    assert error_of(
        client.views_publish, user_id="U0ADA", view=home, hash=first["hash"]
    ) == "hash_conflict"  # fmt: skip


# --- failures on demand


def test_an_error_is_answered_and_nothing_is_done(slack: FakeSlack, client: WebClient) -> None:
    slack.fail_next("chat.postMessage", "internal_error", times=2)
    for _ in range(2):
        assert error_of(client.chat_postMessage, channel=ROOM, text="x") == "internal_error"
    client.chat_postMessage(channel=ROOM, text="third")
    assert [message.text for message in slack.messages(ROOM)] == ["third"]


@pytest.mark.parametrize("retry_after", [30, 0, "soon", None])
def test_a_rate_limit_says_how_long_to_wait(
    slack: FakeSlack, client: WebClient, retry_after: int | str | None
) -> None:
    slack.fail_next("chat.postMessage", fake_slack.rate_limited(retry_after))
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=ROOM, text="x")
    answer = caught.value.response
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    wanted = None if retry_after is None else str(retry_after)
    assert answer.headers.get("retry-after") == wanted


def test_a_connection_can_break_after_the_post_was_accepted(
    slack: FakeSlack, client: WebClient
) -> None:
    slack.fail_next("chat.postMessage", fake_slack.reset_after_accept())
    with pytest.raises(ConnectionResetError):
        client.chat_postMessage(channel=ROOM, text="x")
    assert len(slack.messages(ROOM)) == 1


def test_a_connection_can_break_before_anything_happened(
    slack: FakeSlack, client: WebClient
) -> None:
    slack.fail_next("chat.postMessage", fake_slack.reset_before())
    with pytest.raises(ConnectionResetError):
        client.chat_postMessage(channel=ROOM, text="x")
    assert slack.messages(ROOM) == []


def test_the_sdk_doubles_a_post_by_default_when_the_connection_breaks(slack: FakeSlack) -> None:
    slack.fail_next("chat.postMessage", fake_slack.reset_after_accept())
    careless = WebClient(token=slack.token, base_url=slack.api_url)
    careless.chat_postMessage(channel=ROOM, text="x")
    assert len(slack.messages(ROOM)) == 2


def test_the_same_client_msg_id_posts_once_when_that_is_honoured() -> None:
    with FakeSlack(repeats="known") as slack:
        slack.fail_next("chat.postMessage", fake_slack.reset_after_accept())
        careless = WebClient(token=slack.token, base_url=slack.api_url)
        answer = careless.chat_postMessage(channel=ROOM, text="x", client_msg_id="k")
        (message,) = slack.messages(ROOM)
        assert answer["ts"] == message.ts


def test_the_same_client_msg_id_can_be_refused() -> None:
    with FakeSlack(repeats="refused") as slack:
        client = WebClient(token=slack.token, base_url=slack.api_url)
        client.chat_postMessage(channel=ROOM, text="x", client_msg_id="k")
        with pytest.raises(SlackApiError, match="duplicate_message_not_found"):
            client.chat_postMessage(channel=ROOM, text="x", client_msg_id="k")
        assert len(slack.messages(ROOM)) == 1


def test_an_answer_can_break_off(slack: FakeSlack, client: WebClient) -> None:
    slack.fail_next("chat.postMessage", fake_slack.half_body_after_accept())
    with pytest.raises(http.client.IncompleteRead):
        client.chat_postMessage(channel=ROOM, text="x")
    assert len(slack.messages(ROOM)) == 1


def test_an_answer_can_come_too_late(slack: FakeSlack) -> None:
    slack.fail_next("chat.postMessage", fake_slack.timeout_after_accept(60))
    hasty = WebClient(token=slack.token, base_url=slack.api_url, timeout=1, retry_handlers=[])
    with pytest.raises(TimeoutError):
        hasty.chat_postMessage(channel=ROOM, text="x")
    assert len(slack.messages(ROOM)) == 1
    slack.release_held()


def test_a_call_can_be_held_until_an_event(slack: FakeSlack, client: WebClient) -> None:
    gate = threading.Event()
    slack.fail_next("*", fake_slack.hold(gate))
    caller = threading.Thread(target=client.chat_postMessage, kwargs={"channel": ROOM, "text": "x"})
    caller.start()
    assert slack.messages(ROOM) == []
    gate.set()
    slack.wait_for(lambda: slack.messages(ROOM))
    caller.join()


def test_a_proxy_can_answer_instead_of_slack(slack: FakeSlack, client: WebClient) -> None:
    slack.fail_next("chat.postMessage", fake_slack.http(502, "<html>Bad gateway</html>"))
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=ROOM, text="x")
    assert caught.value.response.status_code == 502
    assert slack.messages(ROOM) == []


# --- looking


def test_calls_are_logged_without_tokens_and_not_for_ever() -> None:
    with FakeSlack(most_calls=3) as slack:
        client = client_for(slack)
        for number in range(5):
            client.chat_postMessage(channel=ROOM, text=str(number))
        assert [call.arguments["text"] for call in slack.calls] == ["2", "3", "4"]
        assert slack.token not in str([call.arguments for call in slack.calls])


def test_waiting_in_vain_shows_the_recent_calls(slack: FakeSlack, client: WebClient) -> None:
    refusal(client.chat_postMessage, channel="C0NOWHERE", text="x")
    with pytest.raises(AssertionError, match=r"chat\.postMessage -> channel_not_found"):
        slack.wait_for(lambda: slack.messages(ROOM)[0], timeout=0.01)


def test_what_is_waited_for_may_itself_ask_slack(slack: FakeSlack, client: WebClient) -> None:
    client.chat_postMessage(channel=ROOM, text="x")
    assert slack.wait_for(lambda: client.conversations_history(channel=ROOM)["messages"])


def test_changes_can_be_followed(slack: FakeSlack, client: WebClient) -> None:
    changes: list[Change] = []
    stop = slack.subscribe(changes.append)
    ts = client.chat_postMessage(channel=ROOM, text="x")["ts"]
    stop()
    client.chat_postMessage(channel=ROOM, text="unseen")
    assert [change.kind for change in changes] == ["message", "call"]
    assert (changes[0].channel, changes[0].ts) == (ROOM, ts)


# --- a bot at the other end


def build_bot(slack: FakeSlack) -> App:
    """A small bot that uses every kind of payload."""
    app = App(client=client_for(slack), signing_secret=slack.signing_secret)

    @app.command("/friction")
    def friction(ack: Any, respond: Any, body: Json, client: WebClient) -> None:
        if body["text"] == "modal":
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=modal(notify_on_close=True))
        else:
            ack("looking")
            respond(f"about {body['text']}")

    @app.action(re.compile("share|kind"))
    def share(ack: Any, respond: Any, action: Json, body: Json) -> None:
        ack()
        chosen = action.get("value") or action["selected_option"]["value"]
        respond(text=f"{body['user']['id']} chose {chosen}", replace_original=True)

    @app.action("home")
    def home(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        view = {"type": "home", "blocks": [{"type": "header", "text": plain("pressed")}]}
        client.views_publish(user_id=body["user"]["id"], view=view, hash=body["view"]["hash"])

    @app.view("tag")
    def tag(ack: Any, view: Json, client: WebClient) -> None:
        title = view["state"]["values"]["title"]["text"]["value"]
        if title == "taken":
            ack(response_action="errors", errors={"title": "Taken already"})
        elif title == "wrong":
            ack(response_action="errors", errors={"nowhere": "?"})
        elif title == "next":
            ack(response_action="update", view=modal(title=plain("Second step")))
        else:
            ack()
            client.chat_postMessage(channel=ROOM, text=f"tagged {title}")

    @app.view_closed("tag")
    def closed(ack: Any, client: WebClient) -> None:
        ack()
        client.chat_postMessage(channel=ROOM, text="never mind")

    @app.shortcut("tag_message")
    def tag_message(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal())

    @app.event("reaction_added")
    @app.event("reaction_removed")
    def reacted(event: Json, body: Json, client: WebClient) -> None:
        text = f"{event['type']} {event['reaction']} {body['event_id']}"
        client.chat_postMessage(channel=event["item"]["channel"], text=text)

    @app.event("app_mention")
    @app.event("message")
    def addressed(event: Json, say: Any) -> None:
        say(f"you said {event['text']}", thread_ts=event["ts"])

    @app.event("app_home_opened")
    def opened(event: Json, client: WebClient) -> None:
        view = {"type": "home", "blocks": actions(button("home"))}
        client.views_publish(user_id=event["user"], view=view)

    return app


def hang_up(handler: SocketModeHandler) -> None:
    """Close a connection; the SDK's queue is read once a second unless something arrives."""
    handler.client.closed = True
    handler.client.enqueue_message("{}")
    handler.close()  # type: ignore[no-untyped-call]


@pytest.fixture(params=["http", "socket"])
def served(request: pytest.FixtureRequest, slack: FakeSlack) -> Iterator[FakeSlack]:
    """The fake Slack with the bot connected over one transport, then the other."""
    app = build_bot(slack)
    if request.param == "socket":
        handler = SocketModeHandler(
            app, slack.app_token, web_client=client_for(slack, slack.app_token)
        )
        handler.connect()  # type: ignore[no-untyped-call]
        slack.wait_for(lambda: slack.sockets.count == 1)
        yield slack
        hang_up(handler)
    else:
        with_http = SlackRequestHandler(app)

        async def endpoint(http_request: Request) -> Response:
            return await with_http.handle(http_request)

        server = Server(Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])]))
        server.start()
        slack.request_url = f"http://127.0.0.1:{server.port}/slack/events"
        yield slack
        server.stop()


def texts(messages: list[Message]) -> list[str]:
    return [message.text for message in messages]


def test_a_command_shows_the_ack_and_the_response_in_either_order(served: FakeSlack) -> None:
    delivery = served.slash_command("U0ADA", ROOM, "/friction", "checkout")
    assert delivery.ok
    served.wait_for(lambda: len(served.ephemerals("U0ADA")) == 2)
    assert set(texts(served.ephemerals("U0ADA"))) == {"looking", "about checkout"}
    assert served.messages(ROOM) == []


def test_an_unknown_command_is_shown_as_failed(served: FakeSlack) -> None:
    served.ack_timeout = served.sockets.timeout = 0.3
    delivery = served.slash_command("U0ADA", ROOM, "/unheard", "of")
    assert not delivery.ok
    assert "failed with the error" in served.ephemerals("U0ADA")[-1].text


def test_a_pressed_button_replaces_its_message(served: FakeSlack) -> None:
    client = client_for(served)
    ts = client.chat_postMessage(channel=ROOM, text="a", blocks=actions(button("share")))["ts"]
    delivery = served.click("U0BEN", (ROOM, ts), "share")
    assert delivery.ok
    served.wait_for(lambda: served.message(ROOM, ts).text == "U0BEN chose 1")
    payload = delivery.payload
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == ts
    assert payload["actions"][0]["block_id"] == "acts"


def test_a_choice_on_an_ephemeral_message_is_told_without_the_message(served: FakeSlack) -> None:
    client_for(served).chat_postEphemeral(
        channel=ROOM, user="U0ADA", text="a", blocks=actions(KIND_MENU)
    )
    (message,) = served.ephemerals("U0ADA")
    delivery = served.select("U0ADA", message, "kind", "praise")
    served.wait_for(lambda: message.text == "U0ADA chose praise")
    assert delivery.payload["container"]["is_ephemeral"] is True
    assert "message" not in delivery.payload
    state = delivery.payload["state"]["values"]["acts"]["kind"]
    assert state["selected_option"]["value"] == "praise"


def test_a_modal_is_filled_in_and_submitted(served: FakeSlack) -> None:
    served.slash_command("U0ADA", ROOM, "/friction", "modal")
    served.wait_for(lambda: served.view("U0ADA"))
    assert served.submit_view("U0ADA", {"title": "slow pay"}).ok
    assert served.view("U0ADA") is None
    served.wait_for(lambda: texts(served.posts(ROOM)) == ["tagged slow pay"])


def open_modal(slack: FakeSlack) -> None:
    slack.slash_command("U0ADA", ROOM, "/friction", "modal")
    slack.wait_for(lambda: slack.view("U0ADA"))


def test_errors_keep_the_modal_open(served: FakeSlack) -> None:
    open_modal(served)
    assert served.submit_view("U0ADA", {"text": "taken"}).ok
    view = served.view("U0ADA")
    assert view is not None
    assert view.errors == {"title": "Taken already"}


def test_errors_for_blocks_that_are_not_there_are_a_fault(served: FakeSlack) -> None:
    open_modal(served)
    delivery = served.submit_view("U0ADA", {"title": "wrong"})
    assert delivery.status == 200
    assert delivery.faults == ("no input blocks: nowhere",)


def test_a_submission_can_lead_to_the_next_step(served: FakeSlack) -> None:
    open_modal(served)
    served.submit_view("U0ADA", {"title": "next"})
    view = served.view("U0ADA")
    assert view is not None
    assert view.definition["title"]["text"] == "Second step"


def test_a_required_input_stops_the_submission_in_the_client(served: FakeSlack) -> None:
    open_modal(served)
    with pytest.raises(ClientRefusal) as caught:
        served.submit_view("U0ADA")
    assert caught.value.errors == {"title": "Please complete this required field."}
    with pytest.raises(ClientRefusal, match="at most 20"):
        served.submit_view("U0ADA", {"title": "x" * 21})


def test_a_closed_modal_is_told_when_the_bot_asked(served: FakeSlack) -> None:
    open_modal(served)
    assert served.close_view("U0ADA").ok
    served.wait_for(lambda: texts(served.posts(ROOM)) == ["never mind"])


def test_a_message_shortcut_opens_a_modal(served: FakeSlack) -> None:
    message, _ = served.say("U0MIRA", ROOM, "customers say checkout is slow")
    delivery = served.shortcut("U0ADA", ROOM, message.ts, "tag_message")
    assert delivery.payload["message"]["text"] == message.text
    served.wait_for(lambda: served.view("U0ADA"))


def test_reactions_reach_the_bot_both_ways(served: FakeSlack) -> None:
    message, _ = served.say("U0MIRA", ROOM, "slow")
    assert served.react("U0ADA", ROOM, message.ts, "bulb").ok
    assert message.reactions == {"bulb": ["U0ADA"]}
    assert served.unreact("U0ADA", ROOM, message.ts, "bulb").ok
    assert message.reactions == {}
    served.wait_for(lambda: len(served.posts(ROOM)) == 2)
    assert {text.split()[0] for text in texts(served.posts(ROOM))} == {
        "reaction_added",
        "reaction_removed",
    }


def test_an_event_can_arrive_twice_with_the_same_id(served: FakeSlack) -> None:
    message, _ = served.say("U0MIRA", ROOM, "slow")
    served.duplicate_next_event()
    served.react("U0ADA", ROOM, message.ts, "bulb")
    served.wait_for(lambda: len(served.posts(ROOM)) == 2)
    assert len(set(texts(served.posts(ROOM)))) == 1


def test_events_can_arrive_in_the_wrong_order(served: FakeSlack) -> None:
    message, _ = served.say("U0MIRA", ROOM, "slow")
    served.hold_events()
    assert served.react("U0ADA", ROOM, message.ts, "bulb").reason == "held"
    served.unreact("U0ADA", ROOM, message.ts, "bulb")
    kinds = [each.payload["event"]["type"] for each in served.release_events(reverse=True)]
    assert kinds == ["reaction_removed", "reaction_added"]
    served.wait_for(lambda: len(served.posts(ROOM)) == 2)


def test_a_mention_and_a_direct_message_are_answered(served: FakeSlack) -> None:
    assert served.mention("U0ADA", ROOM, "friction checkout").ok
    served.wait_for(
        lambda: texts(served.posts(ROOM)) == [f"you said <@{BOT_USER}> friction checkout"]
    )
    delivery = served.direct_message("U0ADA", "friction")
    channel = delivery.payload["event"]["channel"]
    served.wait_for(lambda: texts(served.posts(channel)) == ["you said friction"])


def test_home_is_opened_and_its_buttons_work(served: FakeSlack) -> None:
    served.open_home("U0ADA")
    home = served.wait_for(lambda: served.home("U0ADA"))
    assert home is not None
    assert served.click("U0ADA", home, "home").ok
    served.wait_for(lambda: home.blocks[0]["type"] == "header")


# --- deliveries, seen from outside


class Recorder:
    """A request URL that notes what arrives and answers what it is told."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.requests: list[tuple[dict[str, str], str]] = []

        async def endpoint(request: Request) -> Response:
            body = (await request.body()).decode()
            self.requests.append((dict(request.headers), body))
            return Response("", self.statuses.pop(0) if self.statuses else 200)

        self.server = Server(Starlette(routes=[Route("/", endpoint, methods=["POST"])]))
        self.url = f"http://127.0.0.1:{self.server.port}/"


@pytest.fixture
def recorder(slack: FakeSlack) -> Iterator[Recorder]:
    recorder = Recorder()
    recorder.server.start()
    slack.request_url = recorder.url
    yield recorder
    recorder.server.stop()


def test_deliveries_are_signed(slack: FakeSlack, recorder: Recorder) -> None:
    slack.slash_command("U0ADA", ROOM, "/friction", "ü & co")
    slack.event({"type": "app_uninstalled"})
    for headers, body in recorder.requests:
        assert SignatureVerifier(slack.signing_secret).is_valid_request(body, headers)


def test_a_failed_event_is_retried_with_marks(slack: FakeSlack, recorder: Recorder) -> None:
    recorder.statuses = [500]
    delivery = slack.event({"type": "app_uninstalled"})
    assert (delivery.status, delivery.attempts) == (200, 2)
    (first, body), (second, again) = recorder.requests
    assert "x-slack-retry-num" not in first
    assert (second["x-slack-retry-num"], second["x-slack-retry-reason"]) == ("1", "http_error")
    assert json.loads(body)["event_id"] == json.loads(again)["event_id"]


def test_a_command_is_never_retried(slack: FakeSlack, recorder: Recorder) -> None:
    recorder.statuses = [500]
    assert slack.slash_command("U0ADA", ROOM, "/friction").attempts == 1
    assert len(recorder.requests) == 1


def test_a_delivery_can_be_repeated_later(slack: FakeSlack, recorder: Recorder) -> None:
    delivery = slack.event({"type": "app_uninstalled"})
    slack.redeliver(delivery, retry_num=2, reason="http_timeout")
    slack.redeliver(delivery)
    marks = [headers.get("x-slack-retry-num") for headers, _ in recorder.requests]
    assert marks == [None, "2", None]


def test_nobody_listening_is_a_failed_connection(slack: FakeSlack) -> None:
    slack.request_url = "http://127.0.0.1:9/"
    delivery = slack.event({"type": "app_uninstalled"})
    assert (delivery.status, delivery.attempts, delivery.reason) == (0, 2, "connection_failed")


def test_events_need_membership_subscription_and_scope(
    slack: FakeSlack, recorder: Recorder
) -> None:
    private = slack.space.post("C0PRIVATE", "U0ADA", "secret")
    assert not slack.react("U0ADA", "C0PRIVATE", private.ts, "bulb").sent
    message, unheard = slack.say("U0ADA", ROOM, "x")
    assert not unheard.sent
    slack.grant(["chat:write"])
    assert not slack.react("U0ADA", ROOM, message.ts, "bulb").sent
    assert recorder.requests == []


def test_people_cannot_press_what_is_not_there(slack: FakeSlack, recorder: Recorder) -> None:
    message = slack.space.post(
        ROOM, BOT_USER, "x", blocks=actions(button("a", "1"), button("b", "2"))
    )
    with pytest.raises(ClientRefusal, match="acts/a, acts/b"):
        slack.click("U0ADA", message, "c")
    with pytest.raises(ClientRefusal, match="not in"):
        slack.click("U0GUS", message, "a")
    slack.space.delete(message)
    with pytest.raises(ClientRefusal, match="gone"):
        slack.click("U0ADA", message, "a")
    assert recorder.requests == []


def test_people_see_only_their_own_ephemeral_messages(slack: FakeSlack, recorder: Recorder) -> None:
    message = slack.space.post(
        ROOM, BOT_USER, "x", blocks=actions(button("a")), ephemeral_to="U0ADA"
    )
    with pytest.raises(ClientRefusal, match="only U0ADA"):
        slack.click("U0BEN", message, "a")


# --- response addresses


def respond(url: str, body: Json) -> tuple[int, Json]:
    request = urllib.request.Request(url, json.dumps(body).encode(), method="POST")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def response_url(slack: FakeSlack) -> str:
    return str(slack.slash_command("U0ADA", ROOM, "/friction").payload["response_url"])


def test_a_response_url_works_five_times(slack: FakeSlack, recorder: Recorder) -> None:
    url = response_url(slack)
    answers = [respond(url, {"text": "x"}) for _ in range(6)]
    assert [status for status, _ in answers] == [200] * 5 + [404]
    assert answers[-1][1]["error"] == "used_url"
    assert len(slack.ephemerals("U0ADA")) == 5


def test_a_response_url_works_for_half_an_hour(
    slack: FakeSlack, recorder: Recorder, clock: Clock
) -> None:
    url = response_url(slack)
    clock.pass_(minutes=31)
    assert respond(url, {"text": "x"}) == (404, {"ok": False, "error": "expired_url"})


def test_a_response_can_be_for_all_and_keeps_the_limits(
    slack: FakeSlack, recorder: Recorder
) -> None:
    url = response_url(slack)
    respond(url, {"text": "for all", "response_type": "in_channel"})
    assert texts(slack.messages(ROOM)) == ["for all"]
    status, answer = respond(url, {"text": "x", "blocks": [{"type": "hologram"}]})
    assert (status, answer["error"]) == (400, "invalid_blocks")


def test_a_response_can_delete_the_original(slack: FakeSlack, recorder: Recorder) -> None:
    client_for(slack).chat_postEphemeral(
        channel=ROOM, user="U0ADA", text="x", blocks=actions(button("a"))
    )
    (message,) = slack.ephemerals("U0ADA")
    url = str(slack.click("U0ADA", message, "a").payload["response_url"])
    assert respond(url, {"delete_original": True})[0] == 200
    assert slack.ephemerals("U0ADA") == []


# --- Socket Mode


def test_a_bot_that_is_asked_to_leave_comes_back(slack: FakeSlack) -> None:
    handler = SocketModeHandler(build_bot(slack), slack.app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    slack.wait_for(lambda: slack.sockets.count == 1)
    slack.sockets.disconnect("refresh_requested")
    slack.wait_for(lambda: slack.sockets.count == 1)
    assert slack.slash_command("U0ADA", ROOM, "/friction", "checkout").ok
    assert len(slack.calls_of("apps.connections.open")) == 2
    hang_up(handler)


def test_two_connections_share_the_payloads(slack: FakeSlack) -> None:
    handlers = [SocketModeHandler(build_bot(slack), slack.app_token) for _ in range(2)]
    for handler in handlers:
        handler.connect()  # type: ignore[no-untyped-call]
    slack.wait_for(lambda: slack.sockets.count == 2)
    for number in range(4):
        assert slack.slash_command("U0ADA", ROOM, "/friction", str(number)).ok
    slack.wait_for(lambda: len(slack.ephemerals("U0ADA")) == 8)
    for handler in handlers:
        hang_up(handler)


def test_an_event_without_an_ack_is_sent_again_with_marks(slack: FakeSlack) -> None:
    slack.sockets.timeout = 0.3
    seen: list[str | None] = []
    app = App(client=client_for(slack))

    @app.middleware
    def refuse_once(req: Any, next: Any) -> Any:
        seen.append(req.headers.get("x-slack-retry-num", ["none"])[0])
        return next() if len(seen) > 1 else None

    @app.event("app_mention")
    def ignore() -> None:
        pass

    handler = SocketModeHandler(app, slack.app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    delivery = slack.mention("U0ADA", ROOM, "hi")
    assert (delivery.status, delivery.attempts) == (200, 2)
    assert seen == ["0", "1"]
    hang_up(handler)


def test_no_connection_means_no_delivery() -> None:
    with FakeSlack(ack_timeout=0.05) as slack:
        delivery = slack.slash_command("U0ADA", ROOM, "/friction")
        assert (delivery.status, delivery.reason) == (0, "connection_failed")
        assert "operation_timeout" in slack.ephemerals("U0ADA")[0].text


def test_the_example_in_the_readme_works() -> None:
    readme = Path(fake_slack.__file__).with_name("README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})
