// Tables.

import { h } from "./dom.js";
import { richText } from "./rich.js";

const ALIGNED = new Set(["left", "center", "right"]);

export function table(block) {
  const settings = block.column_settings ?? [];
  const cell = (tag, scope) => (value, index) => {
    const align = settings[index]?.align;
    const inner = value.type === "rich_text" ? richText(value) : value.text ?? String(value.value ?? "");
    return h(
      tag,
      { class: ALIGNED.has(align) ? align : null, scope: scope(index) },
      value.type === "rich_text" ? inner : h("span", { class: "run", dir: "auto", text: inner }),
    );
  };
  const [first, ...rest] = block.rows;
  const head = h("tr", {}, ...first.map(cell("th", () => "col")));
  const body = rest.map((row) =>
    h("tr", {}, ...row.map((value, index) => cell(index ? "td" : "th", () => (index ? null : "row"))(value, index))),
  );
  const made = h("table", {}, h("thead", {}, head), h("tbody", {}, ...body));
  return h("div", { class: "table", tabindex: "0", role: "region", "aria-label": "Table" }, made);
}
