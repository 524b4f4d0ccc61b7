// Makes players of vidbuild a little better. Without this script all of them work: links to times open the video file.
"use strict";

// A link to a time of a video plays it in its page.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-vidbuild-time]");
  const media = link?.closest(".vidbuild")?.querySelector("video, audio");
  if (!media || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  media.currentTime = Number(link.dataset.vidbuildTime);
  media.play();
});

// Browsers load no captions from a folder of this machine, since each file there is a site of its own: the page has them.
if (location.protocol === "file:") {
  for (const figure of document.querySelectorAll("[data-vidbuild-captions]")) {
    const track = figure.querySelector("track");
    track.src = "data:text/vtt;charset=utf-8," + encodeURIComponent(figure.dataset.vidbuildCaptions + "\n");
  }
}
