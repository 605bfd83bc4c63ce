// The server: requests, jobs and their events. One EventSource at a time, since browsers allow six connections.

export class Problem extends Error {
  constructor(message, status, error = {}, wait = 0) {
    super(message);
    this.status = status;
    this.code = error.code;
    this.wait = wait;
  }
}

let askKey = null;
let asking = null; // all that wait for the key wait for one answer

/** What to do where the server wants its key: a function that resolves with the key, or with nothing. */
export function whenLocked(ask) {
  askKey = () => (asking ||= ask().finally(() => (asking = null)));
}

export async function call(path, { method = "GET", body, headers = {}, form, signal } = {}, again = true) {
  let response;
  try {
    response = await fetch(path, {
      method, signal,
      headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
      body: form || (body === undefined ? undefined : JSON.stringify(body)),
    });
  } catch (e) {
    if (e.name === "AbortError") throw e;
    throw new Problem("The studio does not answer. Is it still running?", 0);
  }
  if (response.ok) return response.status === 204 ? null : response.json();
  let error = {};
  try {
    error = (await response.json()).error || {};
  } catch {
    error = {};
  }
  if (response.status === 401 && again && askKey && (await askKey())) return call(path, { method, body, headers, form, signal }, false);
  const wait = Number(response.headers.get("Retry-After")) || 0;
  const text = error.message || "The studio answered with " + response.status + ".";
  throw new Problem(response.status === 429 ? text + (wait ? " Try again in " + wait + " s." : "") : text, response.status, error, wait);
}

export const post = (path, body, headers) => call(path, { method: "POST", body: body === undefined ? {} : body, headers });

const TOKENS = "calotype.tokens";
const tokens = () => JSON.parse(localStorage.getItem(TOKENS) || "{}");

/** Whether this browser asked for the job: only then may it end it. */
export const mine = (id) => id in tokens();

/** Asks for a job and keeps its token. */
export async function begin(request) {
  const job = await post("/api/jobs", request);
  const kept = Object.entries(tokens()).slice(-300);
  localStorage.setItem(TOKENS, JSON.stringify({ ...Object.fromEntries(kept), [job.id]: job.token }));
  return job;
}

/** cancel, pause or resume */
export const tell = (id, what) => post("/api/jobs/" + id + "/" + what, {}, { "X-Job-Token": tokens()[id] || "" });

export const jobs = (limit = 50) => call("/api/jobs?limit=" + limit);

export const over = (state) => ["done", "failed", "cancelled", "interrupted"].includes(state);

/**
 * Follows a job: first its state, so a page that comes late misses nothing.
 * Handlers by the name of the event: state, progress, preview, result, log; wrong is told what went wrong. Returns what ends the following.
 */
export function follow(id, handlers) {
  let source = null, timer = null, ended = false;
  const wrong = (e) => ended || handlers.wrong(e);
  const open = () => {
    source = new EventSource("/api/jobs/" + id + "/events");
    for (const name of ["state", "progress", "preview", "result", "log"])
      source.addEventListener(name, async (event) => {
        const data = JSON.parse(event.data);
        if (name === "state" && over(data.state)) source.close();
        try {
          if (handlers[name] && !ended) await handlers[name](data, () => ended);
        } catch (e) {
          wrong(e);
        }
      });
    source.addEventListener("error", async () => {
      if (source.readyState !== EventSource.CLOSED || ended) return;
      try {
        await call("/api/jobs/" + id); // says why, and asks for the key
        if (!ended) timer = setTimeout(open, 2000); // too many follow jobs at the moment
      } catch (e) {
        wrong(e);
      }
    });
  };
  open();
  return () => {
    ended = true;
    clearTimeout(timer);
    source.close();
  };
}

/** Sends a picture; the answer has its id, size, and what it says of how it was made. */
export async function upload(blob, name = "picture.png") {
  const form = new FormData();
  form.append("file", blob, name);
  return call("/api/uploads", { method: "POST", form });
}

export async function blobOf(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Problem("The picture is not there any more: the studio keeps what is sent for a day.", answer.status);
  return answer.blob();
}

let known = null;

/** The models, asked for once a page. */
export async function models(fresh = false) {
  if (!known || fresh) known = (await call("/api/models")).models;
  return known;
}

/** The request that made a picture alone, out of what it says of itself. */
export const asked = (settings) => (settings ? settings.request || settings : null);

/** Whether a request names one picture of a model, by a seed that the browser can send as it is. */
export const names = (wish) => Boolean(wish && wish.model && Number.isSafeInteger(wish.seed));

/** The name of a class that was asked for by its name or number. */
export const className = (classes, said) => (classes.includes(said) ? said : classes[said]);

/** A value that a reload does not lose. */
export const kept = {
  read: (name, otherwise) => {
    try {
      return JSON.parse(localStorage.getItem("calotype." + name)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  write: (name, value) => localStorage.setItem("calotype." + name, JSON.stringify(value)),
  drop: (name) => localStorage.removeItem("calotype." + name),
};
