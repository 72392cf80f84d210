// One message: who said it, what it says, who reacted, and what can be done with it.

import { drawBlocks } from "./blocks.js";
import { h, icon } from "./dom.js";
import { openMenu } from "./popover.js";
import { adder, openPicker, reactions } from "./reactions.js";
import { act, go, store } from "./store.js";
import { initials, mrkdwn } from "./text.js";

const FACES = 6;

/** A face: Earshot's own mark, or two letters in a person's colour. */
export function avatar(id, name, bot) {
  if (bot) return h("img", { class: "avatar", src: "/page/icon.svg", alt: "", width: 36, height: 36 });
  const at = store.state?.people.findIndex((each) => each.id === id) ?? 0;
  return h("span", { class: `avatar face-${Math.max(at, 0) % FACES}`, "aria-hidden": "true", text: initials(name) });
}

/** A list item; `options`: `follows` the same person, `inThread`. */
export function drawMessage(message, options = {}) {
  const surface = {
    key: message.ts,
    level: options.inThread ? 3 : 4,
    act: (fields) => act({ ...fields, channel: message.channel, ts: message.ts }),
  };
  const drawn = message.blocks?.length
    ? drawBlocks(message.blocks, surface)
    : h("div", { class: "blocks rich" }, h("p", { class: "line" }, ...mrkdwn(message.text ?? "")));
  if (message.edited) drawn.append(h("small", { class: "edited", text: "(edited)" }));
  const said = `${message.name}, ${message.time}${message.ephemeral ? ", only visible to you" : ""}`;
  const style = [["private", message.ephemeral], ["follows", options.follows], ["folded", options.fold]];
  const names = ["message", ...style.filter(([, on]) => on).map(([name]) => name)];
  const body = h(
    "article",
    { class: names.join(" "), "aria-label": said, "data-tour": options.inThread ? null : subject(message) },
    h("div", { class: "side" }, options.follows ? null : avatar(message.user, message.name, message.bot)),
    h(
      "div",
      { class: "main" },
      message.ephemeral ? h("p", { class: "only" }, icon("lock"), "Only visible to you") : null,
      options.follows ? null : heading(message),
      drawn,
      options.fold ? unfold(() => body) : null,
      message.ephemeral ? null : reactions(message),
      options.inThread ? null : threadLink(message),
    ),
    message.ephemeral ? null : tools(message, options),
  );
  return h("li", {}, body);
}

/** What the tour can point at: the newest answer, card or digest. */
function subject({ bot, ephemeral, blocks }) {
  if (!bot) return null;
  const actions = (blocks ?? []).flatMap((block) => block.elements ?? []).map((element) => element.action_id);
  if (ephemeral) return "answer";
  if (actions.includes("insight_edit")) return "card";
  return actions.includes("digest_settings") ? "digest" : null;
}

function unfold(body) {
  const node = h("button", { type: "button", class: "unfold", text: "Show the whole message", on: { click: () => {
    body().classList.remove("folded");
    node.remove();
  } } });
  return node;
}

const heading = (message) =>
  h(
    "p",
    { class: "by" },
    h("strong", { text: message.name, dir: "auto" }),
    message.bot ? h("span", { class: "badge", text: "App" }) : null,
    h("time", { text: message.time }),
  );

function threadLink(message) {
  if (!message.replies) return null;
  const count = message.replies === 1 ? "1 reply" : `${message.replies} replies`;
  return h(
    "button",
    {
      type: "button",
      class: "replies",
      "data-key": `${message.ts}|thread`,
      on: { click: () => go({ thread: message.ts }) },
    },
    icon("reply"),
    h("span", { text: count }),
    h("span", { class: "soft", text: "View thread" }),
  );
}

function tools(message, { inThread }) {
  const more = h(
    "button",
    {
      type: "button",
      class: "tool",
      "aria-label": "More for this message",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "data-key": `${message.ts}|more`,
      on: { click: () => openMenu(more, entries(), "More for this message") },
    },
    icon("more"),
  );
  const shortcut = ({ name, callback_id: id }) => ({
    label: name,
    hint: "Earshot",
    act: () => void act({ act: "shortcut", channel: message.channel, ts: message.ts, callback_id: id }),
  });
  const entries = () => [
    { label: "Add a reaction", act: () => openPicker(message, more) },
    ...(inThread ? [] : [{ label: "Open thread", act: () => go({ thread: message.ts }) }]),
    ...(store.state.shortcuts ?? []).map(shortcut),
  ];
  const thread = inThread ? null : h(
    "button",
    {
      type: "button",
      class: "tool wide",
      "aria-label": "Open thread",
      "data-key": `${message.ts}|open`,
      on: { click: () => go({ thread: message.ts }) },
    },
    icon("reply"),
  );
  return h("div", { class: "tools", role: "group", "aria-label": "For this message" }, adder(message, "tool wide"), thread, more);
}
