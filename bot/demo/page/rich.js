// Rich text, the only place where customers' words stand.

import { h } from "./dom.js";
import { channelLink, emojiChar, emojiSaid, link, mention } from "./text.js";

export function richText(block) {
  return h("div", { class: "rich" }, ...block.elements.map(part));
}

function part(piece) {
  const draw = PARTS[piece.type];
  return draw ? draw(piece) : h("p", { class: "unsupported", text: `unsupported block: ${piece.type}` });
}

const inline = (piece, auto) => piece.elements.map((element) => styled(element, auto));

const PARTS = {
  rich_text_section: (piece) => h("p", { class: "line" }, ...inline(piece, true)),
  // A quote or a block of code takes its direction from its own words.
  rich_text_quote: (piece) => h("blockquote", { dir: "auto" }, ...inline(piece, false)),
  rich_text_preformatted: (piece) => h("pre", { dir: "auto", tabindex: "0" }, ...inline(piece, false)),
  rich_text_list: (piece) => {
    const items = piece.elements.map((item) => h("li", {}, ...inline(item, true)));
    const indent = Math.min(Number(piece.indent) || 0, 8);
    const start = piece.style === "ordered" ? (Number(piece.offset) || 0) + 1 : null;
    return h(piece.style === "ordered" ? "ol" : "ul", { class: `indent-${indent}`, start }, ...items);
  },
};

const INLINE = {
  text: (element, auto) => h("span", { class: "run", dir: auto ? "auto" : null, text: element.text }),
  link: (element) => link(element.url, element.text),
  emoji: (element) =>
    h("span", { role: "img", "aria-label": emojiSaid(element.name), text: emojiChar(element.name) }),
  user: (element) => mention(element.user_id),
  channel: (element) => channelLink(element.channel_id),
  usergroup: (element) => h("span", { class: "mention", text: `@${element.usergroup_id}` }),
  broadcast: (element) => h("span", { class: "mention", text: `@${element.range}` }),
  date: (element) => h("span", { text: element.fallback ?? new Date(element.timestamp * 1000).toUTCString() }),
};
const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];

function styled(element, auto) {
  const draw = INLINE[element.type];
  let node = draw ? draw(element, auto) : h("span", { class: "unsupported", text: `unsupported: ${element.type}` });
  for (const [name, tag] of STYLES) if (element.style?.[name]) node = h(tag, {}, node);
  return node;
}
