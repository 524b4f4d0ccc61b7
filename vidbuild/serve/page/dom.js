// Small helpers for elements. Text goes in as text nodes, never as markup: specs and logs may contain anything.

export const $ = (selector, root = document) => root.querySelector(selector);

export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

const SHAPES = {
  play: "M8 5v14l11-7z",
  pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  back: "M17 6v12l-8-6zM6 6h2v12H6z",
  on: "M7 6v12l8-6zM16 6h2v12h-2z",
  sound: "M4 9v6h4l5 5V4L8 9zM16 8.5v7a4 4 0 0 0 0-7z",
  mute: "M4 9v6h4l5 5V4L8 9zM15 9.5l1.5-1.5 2 2 2-2L22 9.5l-2 2 2 2-1.5 1.5-2-2-2 2-1.5-1.5 2-2z",
  full: "M5 5h6v2H7v4H5zM13 5h6v6h-2V7h-4zM5 13h2v4h4v2H5zM17 13h2v6h-6v-2h4z",
  small: "M9 5h2v6H5V9h4zM13 5h2v4h4v2h-6zM5 13h6v6H9v-4H5zM13 13h6v2h-4v4h-2z",
  loop: "M7 6h9V3l5 4-5 4V8H8v4H6V7a1 1 0 0 1 1-1zM17 18H8v3l-5-4 5-4v3h8v-4h2v5a1 1 0 0 1-1 1z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  minus: "M5 11h14v2H5z",
};

// Icons are drawn by SVG elements, since the policy of the page allows no pictures from data: addresses.
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

export function setIcon(button, name, label) {
  button.replaceChildren(icon(name));
  if (label) {
    button.setAttribute("aria-label", label);
    button.title = label;
  }
}

export const TRIES = 8;

// Milliseconds before what the server could not answer is asked for again: half a second, then twice as long each time.
export const pauseAfter = (times) => 500 * 2 ** Math.min(times, 5);

// Load a picture again that could not be had.
export function retried(image) {
  let times = 0;
  image.addEventListener("load", () => { times = 0; });
  image.addEventListener("error", () => {
    const url = image.getAttribute("src");
    if (!url || times >= TRIES) return;
    setTimeout(() => { if (image.isConnected && image.getAttribute("src") === url) image.src = url; }, pauseAfter(times));
    times += 1;
  });
  return image;
}

export function show(element, visible = true) {
  element.hidden = !visible;
}

// Screen readers read what is put here; the same text twice would be silent.
export function announce(text) {
  const region = $("#announcer");
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 50);
}

let toast = 0;

// What happened to something that was clicked, for everyone, and for some seconds.
export function notify(text) {
  const region = $("#toast");
  clearTimeout(toast);
  show(region);
  region.textContent = text;
  toast = setTimeout(() => show(region, false), 6000);
}

// Calls in the same moment are one call, after `wait` milliseconds of quiet.
export function debounce(wait, call) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...args), wait);
  };
}

// Many events, such as the steps of a run, ask for the same reload: one runs at a time, and one more after it.
export function coalesce(work, wait = 80) {
  let running = null;
  let again = false;
  const start = async () => {
    await new Promise((done) => { setTimeout(done, wait); });
    again = false;
    try {
      await work();
    } finally {
      running = null;
      if (again) request();
    }
  };
  const request = () => {
    if (running) again = true;
    else running = start();
    return running;
  };
  // What the server refuses is shown; that it is away, the stream reports.
  return () => request().catch((error) => { if (error.status) notify(error.message); });
}

// Call something every so often while the page is seen.
export function every(seconds, call) {
  setInterval(() => { if (!document.hidden) call(); }, 1000 * seconds);
}
