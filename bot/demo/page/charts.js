// Slack's native chart: bars, lines, areas and pies, drawn at the width that there is, so that
// words keep their size on a phone. Its figures are its name for those who do not see it.

import { h, svg } from "./dom.js";

const HEIGHT = 150;
const TOP = 32;
const LETTER = 7.2;
const LINE = 18;
const NARROWEST = 200;

export function chart(block) {
  const { title, chart: drawn } = block;
  const isPie = drawn.type === "pie";
  const series = isPie ? [{ name: title, data: drawn.segments }] : drawn.series;
  const labels = isPie ? drawn.segments.map((each) => each.label) : drawn.axis_config.categories;
  const said = `${title}. ${spoken(series)}`;
  const place = h("div");
  const draw = (width) => {
    const picture = isPie ? pie(drawn.segments, width) : axes(drawn, series, labels, width);
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", said);
    place.replaceChildren(picture);
  };
  let last = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.max(Math.floor(entry.contentRect.width), NARROWEST);
    if (width !== last) draw((last = width));
  }).observe(place);
  const named = isPie ? labels : series.length > 1 ? series.map((each) => each.name) : [];
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", { text: title, dir: "auto" }),
    named.length ? h("div", { class: "legends" }, ...named.map((name, at) => legend(name, at, drawn.type))) : null,
    place,
  );
}

/** Every figure in words: `Checkout: 18 Aug 6, 25 Aug 4`. */
function spoken(series) {
  return series.map((each) => `${each.name}: ${each.data.map((point) => `${point.label} ${figure(point.value)}`).join(", ")}`).join(". ");
}

const figure = (value) => Number(value).toLocaleString("en-GB");

function legend(name, at, type) {
  const isLine = type === "line" || type === "area";
  const sign = isLine
    ? [svg("path", { d: "M1 7H25", class: `curve series-${at}` }), dot(13, 7, at)]
    : [svg("rect", { x: 13, y: 2, width: 10, height: 10, rx: 3, class: `bar series-${at}` })];
  return h("span", { class: "legend" }, svg("svg", { viewBox: "0 0 26 14", width: 26, height: 14, "aria-hidden": "true" }, ...sign), h("span", { text: name, dir: "auto" }));
}

