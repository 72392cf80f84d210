// Names, emoji and Slack's markup ("mrkdwn"), all as text nodes.

import { h, webAddress } from "./dom.js";
import { store } from "./store.js";

/** The answers first: their meaning is what the picker says. */
export const ANSWERS = [
  ["white_check_mark", "✅", "knew it"],
  ["open_mouth", "😮", "surprised me"],
  ["raising_hand", "🙋", "we own it"],
  ["no_good", "🙅", "not a problem"],
  ["hammer_and_wrench", "🛠️", "fixed"],
  ["bulb", "💡", "tag as insight"],
];
export const OTHERS = [
  ["eyes", "👀", "eyes"],
  ["+1", "👍", "thumbs up"],
  ["heart", "❤️", "heart"],
  ["tada", "🎉", "party"],
  ["thinking_face", "🤔", "thinking"],
  ["cry", "😢", "crying"],
];
const KNOWN = new Map([...ANSWERS, ...OTHERS].map(([name, char]) => [name, char]));
const BOT = "U0EARSHOT";

export const emojiChar = (name) => store.state?.emoji?.[name] ?? KNOWN.get(name) ?? `:${name}:`;
export const emojiSaid = (name) =>
  [...ANSWERS, ...OTHERS].find((each) => each[0] === name)?.[2] ?? name.replaceAll("_", " ");

export function personName(id) {
  const known = store.state?.people.find((each) => each.id === id);
  return known ? known.real_name || known.name : id === BOT ? "Earshot" : id;
}

export const channelName = (id) => store.state?.channels.find((each) => each.id === id)?.name ?? id;

/** Two letters for a face. */
export const initials = (name) =>
  name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0].toUpperCase()).join("");

const unescaped = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const withEmoji = (text) => text.replace(/:([a-z0-9_+'-]+):/g, (whole, name) => {
  const char = emojiChar(name);
  return char.startsWith(":") ? whole : char;
});

/** The words of a text object, for labels. */
export function words(object) {
  if (!object) return "";
  return object.emoji === false ? object.text : withEmoji(object.text);
}

export function mention(id) {
  const own = id === store.as ? " mine" : "";
  return h("span", { class: `mention${own}`, text: `@${personName(id)}` });
}

export const channelLink = (id) => h("span", { class: "mention", text: `#${channelName(id)}` });

/** A link that opens elsewhere and tells nothing about this page; its text where it is no address. */
export function link(url, label) {
  const address = webAddress(url);
  const text = label || url;
  if (!address) return h("span", { text, dir: "auto" });
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer", text, dir: "auto" });
}

// What stands in angle brackets is Slack's only where Slack would have written it.
const MARKUP = /<((?:@[UW]|#C|!|https?:|mailto:)[^<>\n]*)>|`([^`\n]+)`|(?<![\w*])\*([^*\n]+)\*(?!\w)|(?<![\w_])_([^_\n]+)_(?!\w)|(?<![\w~])~([^~\n]+)~(?!\w)/;

/** Slack's markup as nodes. */
export function mrkdwn(text) {
  const nodes = [];
  let rest = text;
  for (let found = MARKUP.exec(rest); found; found = MARKUP.exec(rest)) {
    if (found.index) nodes.push(plainRun(rest.slice(0, found.index)));
    nodes.push(marked(found));
    rest = rest.slice(found.index + found[0].length);
  }
  if (rest) nodes.push(plainRun(rest));
  return nodes;
}

const plainRun = (text) => h("span", { class: "run", dir: "auto", text: unescaped(withEmoji(text)) });

function marked([, angle, code, bold, italic, strike]) {
  if (code !== undefined) return h("code", { text: unescaped(code) });
  if (bold !== undefined) return h("strong", {}, ...mrkdwn(bold));
  if (italic !== undefined) return h("em", {}, ...mrkdwn(italic));
  if (strike !== undefined) return h("s", {}, ...mrkdwn(strike));
  const [target, label] = angle.split("|", 2);
  if (/^@[UW]/.test(target)) return mention(target.slice(1));
  if (/^#C/.test(target)) return channelLink(target.slice(1));
  if (target.startsWith("!")) return h("span", { class: "mention", text: `@${target.slice(1)}` });
  return link(unescaped(target), label && unescaped(label));
}

/** A text object of either sort as nodes. */
export function textNodes(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return [h("span", { class: "run", dir: "auto", text: words(object) })];
}
