// What the page asks the demo's server. Every answer is JSON.

async function asked(path, options) {
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(`${path.split("?")[0]} answered ${response.status}`);
  return response.json();
}

const query = (fields) => new URLSearchParams(fields).toString();

export const api = {
  state: (as, channel) => asked(`/api/state?${query({ as, channel })}`),
  thread: (as, channel, ts) => asked(`/api/thread?${query({ as, channel, ts })}`),
  inspect: (after) => asked(`/api/inspect?${query({ after })}`),
  tour: () => asked("/api/tour"),
};

/** Does something as a person; always comes back with `{ok, note, errors}`. */
export async function send(fields) {
  try {
    const response = await fetch("/api/act", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    });
    const answer = await response.json().catch(() => ({}));
    const ok = answer.ok ?? response.ok;
    return { note: answer.error ?? "", errors: {}, ...answer, ok, status: answer.status ?? response.status };
  } catch {
    return { ok: false, status: 0, note: "The demo does not answer. Is it still running?", errors: {} };
  }
}

/** Calls `changed(version)` on each change, `up(true|false)` as the line comes and goes. */
export function listen(changed, up) {
  const source = new EventSource("/api/events");
  source.addEventListener("open", () => up(true));
  source.addEventListener("error", () => up(false));
  source.addEventListener("message", (event) => {
    try {
      changed(JSON.parse(event.data).version);
    } catch {
      changed(null);
    }
  });
}