/** Bars, lines or areas between a scale on the left and the categories below. */
function axes(drawn, series, labels, width) {
  const values = series.flatMap((each) => each.data.map((point) => Number(point.value) || 0));
  const scale = ticks(Math.min(0, ...values), Math.max(0, ...values));
  const left = 10 + LETTER * Math.max(...scale.map((each) => figure(each).length));
  const { x_label: across, y_label: upward } = drawn.axis_config;
  const high = TOP + HEIGHT;
  const foot = LINE + (across ? LINE : 0) + 4;
  const slot = (width - left) / labels.length;
  const [low, top] = [scale[0], scale.at(-1)];
  const at = {
    x: (column) => left + (column + 0.5) * slot,
    y: (value) => high - ((value - low) / (top - low)) * HEIGHT,
    left, slot, labels,
  };
  const lines = scale.flatMap((value) => [
    svg("line", { x1: left, x2: width, y1: at.y(value), y2: at.y(value), class: value === 0 ? "base" : "grid" }),
    words(figure(value), left - 6, at.y(value) + 4, "end"),
  ]);
  const shapes = drawn.type === "bar" ? bars(series, at) : curves(series, at, drawn.type === "area");
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${high + foot}`, width, height: high + foot },
    ...lines,
    ...shapes,
    ...categories(labels, at, high),
    ...(upward ? [words(upward, 0, 10, "start")] : []),
    ...(across ? [words(across, left + (width - left) / 2, high + 2 * LINE, "middle")] : []),
  );
}

/** Three to five round figures that hold all values. */
function ticks(low, high) {
  const span = Math.max(high - low, 1);
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max([1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough), span < 4 ? 1 : 0);
  const found = [];
  for (let tick = Math.floor(low / step); tick <= Math.ceil(high / step); tick += 1) found.push(tick * step);
  return found.length > 1 ? found : [0, 1];
}

function words(text, x, y, anchor, className = "axis") {
  const node = svg("text", { x, y, "text-anchor": anchor, class: className });
  node.textContent = text;
  return node;
}

/** As many labels as have room, evenly apart, the last one always. */
function categories(labels, at, high) {
  const room = LETTER * Math.max(...labels.map((label) => label.length)) + 8;
  const every = Math.ceil(room / at.slot);
  const found = [];
  let next = Infinity;
  for (let column = labels.length - 1; column >= 0; column -= every) {
    const x = labelX(labels[column], at.x(column), at);
    if (next - x >= room) found.push(words(labels[column], (next = x), high + LINE, "middle"));
  }
  return found;
}

/** Within the picture, where the first or the last label would stand out. */
function labelX(label, x, at) {
  const half = (LETTER * label.length) / 2;
  return Math.min(Math.max(x, half), at.left + at.slot * at.labels.length - half);
}

function bars(series, at) {
  const width = Math.min((at.slot * 0.72) / series.length, 56);
  const found = [];
  at.labels.forEach((label, column) => {
    series.forEach((each, index) => {
      const value = valueAt(each, label);
      const x = at.x(column) - (width * series.length) / 2 + index * width;
      const [y, foot] = [at.y(Math.max(value, 0)), at.y(Math.min(value, 0))];
      found.push(svg("rect", { x, y, width: Math.max(width - 2, 1), height: Math.max(foot - y, 1), rx: 3, class: `bar series-${index}` }));
      const said = figure(value);
      if (said.length * LETTER <= width + 6) found.push(words(said, x + width / 2 - 1, y - 5, "middle", "value"));
    });
  });
  return found;
}

const valueAt = (each, label) => Number(each.data.find((point) => point.label === label)?.value) || 0;

function dot(x, y, index) {
  if (index % 2) return svg("rect", { x: x - 4, y: y - 4, width: 8, height: 8, rx: 1, class: `dot series-${index}` });
  return svg("circle", { cx: x, cy: y, r: 4.5, class: `dot series-${index}` });
}

function curves(series, at, filled) {
  return series.flatMap((each, index) => {
    const points = at.labels.map((label, column) => [at.x(column), at.y(valueAt(each, label))]);
    const path = curve(points);
    const under = `${path}L${points.at(-1)[0]} ${at.y(0)}L${points[0][0]} ${at.y(0)}Z`;
    return [
      ...(filled ? [svg("path", { d: under, class: `under series-${index}` })] : []),
      svg("path", { d: path, class: `curve series-${index}` }),
      ...points.map(([x, y]) => dot(x, y, index)),
    ];
  });
}

/** A curve through all points that never swings beyond them (Fritsch & Carlson, 1980). */
function curve(points) {
  const slopes = points.slice(1).map(([x, y], i) => (y - points[i][1]) / (x - points[i][0]));
  const tangent = points.map((_, i) => {
    const [before, after] = [slopes[i - 1] ?? slopes[i], slopes[i] ?? slopes[i - 1]];
    return before * after > 0 ? (2 * before * after) / (before + after) : 0;
  });
  return points.slice(1).reduce((path, [x, y], i) => {
    const third = (x - points[i][0]) / 3;
    const [one, two] = [points[i][1] + tangent[i] * third, y - tangent[i + 1] * third];
    return `${path}C${points[i][0] + third} ${one} ${x - third} ${two} ${x} ${y}`;
  }, `M${points[0][0]} ${points[0][1]}`);
}

function pie(segments, width) {
  const total = segments.reduce((sum, each) => sum + each.value, 0) || 1;
  const radius = HEIGHT / 2;
  const point = (share) => [radius + radius * Math.sin(2 * Math.PI * share), radius - radius * Math.cos(2 * Math.PI * share)];
  let done = 0;
  const slices = segments.map((each, index) => {
    const share = each.value / total;
    const [[x1, y1], [x2, y2]] = [point(done), point(done + Math.min(share, 0.9999))];
    done += share;
    const d = `M${radius} ${radius}L${x1} ${y1}A${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${x2} ${y2}Z`;
    return svg("path", { d, class: `slice series-${index}` });
  });
  return svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT }, ...slices);
}
