// The thread beside the channel.

import { Composer } from "./composer.js";
import { h, icon } from "./dom.js";
import { go, store } from "./store.js";
import { Timeline } from "./timeline.js";
import { channelName } from "./text.js";

const pane = document.getElementById("thread");
const timeline = new Timeline("Messages of the thread", { inThread: true, fromTop: true });
const composer = new Composer(() => ({ channel: store.channel, thread_ts: store.thread }));
const place = h("span", { class: "soft" });
let opener = null;

function shut() {
  const back = opener;
  void go({ thread: null });
  if (back) document.querySelector(`#main [data-key="${CSS.escape(back)}"]`)?.focus();
}

export function startThread() {
  const close = h("button", { type: "button", class: "quiet square", "aria-label": "Close thread", on: { click: shut } }, icon("close"));
  const head = h("header", { class: "head" }, h("h2", { text: "Thread" }), place, close);
  pane.setAttribute("data-tour", "thread");
  pane.append(head, timeline.box, composer.box);
  pane.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector(".popover")) shut();
  });
}

export function drawThread() {
  const data = store.place === "channel" && store.thread ? store.threadData : null;
  const opening = pane.hidden && data;
  if (opening) opener = document.activeElement?.dataset.key ?? null;
  pane.hidden = !data;
  document.body.classList.toggle("in-thread", Boolean(data));
  if (!data) return;
  place.textContent = `#${channelName(store.channel)}`;
  composer.draw("Reply");
  timeline.draw(`${store.as} ${data.root.ts}`, [data.root, ...data.replies]);
  if (opening) pane.querySelector("button").focus({ preventScroll: true });
}
