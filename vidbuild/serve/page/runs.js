// The list of runs, newest first, by state.

import { get } from "./api.js";
import { $, coalesce, el, every, show } from "./dom.js";
import { ago, duration, titleOf } from "./format.js";
import { pill, words } from "./status.js";
import { Stream } from "./stream.js";

const AT_ONCE = 100;
let chosen = "";
let limit = AT_ONCE;
let known = ""; // what is drawn
let active = false; // whether a run goes on

export function counts(run) {
  const { ran, cached, fetched, failed } = run.counts ?? {};
  return [ran && `${ran} ran`, cached && `${cached} cached`, fetched && `${fetched} fetched`, failed && `${failed} failed`].filter(Boolean).join(", ");
}

function row(run, names) {
  const state = el("span");
  pill(state, run.state);
  const videos = (run.videos ?? []).map((id) => names.get(id) ?? id);
  const name = videos.length === 1 && !run.name?.includes(", ") ? videos[0] : titleOf(run) || run.run;
  const { steps, done } = run.counts ?? {};
  const goes = ["running", "paused"].includes(run.state) && steps > 0;
  return el("li", {}, el("a", { href: `/runs/${encodeURIComponent(run.run)}` },
    state,
    el("span", { class: "text" }, el("bdi", { class: "name" }, name), el("span", { class: "quiet number" }, run.run),
      goes && el("progress", { max: "1", value: String(done / steps), "aria-label": `Progress of ${name}` })),
    el("span", { class: "quiet counts" }, counts(run)),
    el("span", { class: "quiet when" }, [run.started ? ago(run.started) : "", duration(run.seconds)].filter(Boolean).join(" · "))));
}

async function load() {
  const [runs, videos] = await Promise.all([get("/api/runs"), get("/api/videos")]);
  active = runs.some((each) => each.state === "running" || each.state === "paused");
  const text = JSON.stringify([runs, chosen, limit, videos.map((each) => each.name), Math.floor(Date.now() / 30000)]);
  if (text === known) return;
  known = text;
  const names = new Map(videos.map((each) => [each.id, each.name]));
  const states = [...new Set(runs.map((each) => each.state))];
  if (chosen && !states.includes(chosen)) chosen = "";
  const focused = document.activeElement?.closest("#filters") ? document.activeElement.dataset.state : null;
  $("#filters").replaceChildren(...(states.length > 1 ? ["", ...states] : []).map((state) => el("button", {
    type: "button", class: "chip", data: { state }, "aria-pressed": String(state === chosen),
    onclick: () => { chosen = state; limit = AT_ONCE; reload(); },
  }, state ? words(state) : "All", " ", el("span", { class: "quiet" }, String(state ? runs.filter((each) => each.state === state).length : runs.length)))));
  if (focused !== null) $(`#filters [data-state="${focused}"]`)?.focus();
  const shown = runs.filter((each) => !chosen || each.state === chosen);
  const list = el("ul", { class: "runs" }, shown.slice(0, limit).map((each) => row(each, names)));
  const more = shown.length > limit
    ? [el("button", { type: "button", onclick: () => { limit += AT_ONCE; reload(); } }, "Show more")] : [];
  const at = [...$("#runs").querySelectorAll("a")].indexOf(document.activeElement);
  const href = at >= 0 ? document.activeElement.getAttribute("href") : null;
  $("#runs").replaceChildren(list, ...more);
  if (href) [...list.querySelectorAll("a")].find((each) => each.getAttribute("href") === href)?.focus();
  show($("#none"), runs.length === 0);
}

const reload = coalesce(load, 150);
const stream = new Stream();
stream.addEventListener("again", reload);
stream.addEventListener("run", (event) => { if (/^(run|target)_/.test(event.detail.type)) reload(); });
stream.start();
// Runs of other programs send no events: one that goes on is looked at often, and seldom whether there is a new one.
let turn = 0;
every(3, () => { if (active || ++turn % 4 === 0) reload(); });
reload();
