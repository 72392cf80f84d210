// A short walk through the demo. Whether it was taken is kept in memory only.

import { api } from "./api.js";
import { showClock } from "./bar.js";
import { h } from "./dom.js";
import { showInspector } from "./inspector.js";
import { showSidebar } from "./sidebar.js";
import { act, go, openHome, store } from "./store.js";

const layer = document.getElementById("tour-layer");
const MARGIN = 12;
const NARROW = 760;
const IN_CHANNEL = ["composer", "messages", "answer", "card", "digest", "clock"];
let steps = [];
let at = -1;
let ring = null;
let card = null;

export async function startTour() {
  try {
    steps = await api.tour();
  } catch {
    steps = [];
  }
  if (steps.length) await show(0);
}

export function endTour() {
  if (at < 0) return;
  at = -1;
  layer.replaceChildren();
  showClock(false);
}

async function show(index) {
  at = index;
  await seat(steps[at]);
  await ready(steps[at]);
  if (at !== index) return;
  build();
  lookAt();
  card.focus({ preventScroll: true });
}

const nameOf = ({ target }) => /data-tour="([a-z]+)"/.exec(target)?.[1] ?? target;

/** Each step says who one is and where. */
async function seat({ as = store.as, channel = store.channel }) {
  if (as !== store.as || channel !== store.channel) await go({ as, channel, place: "channel" });
}

/** Brings what a step speaks of into view. */
async function ready(step) {
  const target = nameOf(step);
  const forTheForm = target === "modal" || (step.do && IN_CHANNEL.includes(target));
  if (store.state.modal && !forTheForm) await act({ act: "close" });
  if (target !== "inspector" && store.inspecting) showInspector(false);
  const narrow = innerWidth <= NARROW;
  showClock(target === "clock" && narrow);
  showSidebar(target === "person" && narrow);
  if (IN_CHANNEL.includes(target) && store.place === "home") await go({ place: "channel" });
  if (IN_CHANNEL.includes(target) && narrow && store.thread) await go({ thread: null });
  if (target === "thread") {
    const root = step.thread ?? store.state.messages.findLast((message) => message.replies)?.ts;
    if (root && root !== store.thread) await go({ place: "channel", thread: root });
  }
  if (target === "home" && store.place !== "home") await openHome();
  if (target === "inspector") showInspector(true);
}

function build() {
  const step = steps[at];
  const final = at === steps.length - 1;
  const press = (label, click, style) => h("button", { type: "button", class: `button ${style}`, text: label, on: { click } });
  const doing = step.do ? press("Do it for me", (event) => void perform(event.currentTarget, step), "primary") : null;
  const next = press(final ? "Done" : "Next", () => (final ? endTour() : void show(at + 1)), doing ? "" : "primary");
  const back = at ? press("Back", () => void show(at - 1), "") : null;
  const skip = final ? null : press("Skip", endTour, "quiet");
  skip?.setAttribute("aria-label", "Skip the tour");
  ring = h("div", { class: "tour-ring", "aria-hidden": "true" });
  card = h(
    "section",
    { class: "tour-card", role: "dialog", "aria-label": `Tour, step ${at + 1} of ${steps.length}`, tabindex: "-1", on: { keydown: leaveOnEscape } },
    h("p", { class: "over", text: `${at + 1} of ${steps.length}` }),
    h("h2", { text: step.title }),
    h("p", { text: step.text }),
    h("div", { class: "tour-buttons" }, skip, h("span", { class: "gap" }), back, doing, next),
  );
  layer.replaceChildren(ring, card);
}

function leaveOnEscape(event) {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  endTour();
}

/** Scrolls a message that the step speaks of to where it can be read. */
function lookAt() {
  const target = pointedAt();
  if (target?.matches("article")) target.scrollIntoView({ block: "start", behavior: "instant" });
  placeTour();
}

async function perform(button, step) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const here = at;
  for (const one of [step.do].flat()) {
    if (one.as && one.as !== store.as) await go({ as: one.as });
    if (one.channel && one.channel !== store.channel) await go({ place: "channel", channel: one.channel });
    if (one.act === "home") await openHome();
    else await act(one);
  }
  if (at !== here) return;
  await ready(step);
  button.removeAttribute("aria-busy");
  button.classList.remove("primary");
  button.nextElementSibling?.classList.add("primary");
  button.nextElementSibling?.focus({ preventScroll: true });
  lookAt();
}

/** The newest thing on the page that a step can point at. */
function pointedAt() {
  const form = document.querySelector("#modal-layer .dialog");
  if (form) return form;
  const all = [...document.querySelectorAll("[data-tour]")].filter((node) => node.dataset.tour === nameOf(steps[at]));
  return all.findLast((node) => node.checkVisibility());
}

/** Puts ring and card where the target is now. */
export function placeTour() {
  if (at < 0 || !card) return;
  const target = pointedAt();
  const box = target?.getBoundingClientRect();
  ring.hidden = !box;
  const size = card.getBoundingClientRect();
  if (box) set(ring, around(box));
  set(card, innerWidth <= NARROW ? narrowPlace(box, size) : widePlace(box, size));
}

/** The ring stays on the screen, also around what does not fit it. */
function around(box) {
  const top = Math.max(box.top - 4, 4);
  const left = Math.max(box.left - 4, 4);
  const width = Math.min(box.right + 4, innerWidth - 4) - left;
  return { top, left, width, height: Math.max(Math.min(box.bottom + 4, innerHeight - 4) - top, 0) };
}

function narrowPlace(box, size) {
  const low = box && (box.top + box.bottom) / 2 > innerHeight / 2;
  return { top: low ? MARGIN + 56 : innerHeight - size.height - MARGIN, left: MARGIN };
}

function widePlace(box, size) {
  const middle = { top: innerHeight - size.height - 24, left: (innerWidth - size.width) / 2 };
  if (!box) return middle;
  const top = Math.min(Math.max(box.top, MARGIN), innerHeight - size.height - MARGIN);
  const left = Math.min(Math.max(box.left, MARGIN), innerWidth - size.width - MARGIN);
  if (box.bottom + size.height + 2 * MARGIN < innerHeight) return { top: box.bottom + MARGIN, left };
  if (box.right + size.width + 2 * MARGIN < innerWidth) return { top, left: box.right + MARGIN };
  if (box.left - size.width - 2 * MARGIN > 0) return { top, left: box.left - size.width - MARGIN };
  if (box.top - size.height - 2 * MARGIN > 0) return { top: box.top - size.height - MARGIN, left };
  const newest = [...document.querySelectorAll("#main .message")].findLast((node) => node.checkVisibility());
  const low = box.bottom - size.height - 20;
  const free = !newest || newest.getBoundingClientRect().bottom < low;
  return { top: free ? low : box.top + 20, left: box.right - size.width - 28 };
}

function set(node, lengths) {
  for (const [name, value] of Object.entries(lengths)) node.style.setProperty(name, `${Math.round(value)}px`);
}
