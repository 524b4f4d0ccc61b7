// The project's cache: what it holds, how often it was of use, and how to trim it.

import { get, post } from "./api.js";
import { $, announce, coalesce, el, show } from "./dom.js";
import { bytes } from "./format.js";
import { Stream } from "./stream.js";

function figure(name, value, note) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value, note ? el("span", { class: "quiet" }, note) : null));
}

async function load() {
  const cache = await get("/api/cache");
  const steps = cache.hits + cache.misses;
  $("#figures").replaceChildren(
    figure("Size", bytes(cache.bytes) || "empty", cache.limit ? `of ${bytes(cache.limit)}` : ""),
    figure("Files", (cache.files ?? 0).toLocaleString("en")),
    figure("Results of steps", cache.results.toLocaleString("en")),
    figure("Hit rate", steps ? `${Math.round((100 * cache.hits) / steps)} %` : "none yet", steps ? "steps of the last runs" : ""),
  );
  $("#used").value = cache.limit ? Math.min(1, cache.bytes / cache.limit) : 0;
  show($("#used"), Boolean(cache.limit));
}

const reload = coalesce(load, 200);
$("#trim").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  button.disabled = true;
  $("#trimmed").textContent = "Trimming";
  try {
    const done = await post("/api/cache/trim");
    $("#trimmed").textContent = done.busy ? "A build is running: try again when it has ended." : done.removed ? `${bytes(done.removed)} removed.` : "Nothing had to be removed.";
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
