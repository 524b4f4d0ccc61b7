// One run: its steps, grouped by scene, as they run.

import { get, post } from "./api.js";
import { $, announce, coalesce, el, every, show } from "./dom.js";
import { ago, duration, titleOf } from "./format.js";
import { pill, words } from "./status.js";
import { Stream } from "./stream.js";

const id = $("#run").dataset.run;
const path = `/api/runs/${encodeURIComponent(id)}`;
const ACTIONS = {
  running: [["pause", "Pause"], ["cancel", "Cancel"]],
  pending: [["cancel", "Cancel"]],
  waiting: [["cancel", "Cancel"]],
  paused: [["resume", "Resume"], ["cancel", "Cancel"]],
  failed: [["retry", "Retry"]],
  cancelled: [["retry", "Retry"]],
};
const ENDED = new Set(["cached", "fetched", "done", "failed", "aborted"]);
const groups = new Map(); // name -> {box, rows, open}
const WHOLE = "whole video";
let chosen = "";
let several = false; // whether the run is of more than one video

async function act(name, button) {
  button.disabled = true;
  show($("#refusal"), false);
  try {
    await post(`${path}/${name}`);
    announce(`${button.textContent} requested.`);
  } catch (error) {
    $("#refusal").textContent = error.message;
    show($("#refusal"));
  }
  button.disabled = false;
  reload();
}

function drawActions(state) {
  const box = $("#actions");
  if (box.dataset.state === state) return;
  const focused = box.contains(document.activeElement);
  box.dataset.state = state;
  box.replaceChildren(...(ACTIONS[state] ?? []).map(([name, text]) => el("button", {
    type: "button", data: { action: name }, onclick: (event) => act(name, event.currentTarget),
  }, text)));
  if (focused) box.querySelector("button")?.focus();
}

function rowOf(step) {
  const parts = {
    state: el("span"), name: el("span", { class: "name" }, several ? `${step.scene || WHOLE} · ${step.kind}` : step.kind ?? step.name), reason: el("span", { class: "quiet reason" }),
    progress: el("progress", { max: "1", value: "0", hidden: true, "aria-label": `Progress of ${step.name}` }),
    figure: el("span", { class: "quiet number" }), log: el("pre", { hidden: true, tabindex: "0", role: "group", "aria-label": `Log of ${step.name}` }),
  };
  const item = el("li", { class: "step" },
    el("div", { class: "line" }, parts.state, parts.name, parts.reason, parts.progress, parts.figure), parts.log);
  return { item, parts };
}

function fillRow({ item, parts }, step) {
  pill(parts.state, step.state);
  parts.reason.textContent = step.reason ?? "";
  const counted = step.state === "running" && step.of > 0;
  show(parts.progress, counted);
  if (counted) parts.progress.value = step.frames / step.of;
  parts.figure.textContent = counted ? `${step.frames} of ${step.of} frames` : duration(step.seconds);
  parts.log.textContent = (step.log ?? []).join("\n");
  show(parts.log, Boolean(step.log?.length));
  show(item, !chosen || step.state === chosen);
}

// The part of a step's name before its kind: the video, in a run of several. A run of one has no such part.
const videoOf = (step) => (step.name.includes("/") ? step.name.slice(0, step.name.lastIndexOf("/")) : "");

// Steps by scene; in a run of several videos, such as a batch, by video, with those that have not begun too.
function grouped(run) {
  const steps = run.steps ?? [];
  const videos = new Set(steps.map(videoOf));
  const named = (run.name ?? "").split(", ").flatMap((each) => / --name (\S+)$/.exec(each)?.[1] ?? []);
  several = videos.size > 1 || named.length > 1;
  const found = new Map(several ? named.map((each) => [each, []]) : []);
  for (const step of steps) {
    const name = several ? videoOf(step) : step.scene || WHOLE;
    if (!found.has(name)) found.set(name, []);
    found.get(name).push(step);
  }
  return found;
}

