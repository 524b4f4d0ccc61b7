// The start page: every video of the project and how it stands.

import { get, post } from "./api.js";
import { $, coalesce, el, notify, retried, show } from "./dom.js";
import { ago, duration, plural } from "./format.js";
import { pill } from "./status.js";
import { Stream } from "./stream.js";

const cards = new Map();

function card(video) {
  const parts = {
    picture: retried(el("img", { alt: "", hidden: true })),
    name: el("span", { class: "name" }),
    spec: el("span", { class: "quiet spec" }),
    state: el("span", { class: "pill" }),
    facts: el("span", { class: "quiet" }),
    problems: el("span", { class: "tags" }),
    build: el("button", { type: "button", onclick: () => build(video.id) }, "Build"),
    run: el("a", { class: "button", hidden: true }, "Run"),
    progress: el("progress", { max: "1", value: "0", hidden: true, "aria-label": "Progress" }),
  };
  const item = el("li", { class: "card", data: { id: video.id } },
    el("a", { href: `/v/${video.id}` }, el("span", { class: "frame" }, parts.picture),
      el("span", { class: "text" }, parts.name, parts.spec, el("span", { class: "line" }, parts.state, parts.facts), parts.problems, parts.progress)),
    el("div", { class: "actions" }, parts.build, parts.run));
  parts.build.setAttribute("aria-label", `Build ${video.name}`);
  parts.run.setAttribute("aria-label", `Run of ${video.name}`);
  return { item, parts };
}

async function build(id) {
  try {
    await post(`/api/videos/${id}/build`);
  } catch (error) {
    notify(error.message);
  }
}

function fill({ parts }, video) {
  parts.name.textContent = video.name;
  parts.spec.textContent = [video.spec, video.language].filter(Boolean).join(" · ");
  pill(parts.state, video.state, video.progress);
  parts.facts.textContent = [video.seconds ? duration(video.seconds) : "", video.changed ? ago(video.changed) : ""].filter(Boolean).join(" · ");
  const { errors, warnings } = video.problems;
  parts.problems.replaceChildren(
    ...(errors ? [el("span", { class: "tag error" }, plural(errors, "error"))] : []),
    ...(warnings ? [el("span", { class: "tag warning" }, plural(warnings, "warning"))] : []),
  );
  if (video.poster && parts.picture.getAttribute("src") !== video.poster) parts.picture.src = video.poster;
  show(parts.picture, Boolean(video.poster));
  parts.build.disabled = video.state === "building" || video.state === "waiting";
  show(parts.run, Boolean(video.run));
  if (video.run) parts.run.href = `/runs/${encodeURIComponent(video.run)}`;
  show(parts.progress, video.state === "building" && Boolean(video.progress?.of));
  parts.progress.value = video.progress?.of ? video.progress.done / video.progress.of : 0;
}

async function load() {
  const videos = await get("/api/videos");
  const list = $("#videos");
  for (const [id, { item }] of cards) {
    if (!videos.some((each) => each.id === id)) {
      item.remove();
      cards.delete(id);
    }
  }
  if (!cards.size) list.replaceChildren();
  videos.forEach((video, at) => {
    if (!cards.has(video.id)) cards.set(video.id, card(video));
    const entry = cards.get(video.id);
    fill(entry, video);
    if (list.children[at] !== entry.item) list.insertBefore(entry.item, list.children[at] ?? null);
  });
  show($("#none"), videos.length === 0);
}

const reload = coalesce(load, 150);
const stream = new Stream();
for (const name of ["video", "ready", "problems", "run", "again"]) stream.addEventListener(name, reload);
stream.start();
reload();
