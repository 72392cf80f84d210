// A modal's inputs. A form remembers what was typed, so that an update keeps it.

import { freshId, h, icon } from "./dom.js";
import { store } from "./store.js";
import { words } from "./text.js";

/** What stands in a modal's inputs, whatever is drawn around them. */
export class Form {
  constructor() {
    this.typed = new Map();
    this.sent = new Map();
    this.state = {};
    this.blocks = new Set();
  }

  /** Makes ready for another drawing of the same modal; `state` is what Slack knows. */
  begin(state) {
    for (const mark of [...this.typed.keys()]) {
      const now = known(state, mark);
      // Somebody else filled the input in: the tour, or another window.
      const ours = [known(this.state, mark), this.sent.get(mark)];
      if (now !== undefined && ours.every((each) => !same(each, now))) this.typed.delete(mark);
    }
    this.state = state ?? {};
    this.blocks = new Set();
  }

  value(block) {
    const { block_id: id, element } = block;
    const mark = `${id}|${element.action_id}`;
    if (this.typed.has(mark)) return this.typed.get(mark);
    const value = known(this.state, mark);
    return value === undefined ? initialValue(element) : value;
  }

  set(block, value) {
    this.typed.set(`${block.block_id}|${block.element.action_id}`, value);
  }

  /** Everything that stands in the inputs, by block. */
  values() {
    for (const [mark, value] of this.typed) this.sent.set(mark, value);
    return Object.fromEntries([...this.blocks].map((block) => [block.block_id, this.value(block)]));
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** What Slack knows to stand in an input; undefined where it knows nothing. */
function known(state, mark) {
  const [id, action] = mark.split("|");
  const found = state?.[id]?.[action];
  return found && plainValue(found);
}

const valueOf = (option) => option?.value ?? null;

function plainValue(state) {
  if ("selected_option" in state) return valueOf(state.selected_option);
  if ("selected_options" in state) return (state.selected_options ?? []).map(valueOf);
  if ("selected_conversations" in state) return state.selected_conversations ?? [];
  return state.value ?? state.selected_time ?? state.selected_date ?? state.selected_user ?? null;
}

function initialValue(element) {
  if (["checkboxes", "multi_static_select"].includes(element.type)) return (element.initial_options ?? []).map(valueOf);
  if (element.type === "multi_conversations_select") return element.initial_conversations ?? [];
  if (element.initial_option) return valueOf(element.initial_option);
  return element.initial_value ?? element.initial_time ?? element.initial_date ?? element.initial_user ?? null;
}

/** One input with its label, hint and place for an error. */
export function inputField(block, form) {
  form.blocks.add(block);
  const draw = INPUTS[block.element.type];
  if (!draw) return h("p", { class: "unsupported", text: `unsupported element: ${block.element.type}` });
  const ids = { control: freshId("in"), label: freshId("label"), hint: freshId("hint"), error: freshId("error") };
  const described = block.hint ? `${ids.hint} ${ids.error}` : ids.error;
  const control = draw(block, form, { id: ids.control, described, label: ids.label });
  const grouped = control.getAttribute("role") === "group";
  const label = h(
    grouped ? "span" : "label",
    { class: "label", id: ids.label, for: grouped ? null : ids.control },
    h("span", { text: words(block.label), dir: "auto" }),
    block.optional ? h("small", { text: " (optional)" }) : null,
  );
  const hint = block.hint ? h("p", { class: "hint", id: ids.hint, text: words(block.hint), dir: "auto" }) : null;
  const error = h("p", { class: "error", id: ids.error, dir: "auto" });
  const field = h("div", { class: "field" }, label, control, error, hint);
  field.blockId = block.block_id;
  field.showError = (sentence) => {
    error.textContent = sentence ?? "";
    field.classList.toggle("wrong", Boolean(sentence));
    const marked = grouped ? control.querySelectorAll("input") : [control];
    for (const node of marked) {
      if (sentence) node.setAttribute("aria-invalid", "true");
      else node.removeAttribute("aria-invalid");
    }
  };
  return field;
}

const common = (block, at) => ({
  id: at.id,
  name: block.block_id,
  "aria-describedby": at.described,
  "aria-required": block.optional ? null : "true",
  "data-key": `input|${block.block_id}|${block.element.action_id}`,
});

function text(block, form, at) {
  const item = block.element;
  const long = Boolean(item.multiline);
  const node = h(long ? "textarea" : "input", {
    ...common(block, at),
    type: long ? null : "text",
    rows: long ? 4 : null,
    maxlength: item.max_length,
    placeholder: words(item.placeholder) || null,
    autocomplete: "off",
    dir: "auto",
    on: { input: () => form.set(block, node.value || null) },
  });
  node.value = form.value(block) ?? "";
  return node;
}

const optionNodes = (options) => options.map((option) => h("option", { value: option.value, text: words(option.text) }));

function select(block, form, at) {
  const item = block.element;
  const chosen = form.value(block);
  const groups = (item.option_groups ?? []).map((group) =>
    h("optgroup", { label: words(group.label) }, ...optionNodes(group.options)));
  const empty = h("option", { value: "", text: words(item.placeholder) || "Choose", disabled: !block.optional && chosen !== null });
  const node = h(
    "select",
    { ...common(block, at), on: { change: () => form.set(block, node.value || null) } },
    empty,
    ...optionNodes(item.options ?? []),
    ...groups,
  );
  node.value = chosen ?? "";
  return node;
}

/** The browser's own picker: of a time, or of a date. */
const picker = (type) => (block, form, at) => {
  const node = h("input", { ...common(block, at), type, on: { input: () => form.set(block, node.value || null) } });
  node.value = form.value(block) ?? "";
  return node;
};

/** One of several, as a group under one label. */
function radios(block, form, at) {
  const chosen = form.value(block);
  const buttons = block.element.options.map((option, index) => {
    const button = h("input", {
      type: "radio",
      id: index ? null : at.id,
      name: block.block_id,
      value: option.value,
      "aria-describedby": at.described,
      "data-key": `input|${block.block_id}|${option.value}`,
      on: { change: () => form.set(block, option.value) },
    });
    button.checked = option.value === chosen;
    return h("label", { class: "choice" }, button, h("span", { text: words(option.text), dir: "auto" }));
  });
  return h("div", { class: "choices", role: "group", "aria-labelledby": at.label }, ...buttons);
}

/** The people of the workspace, as its client knows them. */
function people(block, form, at) {
  const options = store.state.people.map(({ id, real_name }) => ({ text: { type: "plain_text", text: real_name }, value: id }));
  return select({ ...block, element: { ...block.element, options } }, form, at);
}

/** Boxes to tick, as a group under one label. */
function ticks(block, form, at, options, changed) {
  const chosen = new Set(form.value(block));
  const boxes = options.map((option, index) => {
    const box = h("input", {
      type: "checkbox",
      id: index ? null : at.id,
      name: block.block_id,
      value: option.value,
      "aria-describedby": at.described,
      "data-key": `input|${block.block_id}|${option.value}`,
      on: { change: () => tick(box) },
    });
    box.checked = chosen.has(option.value);
    return h("label", { class: "choice" }, box, h("span", { text: words(option.text), dir: "auto" }));
  });
  const tick = (box) => {
    chosen[box.checked ? "add" : "delete"](box.value);
    form.set(block, options.map(valueOf).filter((value) => chosen.has(value)));
    changed?.();
  };
  return boxes;
}

const checkboxes = (block, form, at) =>
  h("div", { class: "choices", role: "group", "aria-labelledby": at.label }, ...ticks(block, form, at, block.element.options));

/** What is chosen stands as chips; a press unfolds all options to tick. */
function multiSelect(block, form, at) {
  const item = block.element;
  const options = [...(item.options ?? []), ...(item.option_groups ?? []).flatMap((group) => group.options)];
  const list = h("div", { class: "options", id: freshId("options"), hidden: true });
  const chips = h("span", { class: "chips" });
  const open = h(
    "button",
    {
      type: "button",
      class: "multi",
      "aria-expanded": "false",
      "aria-controls": list.id,
      "aria-labelledby": `${at.label} ${(chips.id = freshId("chips"))}`,
      "aria-describedby": at.described,
      "data-key": `input|${block.block_id}|open`,
      on: { click: () => unfold(list.hidden) },
    },
    chips,
    icon("down"),
  );
  const unfold = (show) => {
    list.hidden = !show;
    form.unfolded = show ? block.block_id : null;
    open.setAttribute("aria-expanded", String(show));
  };
  const drawChips = () => {
    const values = new Set(form.value(block));
    const chosen = options.filter((option) => values.has(option.value));
    const none = h("span", { class: "none", text: words(item.placeholder) || "None" });
    chips.replaceChildren(...(chosen.length ? chosen.map((option) => h("span", { class: "chip", text: words(option.text), dir: "auto" })) : [none]));
  };
  list.append(...ticks(block, form, at, options, drawChips));
  drawChips();
  if (form.unfolded === block.block_id) unfold(true);
  return h("div", { role: "group", "aria-labelledby": at.label, class: "multi-select" }, open, list);
}

/** The channels of the workspace, as its client knows them. */
function conversations(block, form, at) {
  const known = store.state.channels.filter((channel) => !channel.is_im && !channel.is_shared);
  const options = known.map(({ id, name }) => ({ text: { type: "plain_text", text: `#${name}` }, value: id }));
  return multiSelect({ ...block, element: { ...block.element, options } }, form, at);
}

const INPUTS = {
  plain_text_input: text,
  email_text_input: text,
  url_text_input: text,
  number_input: text,
  static_select: select,
  multi_static_select: multiSelect,
  multi_conversations_select: conversations,
  checkboxes,
  radio_buttons: radios,
  users_select: people,
  timepicker: picker("time"),
  datepicker: picker("date"),
};
