// Errors and warnings of the spec with their source lines, and a link that opens the editor there.

import { get, post } from "./api.js";
import { $, announce, el, notify, show } from "./dom.js";
import { plural } from "./format.js";

const AT_ONCE = 50;
const FOCUSABLE = "a, button, pre[tabindex], [tabindex='-1']";

export class Problems {
  #shown = "";
  #chosen = "";
  #limit = AT_ONCE;

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
    const held = trouble.contains(document.activeElement);
    show(trouble, errors.length > 0);
    // What had the focus is gone: keys must not start again at the top of the page.
    if (held && !errors.length) $("#play").focus();
    else if (held) $("button", trouble).focus();
    const inside = this.panel.contains(document.activeElement) ? document.activeElement : null;
    const at = inside ? [...this.panel.querySelectorAll(FOCUSABLE)].indexOf(inside) : -1;
    this.#list();
    if (inside) (this.panel.querySelectorAll(FOCUSABLE)[at] ?? this.panel).focus({ preventScroll: true });
  }

  // Errors before warnings: they stop the build. Many are shown in parts, and by kind.
  #list() {
    const kinds = ["error", "warning"].filter((kind) => this.list.some((each) => each.severity === kind));
    if (!kinds.includes(this.#chosen)) this.#chosen = "";
    const sorted = kinds.flatMap((kind) => this.list.filter((each) => each.severity === kind));
    const shown = sorted.filter((each) => !this.#chosen || each.severity === this.#chosen);
    const parts = [];
    const chips = ["", ...(kinds.length > 1 ? kinds : [])];
    if (this.list.length) parts.push(el("h2", { class: "unseen" }, summary(this.list)));
    if (chips.length > 1) {
      parts.push(el("div", { class: "chips", role: "group", "aria-label": "Show problems by kind" }, chips.map((kind) => el("button", {
        type: "button", class: "chip", data: { kind }, "aria-pressed": String(kind === this.#chosen), onclick: () => this.#choose(kind),
      }, { "": "All", error: "Errors", warning: "Warnings" }[kind], el("span", { class: "quiet" },
        String(kind ? sorted.filter((each) => each.severity === kind).length : sorted.length))))));
    }
    parts.push(this.list.length
      ? el("ul", { class: "problems" }, shown.slice(0, this.#limit).map((each) => this.#item(each)))
      : el("p", { class: "empty" }, "No problems found."));
    if (shown.length > this.#limit) {
      parts.push(el("button", { type: "button", class: "more", onclick: () => this.#more() }, `Show ${shown.length - this.#limit} more`));
    }
    this.panel.replaceChildren(...parts);
  }

  #choose(kind) {
    this.#chosen = kind;
    this.#limit = AT_ONCE;
    this.#list();
    $(`[data-kind="${kind}"]`, this.panel)?.focus();
  }

  #more() {
    const next = this.#limit;
    this.#limit = Infinity;
    this.#list();
    const item = this.panel.querySelectorAll(".problem")[next];
    item.tabIndex = -1;
    item.focus();
  }

  #item(problem) {
    const place = [problem.file?.split("/").at(-1), problem.line, problem.column].filter(Boolean).join(":");
    return el("li", { class: `problem ${problem.severity}` },
      el("p", { class: "message" }, el("span", { class: "tag" }, problem.severity), " ", problem.message,
        problem.code ? [" ", el("code", { class: "id" }, problem.code)] : null),
      problem.excerpt ? el("pre", { tabindex: "0", role: "group", "aria-label": "Source lines" }, problem.excerpt) : null,
      problem.log?.length ? el("pre", { tabindex: "0", role: "group", "aria-label": "Log" }, problem.log.join("\n")) : null,
      problem.hint ? el("p", { class: "hint" }, problem.hint) : null,
      place ? el("p", { class: "place" }, el("code", {}, el("bdi", {}, place)), this.#opener(problem)) : null,
    );
  }

  // A link opens the editor that has registered for such addresses; with $VIDBUILD_EDITOR, the server starts that one.
  #opener(problem) {
    if (!problem.line) return null; // nothing to go to
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
