// Errors and warnings of the spec with their source lines, and a link that opens the editor there.

import { get, post } from "./api.js";
import { $, announce, el, notify, show } from "./dom.js";
import { plural } from "./format.js";

export class Problems {
  #shown = "";

  constructor(id, panel, open) {
    this.id = id;
    this.panel = panel;
    this.open = open;
    this.list = [];
  }

  async load() {
    const list = await get(`/api/videos/${this.id}/problems`);
    const text = JSON.stringify(list);
    if (text === this.#shown) return;
    const first = this.#shown === "";
    this.#shown = text;
    const before = this.list.length;
    this.list = list;
    this.#draw();
    if (!first || list.length) announce(list.length ? summary(list) : before ? "No problems any more." : "");
  }

  #draw() {
    const errors = this.list.filter((each) => each.severity === "error");
    const badge = $("#count");
    badge.textContent = this.list.length ? String(this.list.length) : "";
    badge.dataset.severity = errors.length ? "error" : "warning";
    show(badge, this.list.length > 0);
    const trouble = $("#trouble");
    if (errors.length) {
      trouble.replaceChildren(
        el("span", {}, `${plural(errors.length, "error")}: ${errors[0].message}`),
        el("button", { type: "button", onclick: () => this.open() }, "Show"),
      );
    }
    show(trouble, errors.length > 0);
    this.panel.replaceChildren(...(this.list.length
      ? [el("ul", { class: "problems" }, this.list.map((each) => this.#item(each)))]
      : [el("p", { class: "empty" }, "No problems found.")]));
  }

  #item(problem) {
    const place = [problem.file.split("/").at(-1), problem.line, problem.column].filter(Boolean).join(":");
    return el("li", { class: `problem ${problem.severity}` },
      el("p", { class: "message" }, el("span", { class: "tag" }, problem.severity), problem.message,
        problem.code ? el("code", { class: "id" }, problem.code) : null),
      problem.excerpt ? el("pre", { tabindex: "0", role: "group", "aria-label": "Source lines" }, problem.excerpt) : null,
      problem.log?.length ? el("pre", { tabindex: "0", role: "group", "aria-label": "Log" }, problem.log.join("\n")) : null,
      problem.hint ? el("p", { class: "hint" }, problem.hint) : null,
      place ? el("p", { class: "place" }, this.#opener(problem), " ", el("code", {}, place)) : null,
    );
  }

  // A link opens the editor that has registered for such addresses; with $VIDBUILD_EDITOR, the server starts that one.
  #opener(problem) {
    if (problem.open) return el("a", { href: problem.open }, "Open in editor");
    const edit = async () => {
      try {
        await post(`/api/videos/${this.id}/open`, { file: problem.file, line: problem.line || 1 });
      } catch (error) {
        notify(error.message);
      }
    };
    return el("button", { type: "button", class: "link", onclick: edit }, "Open in editor");
  }
}

function summary(list) {
  const errors = list.filter((each) => each.severity === "error").length;
  const warnings = list.length - errors;
  return [errors && plural(errors, "error"), warnings && plural(warnings, "warning")].filter(Boolean).join(" and ");
}
