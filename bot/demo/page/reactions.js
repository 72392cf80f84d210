// Emoji under a message: who reacted, the answers one can give, and others.

import { h, icon } from "./dom.js";
import { move, openPopover } from "./popover.js";
import { act } from "./store.js";
import { ANSWERS, emojiChar, emojiSaid, OTHERS, personName } from "./text.js";

const person = (user) => (/^[UW][A-Z0-9]+$/.test(user) ? personName(user) : user);

export function reactions(message) {
  if (!message.reactions?.length) return null;
  const chips = message.reactions.map((reaction) => chip(message, reaction));
  return h("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, ...chips, adder(message, "chip add"));
}

function chip(message, { name, char, users, mine }) {
  const who = users.map(person).join(", ");
  const said = emojiSaid(name);
  return h(
    "button",
    {
      type: "button",
      class: `chip${mine ? " mine" : ""}`,
      "aria-pressed": String(Boolean(mine)),
      "aria-label": `${said}, ${users.length}: ${who}`,
      "data-key": `${message.ts}|${name}`,
      on: { click: () => toggle(message, name, mine) },
    },
    h("span", { text: char || emojiChar(name), "aria-hidden": "true" }),
    h("span", { class: "count", text: String(users.length), "aria-hidden": "true" }),
    h("span", { class: "tip", "aria-hidden": "true", dir: "auto", text: `${who}: ${said}` }),
  );
}

const toggle = (message, name, mine) =>
  act({ act: mine ? "unreact" : "react", channel: message.channel, ts: message.ts, name });

/** The button that opens the picker. */
export function adder(message, style) {
  const node = h(
    "button",
    {
      type: "button",
      class: style,
      "aria-label": "Add a reaction",
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
      "data-key": `${message.ts}|react|${style}`,
      on: { click: () => openPicker(message, node) },
    },
    icon("smile"),
  );
  return node;
}

export function openPicker(message, anchor) {
  const mine = new Set((message.reactions ?? []).filter((each) => each.mine).map((each) => each.name));
  const choice = (labelled) => ([name, , said]) =>
    h(
      "button",
      {
        type: "button",
        class: "emoji",
        "aria-pressed": String(mine.has(name)),
        "aria-label": labelled ? null : said,
        on: { click: () => { close(); void toggle(message, name, mine.has(name)); } },
      },
      h("span", { class: "char", "aria-hidden": "true", text: emojiChar(name) }),
      labelled ? h("span", { text: said }) : null,
    );
  const answers = ANSWERS.map(choice(true));
  const others = OTHERS.map(choice(false));
  const items = [...answers, ...others];
  const body = h(
    "div",
    { class: "picker", role: "dialog", on: { keydown: (event) => move(event, items) } },
    h("p", { class: "over", text: "Answer" }),
    h("div", { class: "answers" }, ...answers),
    h("p", { class: "over", text: "Or anything else" }),
    h("div", { class: "others" }, ...others),
  );
  const close = openPopover(anchor, body, "Add a reaction");
  items[0].focus();
}
