// Words for those who listen, and short notes for all.

import { h, icon } from "./dom.js";

const SHOWN_FOR = 7000;

/** Reads a sentence aloud where a screen reader runs. */
export function announce(text) {
  const live = document.getElementById("live");
  live.append(h("p", { text }));
  while (live.children.length > 5) live.firstChild.remove();
}

/** A note that goes away by itself. */
export function toast(text) {
  const list = document.getElementById("toasts");
  if ([...list.children].some((each) => each.firstChild.textContent === text)) return;
  const note = h("div", { class: "toast" }, h("p", { text, dir: "auto" }));
  const close = h(
    "button",
    { class: "quiet square", type: "button", "aria-label": "Dismiss", on: { click: () => note.remove() } },
    icon("close"),
  );
  note.append(close);
  list.append(note);
  setTimeout(() => note.remove(), SHOWN_FOR);
}
