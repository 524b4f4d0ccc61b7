// Downloads of every output, the code to embed the video, and what changed since the previous whole video.

import { el, notify } from "./dom.js";
import { bytes } from "./format.js";

export function drawShare(panel, detail) {
  const parts = [el("h2", {}, "Download")];
  parts.push(detail.outputs.length
    ? el("ul", { class: "files" }, detail.outputs.map((each) => el("li", {},
      el("a", { href: `${each.url}?download=1`, download: each.name }, each.name), el("span", { class: "quiet" }, bytes(each.bytes)))))
    : el("p", { class: "empty" }, "Nothing was built yet."));
  if (detail.embed) {
    const code = el("textarea", { readonly: true, rows: "4", "aria-label": "Code to embed the video", spellcheck: "false" });
    code.value = detail.embed;
    const button = el("button", { type: "button", onclick: () => copy(code, button) }, "Copy code");
    parts.push(el("h2", {}, "Embed"), code, el("div", { class: "actions" }, button));
  }
  parts.push(el("h2", {}, "Compare"));
  parts.push(detail.previous
    ? el("p", {}, el("a", { href: `/api/diff/${detail.id}`, target: "_blank", rel: "noopener" }, "What changed since the previous version"))
    : el("p", { class: "quiet" }, "After the next build, what changed is shown here."));
  const frame = panel.querySelector("textarea");
  if (frame && frame === document.activeElement && frame.value === detail.embed) return; // someone is copying from it
  panel.replaceChildren(...parts);
}

async function copy(code, button) {
  try {
    await navigator.clipboard.writeText(code.value);
  } catch {
    code.select(); // the browser allows it on secure addresses only
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  notify("Copied.");
  setTimeout(() => { button.textContent = "Copy code"; }, 2000);
}
