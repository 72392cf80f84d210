// A list of messages: day dividers, what is new, and where to look.

import { h, reconcile } from "./dom.js";
import { announce } from "./notices.js";
import { drawMessage } from "./message.js";
import { store } from "./store.js";

const TOGETHER = 300;
const NEAR = 120;
const LONG = 4; // blocks

/** What the list holds; `draw()` is cheap to call again, only what changed is made anew. */
function items(messages, options) {
  const made = [];
  let before = null;
  for (const [index, message] of messages.entries()) {
    if (options.inThread && index === 1) made.push(counted(messages.length - 1));
    if (options.days && message.date !== before?.date) made.push(day(message.date));
    const follows = sameBreath(before, message);
    const fold = Boolean(options.inThread && !index && messages.length > 1 && message.blocks?.length > LONG);
    const sign = JSON.stringify([message, follows, fold]);
    const key = `${message.ts}${message.ephemeral ? "e" : ""}`;
    made.push({ key, sign, build: () => drawMessage(message, { ...options, follows, fold }) });
    before = message;
  }
  return made;
}

const sameBreath = (before, message) =>
  Boolean(before) && before.user === message.user && before.date === message.date && !message.ephemeral &&
  !before.ephemeral && !message.bot && Math.abs(Number(message.ts) - Number(before.ts)) < TOGETHER;

const counted = (count) => ({
  key: "count",
  sign: String(count),
  build: () => h("li", { class: "count-line", text: count === 1 ? "1 reply" : `${count} replies` }),
});

const day = (date) => ({
  key: `day ${date}`,
  sign: date,
  build: () => h("li", { class: "day" }, h("h3", { text: dayName(date) })),
});

function dayName(date) {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return date;
  const shown = { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" };
  return new Intl.DateTimeFormat("en-GB", shown).format(new Date(`${date}T00:00:00Z`));
}

/** Keeps one scrolling list up to date. */
export class Timeline {
  constructor(label, options = {}) {
    this.options = options;
    this.list = h("ol", { class: "messages" });
    this.box = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label }, this.list);
    this.place = null;
    this.seen = new Set();
  }

  /** `place` names what is shown: where it changes, the end is shown and nothing is announced. */
  draw(place, messages, label) {
    const moved = place !== this.place;
    const near = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR;
    const fresh = moved ? [] : messages.filter((message) => !this.seen.has(message.ts));
    if (moved) this.list.replaceChildren();
    if (label) this.box.setAttribute("aria-label", label);
    reconcile(this.list, items(messages, this.options));
    this.place = place;
    this.seen = new Set(messages.map((message) => message.ts));
    if (moved) this.box.scrollTop = this.options.fromTop ? 0 : this.box.scrollHeight;
    else if (fresh.length && (near || fresh.some((message) => message.ephemeral || message.user === store.as))) this.show(fresh[0]);
    fresh.slice(-3).forEach(tell);
  }

  /** The start of a long message matters more than its end. */
  show(message) {
    const node = [...this.list.children].find((each) => each.itemKey?.startsWith(message.ts));
    if (!node) return;
    const high = this.box.scrollHeight - node.offsetTop + this.list.offsetTop > this.box.clientHeight;
    const top = high ? node.offsetTop - 12 : this.box.scrollHeight;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.box.scrollTo({ top, behavior: calm ? "instant" : "smooth" });
  }
}

function tell(message) {
  const aside = message.ephemeral ? ", only visible to you" : "";
  announce(`${message.name}${aside}: ${message.text || "a message"}`);
}
