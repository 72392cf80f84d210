// Dialogs above the page: what is below cannot be reached, Tab stays inside, Escape leaves.

import { freshId, h, icon } from "./dom.js";
import { textNodes, words } from "./text.js";

const ORDER = ["app", "modal-layer", "confirm-layer"];
const CAN_FOCUS = "button:not([disabled]), a[href], input:not([disabled]), select, textarea, [tabindex='0']";

/** Shows `box` in a layer; everything below becomes inert. */
export function raise(layer, box, leave) {
  const host = document.getElementById(layer);
  // A press beside the dialog must not take the focus, and Escape with it, out of the dialog.
  const stay = (event) => event.target === event.currentTarget && event.preventDefault();
  host.replaceChildren(h("div", { class: "scrim", on: { mousedown: stay } }, box));
  for (const name of ORDER.slice(0, ORDER.indexOf(layer))) document.getElementById(name).inert = true;
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector(".popover")) {
      event.preventDefault();
      leave();
    }
    if (event.key === "Tab") wrap(event, box);
  });
}

/** Takes a layer away; what was below can be reached again, unless another layer covers it. */
export function lower(layer) {
  document.getElementById(layer).replaceChildren();
  const covering = ORDER.findLastIndex((name) => document.getElementById(name).firstElementChild && name !== "app");
  ORDER.forEach((name, index) => { document.getElementById(name).inert = index < covering; });
}

function wrap(event, box) {
  if (document.getElementById("tour-layer").firstChild) return;
  const all = [...box.querySelectorAll(CAN_FOCUS)].filter((each) => each.checkVisibility());
  const [first, last] = [all[0], all.at(-1)];
  const leaving = event.shiftKey ? [first, box] : [last];
  if (!leaving.includes(document.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}

/** Asks as Slack does before a button with a confirm object acts. */
export function confirmed(question) {
  if (!question) return Promise.resolve(true);
  const before = document.activeElement;
  return new Promise((resolve) => {
    const answer = (value) => {
      lower("confirm-layer");
      if (before?.isConnected) before.focus();
      resolve(value);
    };
    const title = freshId("confirm");
    const text = freshId("confirm");
    const style = question.style === "danger" ? "danger" : "primary";
    const deny = h("button", { type: "button", class: "button", text: words(question.deny), on: { click: () => answer(false) } });
    const confirm = h("button", { type: "button", class: `button ${style}`, text: words(question.confirm), on: { click: () => answer(true) } });
    const close = h("button", { type: "button", class: "quiet square", "aria-label": "Close", on: { click: () => answer(false) } }, icon("close"));
    const box = h(
      "div",
      { class: "dialog small", role: "alertdialog", "aria-labelledby": title, "aria-describedby": text },
      h("header", {}, h("h2", { id: title, text: words(question.title) }), close),
      h("div", { class: "body" }, h("p", { id: text }, ...textNodes(question.text))),
      h("footer", {}, deny, confirm),
    );
    raise("confirm-layer", box, () => answer(false));
    confirm.focus();
  });
}
