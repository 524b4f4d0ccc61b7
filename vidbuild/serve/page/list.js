// A list that has elements only for the rows in view: a thousand scenes are as light as twenty.

import { el } from "./dom.js";

const SPARE = 6;

export class List {
  #rows = new Map();
  #items = [];
  #marked = -1;

  // box: the list; scroller: what scrolls it; height: of a row, in pixels; fill(row, item, at): put an item in a row.
  constructor(box, scroller, height, fill) {
    this.box = box;
    this.scroller = scroller;
    this.height = height;
    this.fill = fill;
    this.inner = el("div", { class: "rows-in", role: "list" });
    box.append(this.inner);
    scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(scroller);
  }

  set items(items) {
    this.#items = items;
    this.inner.style.height = `${items.length * this.height}px`;
    for (const row of this.#rows.values()) row.remove();
    this.#rows.clear();
    this.draw();
  }

  get items() { return this.#items; }

  // Mark a row as the present one, and bring it into view if `reveal`.
  mark(at, reveal = false) {
    this.#rows.get(this.#marked)?.removeAttribute("aria-current");
    this.#marked = at;
    this.#rows.get(at)?.setAttribute("aria-current", "true");
    if (!reveal || this.box.offsetParent === null) return;
    const top = at * this.height;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop || top + this.height > scrollTop + clientHeight) {
      this.scroller.scrollTop = top - (clientHeight - this.height) / 2;
    }
  }

  draw() {
    if (this.box.offsetParent === null) return; // not in view: nothing to measure
    const focused = Number(this.inner.contains(document.activeElement) ? document.activeElement.closest("[data-at]")?.dataset.at : -1);
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / this.height) - SPARE);
    const last = Math.min(this.#items.length, Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / this.height) + SPARE);
    for (const [at, row] of this.#rows) {
      // The row that has the focus stays, or else a key would go nowhere.
      if ((at < first || at >= last) && at !== focused) {
        row.remove();
        this.#rows.delete(at);
      }
    }
    for (let at = first; at < last; at += 1) {
      if (this.#rows.has(at)) continue;
      const row = el("div", {
        class: "row", role: "listitem", data: { at: String(at) },
        "aria-setsize": String(this.#items.length), "aria-posinset": String(at + 1),
        "aria-current": at === this.#marked ? "true" : null,
      });
      row.style.top = `${at * this.height}px`;
      this.fill(row, this.#items[at], at);
      this.#rows.set(at, row);
      const next = [...this.inner.children].find((each) => Number(each.dataset.at) > at);
      this.inner.insertBefore(row, next ?? null); // Tab goes in the order of the document
    }
  }
}
