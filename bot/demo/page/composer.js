// Where people write: Enter sends, `/` offers the commands.

import { freshId, h, icon } from "./dom.js";
import { act, store } from "./store.js";

const MENTION = { command: "@Earshot", description: "Ask in the open: everybody sees the answer", usage_hint: "[feature or words]" };

export class Composer {
  /** `where()` gives what is added to the act: a channel, a thread. */
  constructor(where, tour) {
    this.where = where;
    this.found = [];
    this.at = 0;
    this.options = h("ul", { class: "completion", role: "listbox", id: freshId("commands"), "aria-label": "Commands", hidden: true });
    this.hint = h("p", { class: "usage", id: freshId("usage") });
    this.input = h("input", {
      type: "text",
      role: "combobox",
      dir: "auto",
      autocomplete: "off",
      spellcheck: "false",
      enterkeyhint: "send",
      maxlength: 4000,
      "aria-label": "Message",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.options.id,
      "aria-describedby": this.hint.id,
      on: { input: () => this.look(), keydown: (event) => this.key(event), blur: () => this.fold() },
    });
    this.button = h("button", { type: "submit", class: "send", "aria-label": "Send" }, icon("send"));
    const line = h("div", { class: "line-in" }, this.input, this.button);
    this.box = h("form", { class: "composer", "data-tour": tour, on: { submit: (event) => this.send(event) } }, this.options, line, this.hint);
  }

  draw(place) {
    this.input.setAttribute("placeholder", place);
    this.input.setAttribute("aria-label", place);
  }

  look() {
    const { value } = this.input;
    const commands = [...(store.state?.commands ?? []), MENTION];
    const typing = /^[/@]\S*$/.test(value);
    this.found = typing ? commands.filter((each) => each.command.toLowerCase().startsWith(value.toLowerCase())) : [];
    this.at = 0;
    const complete = commands.find((each) => value.startsWith(`${each.command} `));
    this.hint.textContent = complete?.usage_hint ? `${complete.command} ${complete.usage_hint}` : "";
    this.list();
  }

  list() {
    this.options.replaceChildren(...this.found.map((each, index) => this.option(each, index)));
    const open = this.found.length > 0;
    this.options.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (open) this.input.setAttribute("aria-activedescendant", this.options.children[this.at].id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  option({ command, description, usage_hint: usage }, index) {
    const take = (event) => { event.preventDefault(); this.take(index); };
    return h(
      "li",
      { role: "option", id: `${this.options.id}-${index}`, "aria-selected": String(index === this.at), on: { mousedown: take } },
      h("strong", { text: command }),
      h("span", { class: "soft", text: usage ?? "" }),
      h("small", { text: description ?? "" }),
    );
  }

  key(event) {
    if (event.isComposing || !this.found.length) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (steps[event.key]) {
      this.at = (this.at + steps[event.key] + this.found.length) % this.found.length;
      this.list();
    } else if (event.key === "Tab" && !event.shiftKey) this.take(this.at);
    else if (event.key === "Escape") this.fold();
    else if (event.key === "Enter" && this.input.value !== this.found[this.at].command) this.take(this.at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(index) {
    this.input.value = `${this.found[index].command} `;
    this.fold();
    this.look();
    this.input.focus();
  }

  fold() {
    this.found = [];
    this.list();
  }

  async send(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.look();
    const answer = await act({ act: "say", text, ...this.where() });
    if (!answer.ok && !this.input.value) this.input.value = text;
  }
}
