// The preview of a video: puts the parts together and feeds them what the server reports.

import { get, post } from "./api.js";
import { bindControls } from "./controls.js";
import { $, announce, coalesce, debounce, notify, setIcon, show } from "./dom.js";
import { frameTime } from "./format.js";
import { Frames, kindOf, withTimes } from "./kinds.js";
import { bindKeys, nextChange, settled } from "./keys.js";
import { Overlay } from "./overlay.js";
import { isCurrent } from "./pieces.js";
import { Player } from "./player.js";
import { Problems } from "./problems.js";
import { ScenePanel } from "./scene.js";
import { Scenes } from "./scenes.js";
import { Search } from "./search.js";
import { drawShare } from "./share.js";
import { pill } from "./status.js";
import { Stream } from "./stream.js";
import { bindTabs } from "./tabs.js";
import { Timeline } from "./timeline.js";

const id = $("#watch").dataset.video;
const player = new Player($("#stage"));
const newest = new Map(); // scene -> its newest still, until the video has it
let detail = null;
let waveform = null;
let spot = null;
let steps = null;
let known = "";
let inserted = null; // the picture of a scene that the video does not have yet

const timeline = new Timeline(player, (scene) => newest.get(scene)?.url);
const overlay = new Overlay($("#overlay"), $("#note"), player, id);
const frames = new Frames($("#moving"), player);
const panel = new ScenePanel($("#panel-scene"), player);
const scenes = new Scenes(player, (scene) => timeline.thumb(scene));
const search = new Search(player, () => timeline.data.chapters);
const openTab = bindTabs($(".tabs"), (tab) => { if (tab === "tab-scenes") scenes.redraw(); });
const problems = new Problems(id, $("#panel-problems"), () => {
  openTab("tab-problems");
  $("#tab-problems").focus();
});

function place() {
  const { scene } = player;
  return scene ? { scene: scene.id, at: frameTime(player.time - scene.start, player.fps) } : null;
}

function stillOf() {
  const at = place();
  return at ? `/still/${id}/${encodeURIComponent(at.scene)}?at=${at.at.toFixed(4)}` : "#";
}

// The picture under the playhead is made first after an edit, so the server has to know where it is.
const report = debounce(250, () => {
  const at = place();
  const text = JSON.stringify(at);
  if (!at || text === spot) return;
  spot = text;
  post(`/api/videos/${id}/playhead`, at).catch(() => { spot = null; });
});

function drawState() {
  pill($("#state"), detail.state, steps);
  $("#build").disabled = detail.state === "building" || detail.state === "waiting";
  show($("#run"), Boolean(detail.run));
  if (detail.run) $("#run").href = `/runs/${encodeURIComponent(detail.run)}`;
  const text = {
    new: "Not built yet.", waiting: "The spec does not exist yet. The video is built as soon as the file is there.",
    building: "The first build is running.", failed: "The build failed.", invalid: "The spec has errors.",
  }[detail.state] ?? "";
  $("#blank").textContent = text;
  const audible = detail.kind === "audio" && !detail.poster;
  if (audible) $("#blank").textContent = "Audio only";
  show($("#blank"), audible || (detail.kind === "video" && !detail.media));
  const handout = detail.outputs.find((each) => each.type === "application/pdf");
  setIcon($("#back"), "back", detail.untimed ? "Previous scene" : "One frame back");
  setIcon($("#on"), "on", detail.untimed ? "Next scene" : "One frame on");
  show($("#handout"), Boolean(handout));
  if (handout) $("#handout").href = handout.url;
}

async function load() {
  const asked = performance.now();
  let next = null;
  try {
    next = await get(`/api/videos/${id}`);
  } catch (error) {
    if (error.status !== 404) throw error;
    location.replace("/"); // the spec makes other videos now, which are in the list
    return;
  }
  if (next.revision === detail?.revision) withdraw(next, asked);
  const text = JSON.stringify(next);
  if (text === known) return;
  known = text;
  next.answered = performance.now();
  for (const scene of next.scenes) {
    scene.cues.sort((one, other) => one.at - other.at);
    scene.reveals.sort((one, other) => one - other);
  }
  const first = detail === null;
  const renewed = first || next.revision !== detail.revision;
  next.kind = kindOf(next);
  withTimes(next);
  if (next.kind === "animation") {
    next.animation = next.media;
    next.media = null;
  }
  $("#watch").dataset.kind = next.kind;
  $("#watch").classList.toggle("untimed", Boolean(next.untimed));
  detail = next;
  if (next.width && next.height) {
    $("#watch").style.setProperty("--shape", `${next.width} / ${next.height}`);
    $("#watch").style.setProperty("--ratio", String(next.width / next.height));
  }
  panel.language = next.language;
  panel.untimed = scenes.untimed = Boolean(next.untimed);
  drawShare($("#panel-share"), next);
  drawState();
  if (renewed) {
    await player.open(next);
    if (detail !== next) return; // another load has passed this one
    // Pictures of edits that came while this version was built or loaded are newer than it.
    for (const [id, still] of newest) {
      const scene = next.scenes.find((each) => each.id === id);
      if (still.arrived >= next.answered || (scene?.stale && isOfSpec(still, scene))) continue;
      newest.delete(id);
      overlay.remove(id);
    }
    loadWaveform(next);
  } else await player.open(next);
  frames.detail = next;
  timeline.detail = next;
  scenes.redraw();
  panel.update();
  if (first) restore();
  const awaited = inserted;
  if (awaited && player.scenes.some((each) => each.id === awaited.scene)) {
    inserted = null;
    follow(awaited);
  }
}

