// The project's cache: what it holds, how often it was of use, and how to trim it.

import { get, post } from "./api.js";
import { $, announce, coalesce, el } from "./dom.js";
import { bytes } from "./format.js";
import { Stream } from "./stream.js";

function figure(name, value, note) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value, note ? el("span", { class: "quiet" }, note) : null));
}

async function load() {
  const cache = await get("/api/cache");
  const asked = (cache.hits ?? 0) + (cache.misses ?? 0);
  $("#figures").replaceChildren(
    figure("Size", bytes(cache.bytes) || "empty", cache.limit ? `of ${bytes(cache.limit)}` : ""),
    figure("Files", (cache.files ?? 0).toLocaleString("en")),
    figure("Hit rate", asked ? `${Math.round((100 * (cache.hits ?? 0)) / asked)} %` : "none yet", asked ? `${cache.hits.toLocaleString("en")} of ${asked.toLocaleString("en")} steps` : ""),
  );
  const kinds = Object.entries(cache.steps ?? {}).sort(([, one], [, other]) => (other.bytes ?? 0) - (one.bytes ?? 0));
  const most = Math.max(1, ...kinds.map(([, each]) => each.bytes ?? 0));
  $("#kinds tbody").replaceChildren(...kinds.map(([kind, each]) => el("tr", {},
    el("th", { scope: "row" }, kind), el("td", { class: "figure" }, (each.count ?? 0).toLocaleString("en")), el("td", { class: "figure" }, bytes(each.bytes)),
    el("td", {}, el("meter", { min: "0", max: String(most), value: String(each.bytes ?? 0), "aria-label": `Share of ${kind}` })))));
}

const reload = coalesce(load, 200);
$("#trim").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  button.disabled = true;
  $("#trimmed").textContent = "Trimming";
  try {
    const done = await post("/api/cache/trim");
    $("#trimmed").textContent = done.freed ? `${bytes(done.freed)} freed.` : "Nothing had to go.";
  } catch (error) {
    $("#trimmed").textContent = error.message;
    announce(error.message);
  }
  button.disabled = false;
  reload();
});
const stream = new Stream();
stream.addEventListener("again", reload);
stream.addEventListener("run", (event) => { if (/^run_(finished|failed|cancelled)$/.test(event.detail.type)) reload(); });
stream.start();
reload();
