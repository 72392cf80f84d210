// Earshot's Home tab.

import { drawBlocks } from "./blocks.js";
import { h, keepingFocus } from "./dom.js";
import { act, store } from "./store.js";

export const homeBox = h("div", { class: "home scroller", tabindex: "0", role: "region", "aria-label": "Home", "data-tour": "home" });
let sign = null;

export function drawHome() {
  const { home, as } = { ...store.state, as: store.as };
  const now = JSON.stringify([as, home]);
  if (now === sign) return;
  sign = now;
  const surface = { key: "home", level: 3, act: (fields) => act({ ...fields, home: true }) };
  const body = home ? drawBlocks(home.blocks, surface) : h("p", { class: "soft", text: "Earshot is setting the table…" });
  keepingFocus(homeBox, () => homeBox.replaceChildren(h("div", { class: "sheet" }, body)));
}