// What shows an edit that was undone goes: no new version of the video will take its place.
function withdraw(next, asked) {
  const now = new Map(next.scenes.map((scene) => [scene.id, scene]));
  for (const [id, still] of newest) {
    if (still.arrived > asked || isOfSpec(still, now.get(id))) continue;
    newest.delete(id);
    overlay.remove(id);
  }
  player.withdraw((fragment) => !isCurrent(fragment, next) || (fragment.arrived < asked && now.get(fragment.scene)?.stale === false));
}

const frameId = (url) => new URL(url, location.href).searchParams.get("rev");
const isOfSpec = (still, scene) => frameId(still.url) === frameId(scene?.still ?? still.url);

async function loadWaveform(next) {
  if (!next.waveform || next.waveform === waveform && !next.media) return;
  waveform = next.waveform;
  timeline.waveform = await get(next.waveform).catch(() => null);
}

const reload = coalesce(load);
const reloadProblems = coalesce(() => problems.load());

// A link such as /v/ID#scene=intro opens at that scene, and #t=12.5 at that time.
function restore() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const scene = player.scenes.find((each) => each.id === wanted.get("scene"));
  if (scene) player.seek(scene.start);
  else if (wanted.has("t")) player.seek(Number(wanted.get("t")) || 0);
}

function edited(still) {
  still.arrived = performance.now();
  newest.set(still.scene, still);
  overlay.add(still);
  timeline.redraw();
  scenes.redraw();
  inserted = player.scenes.some((each) => each.id === still.scene) ? null : still;
  follow(still);
  announce(`Scene ${titleOf(still.scene)} has a new picture.`);
}

function titleOf(id) {
  return player.scenes.find((each) => each.id === id)?.title || id;
}

// Show what is edited, but never move a playhead that plays.
function follow(still) {
  const scene = player.scenes.find((each) => each.id === still.scene);
  if (scene && place()?.scene !== still.scene && player.paused && $("#follow").checked) {
    player.seek(typeof still.at === "number" ? scene.start + still.at : settled(scene));
  }
}

const own = ({ detail: { id: one, videos } }) => one === id || videos?.includes(id);
const stream = new Stream();
const listen = (name, call) => stream.addEventListener(name, (event) => { if (own(event)) call(event.detail); });
listen("video", ({ edited = {} }) => {
  player.withdraw(({ scene, digest }) => scene in edited && edited[scene] !== digest);
  reload();
});
listen("still", edited);
listen("fragment", async (fragment) => {
  if (detail && !isCurrent(fragment, detail)) return; // edited again, as the page knows already
  fragment.arrived = performance.now();
  await player.replace(fragment);
  if (player.fragments.get(fragment.scene) !== fragment) return; // edited again while it was loaded
  overlay.remove(fragment.scene);
  announce("The changed scene can be played.");
});
listen("ready", async () => {
  await reload();
  announce("The whole video is ready.");
});
listen("problems", reloadProblems);
listen("run", progress);
stream.addEventListener("again", () => { reload(); reloadProblems(); });

// How many of the steps that have to run have ended.
function progress(event) {
  if (event.type === "run_started") steps = null;
  else if (event.type === "run_estimated") steps = { done: 0, of: event.ahead };
  else if (steps && /^step_(finished|failed|aborted)$/.test(event.type)) steps.done = Math.min(steps.of, steps.done + 1);
  else return;
  if (detail) drawState();
}

bindControls(player, stillOf);
bindKeys({ player, timeline, search, still: () => { if (!$("#frame").hidden) window.open(stillOf(), "_blank", "noopener"); } });
player.addEventListener("time", report);
player.addEventListener("broken", () => { setTimeout(reload, 1000); });
$("#change").addEventListener("click", () => nextChange(player));
$("#find").addEventListener("click", () => search.open());
$("#help").addEventListener("click", () => $("#keys").showModal());
$("#build").addEventListener("click", () => post(`/api/videos/${id}/build`).catch((error) => notify(error.message)));

// Tests and the console of the browser read the state here.
window.vidbuild = Object.freeze({ player, timeline, scenes, get detail() { return detail; } });

stream.start();
reload();
reloadProblems();
