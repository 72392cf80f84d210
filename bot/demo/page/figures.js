// Tables and charts.

import { h, svg } from "./dom.js";
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

const WIDTH = 480;
const HEIGHT = 150;
const FOOT = 20;

/** Slack's native chart as simple bars, with its figures in words beside it. */
export function chart(block) {
  const { title, chart: drawn } = block;
  const segments = drawn.type === "pie" ? drawn.segments ?? [] : null;
  const series = segments ? [{ name: title, data: segments }] : drawn.series ?? [];
  const labels = segments ? segments.map((each) => each.label) : drawn.axis_config?.categories ?? [];
  const said = series.map((each) => `${each.name}: ${each.data.map((p) => `${p.label} ${p.value}`).join(", ")}`);
  const legend = series.length > 1 ? series.map((each, i) =>
    h("span", { class: `legend series-${i}` }, h("i", { class: "swatch" }), each.name)) : [];
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", { text: title, dir: "auto" }),
    bars(series, labels, said.join(". ")),
    h("div", { class: "legends" }, ...legend),
  );
}

function bars(series, labels, said) {
  const values = series.flatMap((each) => each.data.map((point) => Number(point.value) || 0));
  const top = Math.max(...values, 1);
  const slot = WIDTH / Math.max(labels.length, 1);
  const width = Math.min((slot * 0.7) / Math.max(series.length, 1), 48);
  const every = Math.ceil(labels.length / 8);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + FOOT}`, role: "img", "aria-label": said });
  labels.forEach((label, column) => {
    series.forEach((each, index) => {
      const value = Number(each.data.find((point) => point.label === label)?.value) || 0;
      const high = Math.max((value / top) * (HEIGHT - 18), 1);
      const x = column * slot + (slot - width * series.length) / 2 + index * width;
      const bar = { x, y: HEIGHT - high, width: width - 2, height: high, rx: 3, class: `bar series-${index}` };
      picture.append(svg("rect", bar));
      const number = svg("text", { x: x + width / 2, y: HEIGHT - high - 4, "text-anchor": "middle", class: "value" });
      number.textContent = value.toLocaleString("en-GB");
      if (labels.length * series.length <= 14) picture.append(number);
    });
    if (column % every) return;
    const name = svg("text", { x: (column + 0.5) * slot, y: HEIGHT + 14, "text-anchor": "middle" });
    name.textContent = label;
    picture.append(name);
  });
  return picture;
}
