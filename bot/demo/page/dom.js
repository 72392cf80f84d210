// Builds the page's nodes. Nothing here takes markup: texts become text nodes, and attributes
// come from a fixed list of names, so no customer's words can become code.

const ATTRIBUTES = new Set([
  "alt", "aria-activedescendant", "aria-autocomplete", "aria-busy", "aria-checked", "aria-controls",
  "aria-current", "aria-describedby", "aria-disabled", "aria-expanded", "aria-haspopup",
  "aria-hidden", "aria-invalid", "aria-label", "aria-labelledby", "aria-level", "aria-live",
  "aria-modal", "aria-pressed", "aria-required", "aria-selected", "autocomplete", "checked",
  "colspan", "data-key", "data-tour", "dir", "disabled", "enterkeyhint", "for", "height", "hidden",
  "id", "label", "max", "maxlength", "min", "multiple", "name", "placeholder", "popover", "rel",
  "role", "rows", "scope", "selected", "spellcheck", "src", "start", "tabindex", "target", "title",
  "type", "value", "width",
]);
const OWN_FILES = /^\/page\/[a-z]+\.svg$/;

/** An element: `h("p", { class: "hint", text: "…", on: { click } }, child, …)`. */
export function h(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (name === "href") node.setAttribute("href", webAddress(value) ?? "#");
    else if (!ATTRIBUTES.has(name)) throw new Error(`attribute ${name} is not on the list`);
    else if (name === "src" && !OWN_FILES.test(value)) throw new Error("only the page's own images");
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const DRAWN = new Set([
  "aria-hidden", "aria-label", "class", "cx", "cy", "d", "fill", "height", "points", "r", "role", "rx",
  "text-anchor", "transform", "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2",
]);

/** The same for drawings. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (!DRAWN.has(name)) throw new Error(`attribute ${name} is not on the list`);
    node.setAttribute(name, String(value));
  }
  node.append(...children);
  return node;
}

const ICONS = {
  menu: ["M3 5h14M3 10h14M3 15h14"],
  close: ["M5 5l10 10M15 5L5 15"],
  back: ["M12 4l-6 6 6 6"],
  home: ["M3.5 9.5 10 4l6.5 5.5M5.5 8.5V16h9V8.5"],
  smile: ["M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14", "M7 11.5c1.6 2.4 4.4 2.4 6 0", "M7.6 8h.01M12.4 8h.01"],
  reply: ["M3.5 4.5h13v9H10l-3.5 3v-3h-3z"],
  more: ["M4.5 10h.01M10 10h.01M15.5 10h.01"],
  send: ["M3.5 10 16.5 4l-4 12.5-3-5z", "M9.5 11.5l3-3"],
  clock: ["M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14", "M10 6v4.2l2.8 1.8"],
  theme: ["M15.5 12A6.5 6.5 0 0 1 8 4.2 6.5 6.5 0 1 0 15.5 12z"],
  inspect: ["M7 5l-4 5 4 5M13 5l4 5-4 5"],
  tour: ["M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14", "M8 8.2c0-2.7 4-2.5 4 0 0 1.6-2 1.7-2 3.3M10 14h.01"],
  lock: ["M5.5 9h9v7h-9zM7.5 9V6.5a2.5 2.5 0 0 1 5 0V9"],
  down: ["M6 8l4 4 4-4"],
};

/** A line icon, silent for screen readers. */
export function icon(name) {
  const paths = ICONS[name].map((d) => svg("path", { d }));
  return svg("svg", { viewBox: "0 0 20 20", class: `icon icon-${name}`, "aria-hidden": "true" }, ...paths);
}

/** A plain http(s) address, or null. */
export function webAddress(value) {
  try {
    const address = new URL(String(value));
    return ["http:", "https:"].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

let named = 0;
/** An id that no other node has. */
export const freshId = (stem) => `${stem}-${(named += 1)}`;

/** Runs `update`, then gives the focus back to the control with the same data-key. */
export function keepingFocus(root, update) {
  const before = root.contains(document.activeElement) ? document.activeElement : null;
  const { selectionStart: from = null, selectionEnd: to = null } = before ?? {};
  update();
  if (!before?.dataset.key || root.contains(document.activeElement)) return;
  const now = root.querySelector(`[data-key="${CSS.escape(before.dataset.key)}"]`);
  now?.focus({ preventScroll: true });
  if (from !== null && now?.setSelectionRange) now.setSelectionRange(from, to);
}

/** Makes a list's children match `items` ({key, sign, build}); nodes with the same sign stay. */
export function reconcile(list, items) {
  keepingFocus(list, () => {
    const known = new Map([...list.children].map((node) => [node.itemKey, node]));
    let after = null;
    for (const { key, sign, build } of items) {
      let node = known.get(key);
      if (!node || node.itemSign !== sign) {
        const made = build();
        Object.assign(made, { itemKey: key, itemSign: sign });
        node?.remove();
        node = made;
      }
      known.delete(key);
      const place = after ? after.nextSibling : list.firstChild;
      if (place !== node) list.insertBefore(node, place);
      after = node;
    }
    for (const gone of known.values()) gone.remove();
  });
}
