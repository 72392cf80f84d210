// What is shown: who acts, where they look, and the server's latest answer about it.

import { api, send } from "./api.js";
import { announce, toast } from "./notices.js";

export const store = {
  as: "U0ADA",
  channel: "C0CHECKOUT",
  place: "channel", // or "home"
  thread: null, // the ts of the thread that is open
  state: null,
  threadData: null,
  inspecting: false,
  errors: {}, // what the last submission was told, by block
};

const watchers = [];
/** `watcher(store)` runs after each change. */
export const watch = (watcher) => watchers.push(watcher);
export const draw = () => watchers.forEach((watcher) => watcher(store));

let running = false;
let wanted = false;

/** Asks for everything that is shown; calls that come meanwhile make one more round. */
export async function refresh() {
  wanted = true;
  if (running) return;
  running = true;
  try {
    while (wanted) {
      wanted = false;
      await fetchShown();
    }
  } catch (error) {
    toast(`Cannot reach the demo: ${error.message}`);
  } finally {
    running = false;
  }
}

async function fetchShown() {
  const { as, channel, thread } = store;
  const [state, threadData] = await Promise.all([
    api.state(as, channel),
    thread ? api.thread(as, channel, thread).catch(() => null) : null,
  ]);
  if (as !== store.as || channel !== store.channel || thread !== store.thread) {
    wanted = true;
    return;
  }
  const visible = state.channels.filter((each) => each.member);
  if (visible.length && !visible.some((each) => each.id === channel)) {
    Object.assign(store, { channel: visible[0].id, thread: null, threadData: null });
    wanted = true;
    return;
  }
  if (state.modal?.id !== store.state?.modal?.id) store.errors = {};
  Object.assign(store, { state, threadData });
  draw();
  markRead();
}

function markRead() {
  const here = store.state.channels.find((each) => each.id === store.channel);
  if (store.place === "channel" && here?.unread && document.visibilityState === "visible") {
    void send({ as: store.as, act: "read", channel: store.channel }).then(refresh);
  }
}

/** Looks elsewhere: another person, channel, thread or the Home tab. */
export function go(change) {
  const moved = ["as", "channel"].some((key) => key in change && change[key] !== store[key]);
  if (moved) Object.assign(store, { thread: null, threadData: null });
  if ("thread" in change && change.thread !== store.thread) store.threadData = null;
  Object.assign(store, change);
  if (store.state) draw();
  return refresh();
}

/** Does something as the person who acts; says what went wrong. */
export async function act(fields) {
  const answer = await send({ as: store.as, ...fields });
  if (answer.errors && Object.keys(answer.errors).length) store.errors = answer.errors;
  else if (fields.act === "submit" || fields.modal) store.errors = {};
  if (answer.ok && fields.act === "clock") announce(answer.note); // the bar shows it
  else if (answer.note && !Object.keys(answer.errors ?? {}).length) toast(answer.note);
  else if (!answer.ok && !Object.keys(answer.errors ?? {}).length) toast("That did not work.");
  await refresh();
  return answer;
}

export const openHome = async () => {
  await go({ place: "home", thread: null });
  return act({ act: "home" });
};
