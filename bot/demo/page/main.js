// Puts the page together and keeps it up to date.

import { listen } from "./api.js";
import { drawBar, startBar } from "./bar.js";
import { Composer } from "./composer.js";
import { h, icon } from "./dom.js";
import { drawHome, homeBox } from "./home.js";
import { drawInspector, startInspector } from "./inspector.js";
import { drawModal } from "./modal.js";
import { drawSidebar, startSidebar } from "./sidebar.js";
import { refresh, store, watch } from "./store.js";
import { drawThread, startThread } from "./thread.js";
import { Timeline } from "./timeline.js";
import { placeTour, startTour } from "./tour.js";

const title = h("h2", {});
const topic = h("p", { class: "soft" });
const timeline = new Timeline("Messages", { days: true });
const composer = new Composer(() => ({ channel: store.channel }), "composer");
const channelBox = h("div", { class: "channel" }, timeline.box, composer.box);
const lost = h("p", { class: "lost", role: "alert" });

function drawMain() {
  const { channels, messages, me } = store.state;
  const home = store.place === "home";
  const here = channels.find((each) => each.id === store.channel);
  channelBox.hidden = home;
  homeBox.hidden = !home;
  document.title = home ? "Home · Earshot demo" : `#${here?.name ?? ""} · Earshot demo`;
  title.replaceChildren(...(home ? ["Earshot"] : [here?.is_private ? icon("lock") : h("span", { class: "hash", text: "#" }), here?.name ?? ""]));
  topic.textContent = home ? `Home, as ${me.real_name} sees it` : about(here);
  if (home) drawHome();
  else {
    timeline.draw(`${store.as} ${store.channel}`, messages, `Messages in #${here?.name ?? ""}`);
    composer.draw(`Message #${here?.name ?? ""}, or type / for commands`);
  }
}

function about(channel) {
  if (!channel) return "";
  if (!channel.bot_member) return "Earshot was not invited here";
  return channel.is_shared ? "Shared with another company" : "";
}

function start() {
  timeline.box.setAttribute("data-tour", "messages");
  document.getElementById("main").append(h("header", { class: "head" }, title, topic), lost, channelBox, homeBox);
  startBar();
  startSidebar();
  startThread();
  startInspector();
  [drawBar, drawSidebar, drawMain, drawThread, drawModal, drawInspector, () => requestAnimationFrame(placeTour)].forEach(watch);
  addEventListener("resize", placeTour);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
  listen(changed, (up) => { lost.textContent = up ? "" : "The demo stopped answering. Start it again with: make demo"; });
}

function changed(version) {
  if (version === null || version !== store.state?.version) void refresh();
  void drawInspector();
}

start();
await refresh();
if (store.state) await startTour();
