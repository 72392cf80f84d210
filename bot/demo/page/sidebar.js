// Channels with what is unread, the Home tab, and who one plays.

import { h, icon, keepingFocus } from "./dom.js";
import { avatar } from "./message.js";
import { go, openHome, store } from "./store.js";

const nav = document.getElementById("sidebar");
let sign = null;

export function showSidebar(open) {
  document.body.classList.toggle("sidebar-open", open);
  document.getElementById("menu")?.setAttribute("aria-expanded", String(open));
  if (open) nav.querySelector("[aria-current]")?.focus();
}

export function startSidebar() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !document.body.classList.contains("sidebar-open")) return;
    showSidebar(false);
    document.getElementById("menu").focus();
  });
  document.addEventListener("click", (event) => {
    if (!nav.contains(event.target) && !event.target.closest("#menu, #tour-layer")) showSidebar(false);
  });
}

export function drawSidebar() {
  const { channels, people } = store.state;
  const now = JSON.stringify([channels, people, store.as, store.channel, store.place]);
  if (now === sign) return;
  sign = now;
  const mine = channels.filter((each) => each.member);
  const rooms = mine.filter((each) => !each.is_im);
  const direct = mine.filter((each) => each.is_im);
  keepingFocus(nav, () =>
    nav.replaceChildren(
      h("div", { class: "rooms" }, home(), ...group("Channels", rooms), ...(direct.length ? group("Direct messages", direct) : [])),
      actors(people),
    ),
  );
}

const here = (is) => (is ? "page" : null);

const home = () =>
  h(
    "button",
    {
      type: "button",
      class: "room",
      "data-tour": store.place === "home" ? null : "home",
      "data-key": "home",
      "aria-current": here(store.place === "home"),
      on: { click: () => { showSidebar(false); void openHome(); } },
    },
    icon("home"),
    h("span", { text: "Earshot’s Home tab" }),
  );

const group = (title, rooms) => [
  h("h2", { class: "over", text: title }),
  h("ul", {}, ...rooms.map((each) => h("li", {}, room(each)))),
];

function room({ id, name, is_private: locked, is_shared: shared, is_im: direct, unread, bot_member: heard }) {
  const current = store.place === "channel" && id === store.channel;
  const notes = [shared ? "shared" : null, heard ? null : "no Earshot"].filter(Boolean).join(", ");
  return h(
    "button",
    {
      type: "button",
      class: `room${unread && !current ? " unread" : ""}`,
      "data-key": `room ${id}`,
      "aria-current": here(current),
      on: { click: () => { showSidebar(false); void go({ place: "channel", channel: id }); } },
    },
    locked ? icon("lock") : h("span", { class: "hash", "aria-hidden": "true", text: direct ? "@" : "#" }),
    h("span", { class: "name", text: name, dir: "auto" }),
    notes ? h("small", { text: notes }) : null,
    unread && !current ? h("span", { class: "count" }, String(unread), h("span", { class: "unseen", text: " unread" })) : null,
  );
}

function actors(people) {
  const choices = people.map((each) => {
    const radio = h("input", {
      type: "radio",
      name: "as",
      class: "unseen",
      value: each.id,
      "data-key": `as ${each.id}`,
      on: { change: () => become(each.id) },
    });
    radio.checked = each.id === store.as;
    return h(
      "label",
      { class: "actor" },
      radio,
      avatar(each.id, each.real_name, false),
      h("span", { class: "name", text: each.real_name }),
      h("small", { text: each.role }),
    );
  });
  return h("fieldset", { class: "actors", "data-tour": "person" }, h("legend", { class: "over", text: "Act as" }), ...choices);
}

async function become(as) {
  await go({ as });
  if (store.place === "home") await openHome();
}
