// What bot and Slack said to each other, newest first, and what Slack would have refused.

import { api } from "./api.js";
import { h, icon, reconcile } from "./dom.js";
import { store } from "./store.js";

const MOST = 150;
const LOOK_BACK = 60;
const pane = document.getElementById("inspector");
const list = h("ol", { class: "calls" });
const total = h("span", { class: "soft" });
let last = 0;
let known = new Map();
let asking = false;

export function startInspector() {
  const close = h("button", { type: "button", class: "quiet square", "aria-label": "Close the inspector", on: { click: () => showInspector(false) } }, icon("close"));
  pane.append(
    h("header", { class: "head" }, h("h2", { text: "Inspector" }), total, close),
    h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Requests and answers" }, list),
  );
  pane.addEventListener("keydown", (event) => event.key === "Escape" && showInspector(false));
}

export function showInspector(open) {
  store.inspecting = open;
  pane.hidden = !open;
  const button = document.getElementById("inspect");
  button.setAttribute("aria-expanded", String(open));
  if (open) {
    pane.querySelector("button").focus();
    void drawInspector();
  } else button.focus();
}

export async function drawInspector() {
  if (!store.inspecting || asking) return;
  asking = true;
  try {
    // An answer can come after younger requests were listed, so look back a little.
    const { calls } = await api.inspect(Math.max(last - LOOK_BACK, 0));
    for (const call of calls) known.set(`${call.number} ${call.direction}`, call);
    const newest = [...known].sort(([, a], [, b]) => b.number - a.number).slice(0, MOST);
    known = new Map(newest);
    last = newest[0]?.[1].number ?? 0;
    reconcile(list, newest.map(([key, call]) => ({ key, sign: signOf(call), build: () => row(call) })));
    const faulty = newest.filter(([, call]) => call.faults?.length).length;
    const verdict = faulty ? `${faulty} would be refused by Slack` : "all within Slack’s limits";
    total.textContent = last ? `${newest.length} latest, ${verdict}` : "Nothing said yet";
  } catch {
    total.textContent = "The inspector could not be reached";
  } finally {
    asking = false;
  }
}

const signOf = (call) => JSON.stringify([call.answer, call.faults]);

function row(call) {
  const out = call.direction.startsWith("bot");
  const faults = call.faults ?? [];
  const body = h("div", { class: "payload" });
  const summary = h(
    "summary",
    { "data-key": `call ${call.number}` },
    h("span", { class: `way ${out ? "out" : "in"}`, text: call.direction }),
    h("code", { text: call.method }),
    verdict(call, faults),
    h("time", { text: clockTime(call.at) }),
  );
  const details = h("details", { class: faults.length ? "faulty" : null }, summary, body);
  details.addEventListener("toggle", () => {
    if (!details.open || body.firstChild) return;
    if (faults.length) body.append(h("ul", { class: "faults" }, ...faults.map((each) => h("li", { text: each, dir: "auto" }))));
    body.append(part("Sent", call.arguments), part("Answered", call.answer));
  });
  return h("li", {}, details);
}

function verdict(call, faults) {
  if (faults.length) return h("span", { class: "bad", text: faults.length === 1 ? "1 fault" : `${faults.length} faults` });
  const { ok, error: code, status, reason } = call.answer ?? {};
  if (reason) return h("span", { class: "soft", text: reason.replaceAll("_", " ") });
  const failed = status !== undefined && status !== 200 ? `HTTP ${status}` : null;
  const error = ok === false ? code ?? "refused" : failed;
  return error ? h("span", { class: "bad", text: error }) : h("span", { class: "good", text: "ok" });
}

const clockTime = (at) => (/T(\d\d:\d\d:\d\d)/.exec(at) ?? [null, at])[1];

function part(title, value) {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null, null, 2);
  return h(
    "div",
    {},
    h("h3", { class: "over", text: title }),
    h("pre", { tabindex: "0", role: "region", "aria-label": title, text: text || "(nothing)" }),
  );
}
