// Two pictures, one over the other, and a slider that moves the border between them.

import { el } from "./dom.js";

export function slider(before, after, name) {
  const range = el("input", { type: "range", min: "0", max: "100", value: "50", "aria-label": `${name}: before and after` });
  const pair = el("div", { class: "pair" },
    el("img", { src: before, alt: "Before" }),
    el("div", { class: "after" }, el("img", { src: after, alt: "After" })),
    el("span", { class: "bar", "aria-hidden": "true" }),
    range,
  );
  const show = () => {
    pair.style.setProperty("--at", `${range.value}%`);
    range.setAttribute("aria-valuetext", `${range.value} percent before`);
  };
  range.addEventListener("input", show);
  show();
  return el("figure", { class: "compare" }, pair, el("figcaption", {}, el("span", {}, "before"), el("span", {}, "after")));
}
