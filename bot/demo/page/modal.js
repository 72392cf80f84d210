// The modal of the person who acts: opened, updated in place, submitted, closed.

import { drawBlocks } from "./blocks.js";
import { freshId, h, icon, keepingFocus } from "./dom.js";
import { Form } from "./inputs.js";
import { lower, raise } from "./layers.js";
import { act, store } from "./store.js";
import { words } from "./text.js";

const FIRST = ".body input, .body select, .body textarea, .body button, footer button";
let open = null; // {id, sign, form, box, body, alert, back}

export function drawModal() {
  const { modal } = store.state;
  if (!modal) return leave();
  if (open?.id !== modal.id) build(modal);
  else if (open.sign !== signOf(modal)) refill(modal);
  showErrors({ ...modal.errors, ...store.errors });
  focusWrong();
}

/* The answer and the view that shows it come in any order: look again until somebody goes on. */
function focusWrong() {
  if (open?.looking) open.box.querySelector("[aria-invalid=true]")?.focus();
}

const goOn = () => open && (open.looking = false);

const signOf = (modal) => JSON.stringify([modal.view, modal.state]);

function build(modal) {
  const back = open?.back ?? focusedKey();
  open = { id: modal.id, form: new Form(), back, errors: "" };
  const title = freshId("modal");
  open.inner = h("form", { class: "sheet-form", on: { submit, keydown: goOn, pointerdown: goOn } });
  open.inner.noValidate = true;
  open.box = h("div", { class: "dialog", role: "dialog", tabindex: "-1", "aria-labelledby": title, "data-tour": "modal" }, open.inner);
  open.title = h("h2", { id: title });
  fill(modal);
  raise("modal-layer", open.box, close);
  (open.box.querySelector(FIRST) ?? open.box).focus();
}

/* What had the focus may be gone: Escape and the reading voice stay in the dialog all the same. */
function refill(modal) {
  const inside = open.box.contains(document.activeElement);
  keepingFocus(open.box, () => fill(modal));
  if (inside && !open.box.contains(document.activeElement)) open.box.focus();
}

function focusedKey() {
  const at = document.activeElement;
  return { node: at === document.body ? null : at, key: at?.dataset?.key };
}

function fill(modal) {
  const { view } = modal;
  const scrolled = open.body?.scrollTop ?? 0;
  open.sign = signOf(modal);
  open.form.begin(modal.state);
  open.title.textContent = words(view.title);
  open.alert = h("p", { class: "alert", role: "alert" });
  const surface = { key: modal.id, level: 3, form: open.form, act: pressed };
  open.body = h("div", { class: "body" }, open.alert, drawBlocks(view.blocks, surface));
  open.errors = "";
  const shut = h("button", { type: "button", class: "quiet square", "aria-label": "Close", "data-key": "modal-x", on: { click: close } }, icon("close"));
  const away = h("button", { type: "button", class: "button", "data-key": "modal-close", text: words(view.close) || "Cancel", on: { click: close } });
  const go = view.submit ? h("button", { type: "submit", class: "button primary", "data-key": "modal-submit", text: words(view.submit) }) : null;
  open.inner.replaceChildren(h("header", {}, open.title, shut), open.body, h("footer", {}, away, go));
  open.body.scrollTop = scrolled;
}

const pressed = (fields) => act({ ...fields, modal: true, values: open.form.values() });

async function submit(event) {
  event.preventDefault();
  const here = open;
  const button = here.box.querySelector("[type=submit]");
  if (!button || button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  here.errors = "";
  here.looking = true;
  await act({ act: "submit", values: here.form.values() });
  here.box.querySelector("[type=submit]")?.removeAttribute("aria-busy");
  if (open === here) focusWrong();
}

const close = () => void act({ act: "close" });

function showErrors(errors) {
  const sign = JSON.stringify(errors);
  if (sign === open.errors) return;
  open.errors = sign;
  const fields = [...open.box.querySelectorAll(".field")];
  fields.forEach((field) => field.showError?.(errors[field.blockId]));
  const named = new Set(fields.map((field) => field.blockId));
  const others = Object.entries(errors).filter(([id]) => !named.has(id)).map(([, sentence]) => sentence);
  const wrong = fields.filter((field) => errors[field.blockId]).length;
  const count = wrong ? [`${wrong === 1 ? "One answer needs" : `${wrong} answers need`} another look.`] : [];
  open.alert.textContent = [...others, ...count].join(" ");
}

function leave() {
  if (!open) return;
  const { back } = open;
  open = null;
  store.errors = {};
  lower("modal-layer");
  const node = back.node?.isConnected ? back.node : back.key && document.querySelector(`[data-key="${CSS.escape(back.key)}"]`);
  node?.focus?.({ preventScroll: true });
}
