// The search: narration, titles, ids and chapters; Enter goes to the first word that matches.

import { $, el } from "./dom.js";
import { clock, plural } from "./format.js";

const MOST = 50;

export class Search {
  #hits = [];
  #at = 0;

  constructor(player, chaptersOf) {
    this.player = player;
    this.chaptersOf = chaptersOf;
    this.dialog = $("#search");
    this.query = $("#query");
    this.found = $("#found");
    this.query.addEventListener("input", () => this.#search());
    this.query.addEventListener("keydown", (event) => this.#key(event));
    this.dialog.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); this.#go(this.#at); });
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
  }

  open() {
    if (this.dialog.open) return;
    this.dialog.showModal();
    this.query.select();
    this.#search();
  }

  #search() {
    const wanted = plain(this.query.value).trim();
    this.#hits = wanted ? this.#matches(wanted) : [];
    this.#at = 0;
    const items = this.#hits.slice(0, MOST).map((hit, at) => el("li", {
      role: "option", id: `hit-${at}`, "aria-selected": String(at === 0), onclick: () => this.#go(at),
    }, el("span", { class: "number" }, clock(hit.time, 1)), el("bdi", { class: "name" }, hit.name), el("bdi", { class: "quiet" }, ...hit.text)));
    this.found.replaceChildren(...items);
    this.#select(0);
    const more = this.#hits.length > MOST ? `, the first ${MOST} are shown` : "";
    $("#hits").textContent = wanted ? `${plural(this.#hits.length, "match").replace("matchs", "matches")}${more}` : "";
  }

  #matches(wanted) {
    const hits = this.chaptersOf().filter((chapter) => plain(chapter.title).includes(wanted))
      .map((chapter) => ({ time: chapter.start, name: chapter.title, text: ["chapter"] }));
    for (const scene of this.player.scenes) {
      const name = scene.title || scene.id;
      const at = found(plain(scene.narration), wanted);
      if (at >= 0) hits.push({ time: this.#spoken(scene, at), name, text: excerpt(scene.narration, at, wanted.length) });
      else if (plain(`${scene.title} ${scene.id}`).includes(wanted)) hits.push({ time: scene.start, name, text: [scene.id] });
    }
    return hits;
  }

  // When the word at a place in the narration is spoken.
  #spoken(scene, place) {
    let from = 0;
    for (const word of scene.words) {
      const at = scene.narration.indexOf(word.text, from);
      if (at < 0) continue;
      from = at + word.text.length;
      if (from > place) return word.start;
    }
    return scene.start;
  }

  #key(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const count = Math.min(MOST, this.#hits.length);
    if (count) this.#select((this.#at + by + count) % count);
  }

  #select(at) {
    this.found.children[this.#at]?.setAttribute("aria-selected", "false");
    this.#at = at;
    const item = this.found.children[at];
    item?.setAttribute("aria-selected", "true");
    item?.scrollIntoView({ block: "nearest" });
    if (item) this.query.setAttribute("aria-activedescendant", item.id);
    else this.query.removeAttribute("aria-activedescendant");
  }

  #go(at) {
    const hit = this.#hits[at];
    if (!hit) return;
    this.dialog.close();
    this.player.seek(hit.time + 1e-3);
  }
}

// Accents and case make no difference, and no letter changes its place, since places are used in the text as written.
function plain(text) {
  return [...text].map((each) => {
    const bare = each.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    return bare.length === each.length ? bare : each;
  }).join("");
}

// The place of a text, at the start of a word if it is anywhere; -1 if there is none.
function found(text, wanted) {
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1])) return at;
  }
  return text.indexOf(wanted);
}

function excerpt(text, at, length) {
  const from = Math.max(0, at - 28);
  return [
    (from ? "…" : "") + text.slice(from, at),
    el("mark", {}, text.slice(at, at + length)),
    text.slice(at + length, at + length + 44) + (text.length > at + length + 44 ? "…" : ""),
  ];
}
