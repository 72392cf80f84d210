// Block Kit, drawn as Slack draws it. A surface says where a block stands:
// {key, level: of its headings, act: how to tell the server, form: the modal's inputs}.

import { chart } from "./charts.js";
import { h } from "./dom.js";
import { element } from "./elements.js";
import { inputField } from "./inputs.js";
import { richText } from "./rich.js";
import { table } from "./tables.js";
import { textNodes } from "./text.js";

export function drawBlocks(blocks, surface) {
  return h("div", { class: "blocks" }, ...blocks.map((block) => drawBlock(block, surface)));
}

function drawBlock(block, surface) {
  const draw = BLOCKS[block.type];
  if (!draw) return unsupported(block.type);
  try {
    return draw(block, surface);
  } catch (error) {
    console.warn("a block could not be drawn", error);
    return unsupported(`${block.type} of an unknown shape`);
  }
}

const unsupported = (type) => h("p", { class: "unsupported", text: `unsupported block: ${type}` });

const BLOCKS = {
  header: (block, surface) => h(`h${surface.level}`, { class: "header", dir: "auto" }, ...textNodes(block.text)),
  divider: () => h("hr"),
  section,
  context: (block) => h("div", { class: "context" }, ...block.elements.map(contextPart)),
  actions: (block, surface) =>
    h("div", { class: "actions" }, ...block.elements.map((item) => element(item, block.block_id, surface))),
  rich_text: richText,
  table,
  data_visualization: chart,
  image: (block) =>
    h(
      "figure",
      { class: "image" },
      block.title ? h("figcaption", {}, ...textNodes(block.title)) : null,
      h("span", { role: "img", "aria-label": block.alt_text, text: block.alt_text }),
    ),
  input: (block, surface) => (surface.form ? inputField(block, surface.form) : unsupported("input outside a modal")),
};

function section(block, surface) {
  const main = h("div", { class: "words" });
  if (block.text) main.append(h("p", { class: "line" }, ...textNodes(block.text)));
  if (block.fields) {
    main.append(h("div", { class: "fields" }, ...block.fields.map((field) => h("p", { class: "line" }, ...textNodes(field)))));
  }
  if (!block.accessory) return h("div", { class: "section" }, main);
  return h("div", { class: "section" }, main, h("div", { class: "accessory" }, element(block.accessory, block.block_id, surface)));
}

function contextPart(part) {
  if (part.type === "image") return h("span", { class: "image", role: "img", "aria-label": part.alt_text, text: part.alt_text });
  return h("span", {}, ...textNodes(part));
}
