// The buttons under the player.

import { $, setIcon, show } from "./dom.js";
import { clock, frameAt } from "./format.js";

const KEPT = "vidbuild.captions"; // the choice is kept in the browser, for every video

export function bindControls(player, stillOf) {
  setIcon($("#back"), "back", "One frame back");
  setIcon($("#on"), "on", "One frame on");
  setIcon($("#full"), "full", "Full screen");
  $("#play").addEventListener("click", () => player.toggle());
  $("#stage").addEventListener("click", () => player.toggle());
  $("#back").addEventListener("click", () => player.step(-1));
  $("#on").addEventListener("click", () => player.step(1));
  $("#mute").addEventListener("click", () => { player.muted = !player.muted; });
  $("#speed").addEventListener("change", (event) => { player.speed = Number(event.target.value); });
  $("#captions").addEventListener("click", () => {
    player.captions = !player.captions;
    localStorage.setItem(KEPT, player.captions ? "on" : "off");
  });
  $("#full").addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if ($("#stage").requestFullscreen) $("#stage").requestFullscreen();
    else player.video.webkitEnterFullscreen?.(); // iPhones show nothing but a video element full screen
  });
  player.captions = localStorage.getItem(KEPT) !== "off";

  const changed = () => {
    const { loaded, paused, muted, captions } = player;
    if ($("#play").dataset.shown !== String(paused)) {
      setIcon($("#play"), paused ? "play" : "pause", paused ? "Play" : "Pause");
      $("#play").dataset.shown = String(paused);
    }
    if ($("#mute").dataset.shown !== String(muted)) {
      setIcon($("#mute"), muted ? "mute" : "sound", "Mute");
      $("#mute").setAttribute("aria-pressed", String(muted));
      $("#mute").dataset.shown = String(muted);
    }
    $("#captions").setAttribute("aria-pressed", String(captions));
    for (const name of ["play", "back", "on"]) $(`#${name}`).disabled = !loaded;
    time();
  };
  const time = () => {
    const text = `${clock(player.time, 2)} · frame ${frameAt(player.time, player.fps)}`;
    if ($("#clock").textContent !== text) $("#clock").textContent = text;
    show($("#frame"), player.scenes.some((each) => each.still)); // audio has none
    $("#frame").href = stillOf();
  };
  player.addEventListener("change", changed);
  player.addEventListener("time", time);
  changed();
}
