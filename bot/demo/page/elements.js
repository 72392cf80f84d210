// What can be pressed or chosen in a block, and what happens then.

import { h, icon, webAddress } from "./dom.js";
import { confirmed } from "./layers.js";
import { openMenu } from "./popover.js";
import { words } from "./text.js";

const STYLES = new Set(["primary", "danger"]);

/** One interactive element; `surface.act(fields)` tells the server. */
export function element(item, blockId, surface) {
  const draw = DRAW[item.type];
  return draw ? draw(item, blockId, surface) : h("span", { class: "unsupported", text: `unsupported element: ${item.type}` });
}

const keyOf = (item, blockId, surface) => [surface.key, blockId, item.action_id, item.value ?? ""].join("|");

async function acting(node, item, tell) {
  if (node.getAttribute("aria-busy") === "true" || !(await confirmed(item.confirm))) return;
  node.setAttribute("aria-busy", "true");
  await tell();
  node.removeAttribute("aria-busy");
}

function button(item, blockId, surface) {
  const style = STYLES.has(item.style) ? ` ${item.style}` : "";
  const label = words(item.text);
  const options = {
    class: `button${style}`,
    text: label,
    "aria-label": item.accessibility_label,
    "data-key": keyOf(item, blockId, surface),
  };
  const press = () => surface.act({ act: "click", action_id: item.action_id, block_id: blockId, value: item.value });
  const address = item.url && webAddress(item.url);
  if (address) {
    // As in Slack: the link opens, and the app hears of the press.
    const told = () => void press();
    return h("a", { ...options, href: address, target: "_blank", rel: "noopener noreferrer", on: { click: told } });
  }
  const node = h("button", { ...options, type: "button", on: { click: () => acting(node, item, press) } });
  return node;
}

const offered = (item) => [...(item.options ?? []), ...(item.option_groups ?? []).flatMap((group) => group.options)];

const choosing = (item, blockId, surface) => (choice) =>
  surface.act({ act: "select", action_id: item.action_id, block_id: blockId, choice });

/** A menu button, since a native select would act on every arrow key. */
function select(item, blockId, surface) {
  const chosen = item.initial_option;
  const label = words(item.placeholder) || "Choose";
  const shown = chosen ? words(chosen.text) : label;
  const choose = choosing(item, blockId, surface);
  const node = h(
    "button",
    {
      type: "button",
      class: "button select",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": chosen ? `${label}: ${shown}` : label,
      "data-key": keyOf(item, blockId, surface),
      on: { click: () => openMenu(node, entries(), label) },
    },
    h("span", { text: shown, dir: "auto" }),
    icon("down"),
  );
  const entries = () =>
    offered(item).map((option) => ({
      label: words(option.text),
      chosen: option.value === chosen?.value,
      act: () => acting(node, item, () => choose(option.value)),
    }));
  return node;
}

function overflow(item, blockId, surface) {
  const choose = choosing(item, blockId, surface);
  const node = h(
    "button",
    {
      type: "button",
      class: "button square",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "data-key": keyOf(item, blockId, surface),
      on: { click: () => openMenu(node, entries(), "More actions") },
    },
    icon("more"),
  );
  const follow = (option) => {
    const address = option.url && webAddress(option.url);
    if (address) window.open(address, "_blank", "noopener,noreferrer");
    return choose(option.value);
  };
  const entries = () =>
    item.options.map((option) => ({
      label: words(option.text),
      act: () => acting(node, item, () => follow(option)),
    }));
  return node;
}

function checkboxes(item, blockId, surface) {
  const chosen = new Set((item.initial_options ?? []).map((option) => option.value));
  const choose = choosing(item, blockId, surface);
  const boxes = item.options.map((option) => {
    const box = h("input", { type: "checkbox", checked: chosen.has(option.value), on: { change: () => tick(box, option) } });
    return h("label", { class: "choice" }, box, h("span", { text: words(option.text), dir: "auto" }));
  });
  const tick = (box, option) => {
    chosen[box.checked ? "add" : "delete"](option.value);
    void choose([...chosen]);
  };
  return h("div", { class: "choices", role: "group", "aria-label": "Choices" }, ...boxes);
}

const picker = (type, initial) => (item, blockId, surface) => {
  const choose = choosing(item, blockId, surface);
  const label = words(item.placeholder) || (type === "time" ? "Time" : "Date");
  const node = h("input", { type, value: item[initial], "aria-label": label, on: { change: () => node.value && choose(node.value) } });
  return node;
};

const DRAW = {
  button,
  overflow,
  static_select: select,
  checkboxes,
  timepicker: picker("time", "initial_time"),
  datepicker: picker("date", "initial_date"),
  image: (item) => h("span", { class: "image", role: "img", "aria-label": item.alt_text, text: item.alt_text }),
};
