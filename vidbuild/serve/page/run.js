// One run: its steps, grouped by scene, as they run.

import { get, post } from "./api.js";
import { $, announce, coalesce, el, show } from "./dom.js";
import { ago, duration } from "./format.js";
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
let chosen = "";

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
    state: el("span"), name: el("span", { class: "name" }, step.kind ?? step.name), reason: el("span", { class: "quiet reason" }),
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

function drawSteps(steps) {
  const box = $("#steps");
  const byScene = new Map();
  for (const step of steps) {
    // A run of several videos has each scene in each of them: the video's name is before the step's.
    const video = step.name.includes("/") ? step.name.slice(0, step.name.lastIndexOf("/")) : "";
    const scene = [video, step.scene || "whole video"].filter(Boolean).join(" · ");
    if (!byScene.has(scene)) byScene.set(scene, []);
    byScene.get(scene).push(step);
  }
  for (const [scene, own] of byScene) {
    if (!groups.has(scene)) {
      const count = el("span", { class: "quiet" });
      const list = el("ul", { class: "steps" });
      const details = el("details", {}, el("summary", {}, el("span", { class: "name" }, scene), count), list);
      // Closed groups have no rows: a run of a thousand scenes has five thousand steps.
      details.addEventListener("toggle", () => fillGroup(scene));
      groups.set(scene, { details, list, count, rows: new Map(), steps: own, touched: false });
      details.addEventListener("click", () => { groups.get(scene).touched = true; });
      box.append(details);
    }
    const group = groups.get(scene);
    group.steps = own;
    const ended = own.filter((each) => ENDED.has(each.state)).length;
    const busy = own.some((each) => each.state === "running" || each.state === "failed");
    group.count.textContent = ` ${ended} of ${own.length}`;
    group.details.dataset.tone = own.some((each) => each.state === "failed") ? "bad" : busy ? "busy" : "quiet";
    // What runs or has failed is open, until someone opens or closes it.
    if (!group.touched) group.details.open = busy || byScene.size <= 3 || Boolean(chosen && own.some((each) => each.state === chosen));
    show(group.details, !chosen || own.some((each) => each.state === chosen));
    fillGroup(scene);
  }
}

function fillGroup(scene) {
  const group = groups.get(scene);
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
  show($("#progress"), active && steps.length > 0);
  $("#progress").value = steps.length ? ended / steps.length : 0;
  $("#summary").textContent = [run.started ? `started ${ago(run.started)}` : "", duration(run.seconds),
    steps.length ? `${ended} of ${steps.length} steps have ended` : "", active && run.expected ? `about ${duration(run.expected)} in all` : ""].filter(Boolean).join(" · ");
  drawCounts(steps);
  drawSteps(steps);
}

const reload = coalesce(load, 120);
const stream = new Stream();
stream.addEventListener("again", reload);
stream.addEventListener("run", (event) => { if (event.detail.run === id) reload(); });
stream.start();
reload();
