// Small things that open beside a button: menus and the emoji picker.

import { h } from "./dom.js";

const GAP = 6;
const HOSTS = ".dialog, main, aside, nav, header";

/** Opens `body` beside `anchor`; Escape or a press elsewhere closes it and gives the focus back. */
export function openPopover(anchor, body, label) {
  document.querySelectorAll(".popover").forEach((each) => each.hidePopover());
  const box = h("div", { class: "popover", popover: "auto" }, body);
  if (label) body.setAttribute("aria-label", label);
  (anchor.closest(HOSTS) ?? document.body).append(box);
  anchor.setAttribute("aria-expanded", "true");
  box.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    anchor.setAttribute("aria-expanded", "false");
    const inside = box.contains(document.activeElement) || document.activeElement === document.body;
    box.remove();
    if (inside && anchor.isConnected) anchor.focus({ preventScroll: true });
  });
  box.showPopover();
  place(box, anchor.getBoundingClientRect());
  return () => box.isConnected && box.hidePopover();
}

function place(box, at) {
  const { width, height } = box.getBoundingClientRect();
  const below = at.bottom + GAP + height < innerHeight;
  const top = below ? at.bottom + GAP : Math.max(GAP, at.top - GAP - height);
  const left = Math.min(Math.max(GAP, at.left), innerWidth - width - GAP);
  box.style.setProperty("top", `${Math.round(top)}px`);
  box.style.setProperty("left", `${Math.round(Math.max(GAP, left))}px`);
}

/** A menu of `{label, act, chosen?, hint?}`; arrows, Home, End and Enter work. */
export function openMenu(anchor, entries, label) {
  const pick = entries.some((entry) => entry.chosen !== undefined);
  const items = entries.map((entry) =>
    h(
      "button",
      {
        type: "button",
        class: "item",
        role: pick ? "menuitemradio" : "menuitem",
        "aria-checked": pick ? String(Boolean(entry.chosen)) : null,
        tabindex: "-1",
        on: { click: () => { close(); entry.act(); } },
      },
      h("span", { text: entry.label, dir: "auto" }),
      entry.hint ? h("small", { text: entry.hint }) : null,
    ),
  );
  const menu = h("div", { class: "menu", role: "menu", on: { keydown: (event) => move(event, items) } }, ...items);
  const close = openPopover(anchor, menu, label);
  (items.find((item) => item.getAttribute("aria-checked") === "true") ?? items[0])?.focus();
}

/** Arrow keys among `items`, in a row or in columns. */
export function move(event, items, columns = 1) {
  const steps = { ArrowDown: columns, ArrowUp: -columns, ArrowRight: columns > 1 ? 1 : 0, ArrowLeft: columns > 1 ? -1 : 0 };
  const now = items.indexOf(document.activeElement);
  let next = null;
  if (event.key === "Home") next = 0;
  else if (event.key === "End") next = items.length - 1;
  else if (steps[event.key]) next = (now + steps[event.key] + items.length) % items.length;
  if (event.key === "Tab") document.querySelectorAll(".popover").forEach((each) => each.hidePopover());
  if (next === null) return;
  event.preventDefault();
  items[next].focus();
}