function newGroup(name) {
  const bar = el("progress", { max: "1", value: "0", "aria-label": `Progress of ${name}` });
  const count = el("span", { class: "quiet number" });
  const list = el("ul", { class: "steps" });
  const details = el("details", {}, el("summary", {}, el("span", { class: "name" }, el("bdi", {}, name)), bar, count), list);
  // Closed groups have no rows: a run of a thousand scenes has five thousand steps.
  details.addEventListener("toggle", () => fillGroup(name));
  details.addEventListener("click", () => { groups.get(name).touched = true; });
  groups.set(name, { details, list, bar, count, rows: new Map(), steps: [], touched: false });
  return groups.get(name);
}

function drawSteps(run) {
  const found = grouped(run);
  // A run lists steps once they begin; until then, a video has about its share of all.
  const share = several ? Math.ceil((run.counts?.steps ?? 0) / found.size) : 0;
  const over = !["running", "paused", "waiting"].includes(run.state);
  for (const [name, own] of found) {
    const group = groups.get(name) ?? newGroup(name);
    if (!group.details.isConnected) $("#steps").append(group.details);
    group.steps = own;
    const ended = own.filter((each) => ENDED.has(each.state)).length;
    const all = over ? own.length : Math.max(own.length, share);
    const failed = own.some((each) => each.state === "failed");
    const busy = own.some((each) => each.state === "running");
    group.count.textContent = all ? `${ended} of ${all}` : "not begun";
    group.bar.value = all ? ended / all : 0;
    group.details.dataset.tone = failed ? "bad" : busy ? "busy" : "quiet";
    // What runs or has failed is open, until someone opens or closes it; of a batch, what has failed.
    const open = failed || (busy && !several) || found.size <= 3 || Boolean(chosen && own.some((each) => each.state === chosen));
    if (!group.touched) group.details.open = open;
    show(group.details, !chosen || own.some((each) => each.state === chosen));
    fillGroup(name);
  }
}

function fillGroup(name) {
  const group = groups.get(name);
  if (!group.details.open) {
    group.list.replaceChildren();
    group.rows.clear();
    return;
  }
  for (const step of group.steps) {
    if (!group.rows.has(step.name)) {
      const row = rowOf(step);
      group.rows.set(step.name, row);
      group.list.append(row.item);
    }
    fillRow(group.rows.get(step.name), step);
  }
}

function drawCounts(steps) {
  const sums = new Map();
  for (const { state } of steps) sums.set(state, (sums.get(state) ?? 0) + 1);
  if (chosen && !sums.has(chosen)) chosen = "";
  const focused = document.activeElement?.closest("#counts") ? document.activeElement.dataset.state : null;
  $("#counts").replaceChildren(...[["", steps.length], ...sums].map(([state, sum]) => el("button", {
    type: "button", class: "chip", data: { state }, "aria-pressed": String(state === chosen),
    onclick: () => { chosen = state; reload(); },
  }, state ? words(state) : "All", " ", el("span", { class: "quiet" }, String(sum)))));
  if (focused !== null) $(`#counts [data-state="${focused}"]`)?.focus();
}

async function load() {
  const run = await get(path);
  if ($("#state").textContent && words(run.state) !== $("#state").textContent) announce(`Run: ${words(run.state)}`);
  pill($("#state"), run.state);
  drawActions(run.state);
  const steps = run.steps ?? [];
  const ended = steps.filter((each) => ENDED.has(each.state)).length;
  const active = run.state === "running" || run.state === "paused";
  const all = active ? Math.max(steps.length, run.counts?.steps ?? 0) : steps.length;
  $("#name").textContent = titleOf(run);
  show($("#progress"), active && all > 0);
  $("#progress").value = all ? ended / all : 0;
  $("#summary").textContent = [run.started ? `started ${ago(run.started)}` : "", duration(run.seconds),
    all ? `${ended} of ${all} steps have ended` : "", active && run.expected ? `about ${duration(run.expected)} left` : ""].filter(Boolean).join(" · ");
  show($("#steps"), all > 0);
  drawCounts(steps);
  drawSteps(run);
}

const reload = coalesce(load, 120);
const stream = new Stream();
stream.addEventListener("again", reload);
stream.addEventListener("run", (event) => { if (event.detail.run === id) reload(); });
stream.start();
every(2, () => { if (["running", "paused", "waiting", "pending"].includes($("#actions").dataset.state)) reload(); });
reload();
