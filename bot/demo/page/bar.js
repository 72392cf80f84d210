// The bar above all: the demo's clock, how far the tickets have come, and the page's own tools.

import { h, icon } from "./dom.js";
import { showInspector } from "./inspector.js";
import { showSidebar } from "./sidebar.js";
import { act, store } from "./store.js";
import { startTour } from "./tour.js";

const now = h("span", { class: "now" });
const feed = h("span", { class: "feed" });
const meter = h("progress", { max: 1, value: 0, "aria-label": "Tickets read" });
const date = h("input", { type: "date", "aria-label": "Move the clock to a date" });
const busy = h("span", { class: "busy", "aria-hidden": "true" });
const strip = document.getElementById("strip");

const move = (to) => async (event) => {
  const button = event.currentTarget;
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  await act({ act: "clock", to });
  button.removeAttribute("aria-busy");
};

const tool = (name, label, click, more = {}) =>
  h("button", { type: "button", class: "quiet square", "aria-label": label, title: label, on: { click }, ...more }, icon(name));

export function startBar() {
  const step = (label, to) => h("button", { type: "button", class: "button", text: label, on: { click: move(to) } });
  const jump = h("form", { class: "jump", on: { submit: goToDate } }, date, h("button", { type: "submit", class: "button", text: "Go" }));
  const panel = h("div", { class: "clock-panel", id: "clock-panel" }, step("+1 hour", "+1 hour"), step("Next morning", "next morning"), jump);
  const unfold = h(
    "button",
    { type: "button", class: "now-button", "aria-expanded": "false", "aria-controls": "clock-panel", on: { click: () => showClock(!document.body.classList.contains("clock-open")) } },
    icon("clock"), now, icon("down"),
  );
  unfold.id = "unfold-clock";
  const clock = h("div", { class: "clock", role: "group", "aria-label": "The demo’s clock", "data-tour": "clock" }, unfold, panel);
  const tools = h(
    "div",
    { class: "page-tools", role: "group", "aria-label": "This page" },
    tool("tour", "Take the tour", () => void startTour()),
    tool("inspect", "Inspector", () => showInspector(!store.inspecting), { id: "inspect", "aria-expanded": "false", "aria-controls": "inspector", "data-tour": "inspector" }),
    tool("theme", "Light or dark", otherTheme),
  );
  document.getElementById("bar").append(
    tool("menu", "Channels and people", () => showSidebar(!document.body.classList.contains("sidebar-open")), { id: "menu", "aria-expanded": "false", "aria-controls": "sidebar" }),
    h("h1", {}, h("img", { src: "/page/icon.svg", alt: "", width: 28, height: 28 }), h("span", { text: "Earshot" }), h("small", { text: "demo" })),
    clock,
    h("div", { class: "progress" }, meter, feed, busy),
    tools,
  );
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".clock, #tour-layer")) showClock(false);
  });
}

export function showClock(open) {
  document.body.classList.toggle("clock-open", open);
  document.getElementById("unfold-clock").setAttribute("aria-expanded", String(open));
}

async function goToDate(event) {
  event.preventDefault();
  if (date.value) await act({ act: "clock", to: date.value });
}

function otherTheme() {
  const set = document.documentElement.classList;
  const dark = set.contains("dark") || (!set.contains("light") && matchMedia("(prefers-color-scheme: dark)").matches);
  set.toggle("dark", !dark);
  set.toggle("light", dark);
}

export function drawBar() {
  const { today, now: iso, feed: read, busy: working, own_data: own } = store.state;
  const [, before, year, after] = /^(.*?)( \d{4})(,.*)$/.exec(today) ?? [null, today, "", ""];
  now.replaceChildren(before, h("span", { class: "year", text: year }), after);
  const day = iso.slice(0, 10);
  if (date.getAttribute("min") !== day) {
    date.setAttribute("min", day);
    date.value = day;
  }
  meter.max = Math.max(read?.total ?? 1, 1);
  meter.value = read?.read ?? 0;
  meter.hidden = !read || read.read >= read.total;
  feed.replaceChildren(...feedLines(read));
  busy.textContent = working ? "working…" : "";
  document.body.classList.toggle("working", Boolean(working));
  drawStrip(own);
}

const said = (count) => count.toLocaleString("en-GB");

function feedLines(feed) {
  if (!feed) return [];
  const part = feed.read < feed.total;
  const whole = part ? `${said(feed.read)} of ${said(feed.total)}` : said(feed.read);
  return [h("span", { text: `${whole} tickets read` }), feed.note && !part ? h("small", { text: feed.note }) : ""];
}

function drawStrip(own) {
  strip.hidden = !own;
  if (!own) return;
  const note = own.note || "Nothing leaves this machine.";
  strip.replaceChildren(icon("lock"), h("strong", { text: own.name, dir: "auto" }), h("span", { text: note }));
}
