
"use strict";
const video = document.querySelector("video");
const sentences = [...document.querySelectorAll("[data-start]")];
const chapters = [...document.querySelectorAll("nav a")];
let spoken = null;

function seek(seconds) {
  video.currentTime = seconds;
  video.play();
}

function follow() {
  const now = video.currentTime;
  const found = sentences.find((each) => now >= each.dataset.start && now < each.dataset.end) ?? null;
  if (found !== spoken) {
    spoken?.classList.remove("spoken");
    found?.classList.add("spoken");
    spoken = found;
  }
  const begun = chapters.filter((each) => now >= each.dataset.time - 0.05).at(-1);
  for (const each of chapters) {
    if (each === begun) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-time]");
  const sentence = event.target.closest("[data-start]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    seek(Number(link.dataset.time));
  } else if (sentence && getSelection().isCollapsed) {
    seek(Number(sentence.dataset.start));
  }
});

document.addEventListener("keydown", (event) => {
  const isOnControl = event.target.closest("a, button, input, video");
  if (event.ctrlKey || event.metaKey || event.altKey || (isOnControl && event.key !== "c")) return;
  const track = video.textTracks[0];
  if (event.key === " ") video.paused ? video.play() : video.pause();
  else if (event.key === "ArrowLeft") video.currentTime -= 5;
  else if (event.key === "ArrowRight") video.currentTime += 5;
  else if (event.key === "c" && track) track.mode = track.mode === "showing" ? "hidden" : "showing";
  else return;
  event.preventDefault();
});

for (const name of ["timeupdate", "seeked", "loadedmetadata"]) video.addEventListener(name, follow);
document.documentElement.classList.add("scripted");
