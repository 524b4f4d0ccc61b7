// The buttons under the player, and what the system's media keys do.

import { $, notify, setIcon, show } from "./dom.js";
import { clock, frameAt } from "./format.js";
import { sceneStep } from "./keys.js";

const KEPT = "vidbuild.captions"; // the choice is kept in the browser, for every video
const IDLE = 2500; // milliseconds until the buttons of a full screen that plays go away

export function bindControls(player, stillOf) {
  setIcon($("#loop"), "loop", "Repeat this scene");
  $("#play").addEventListener("click", () => player.toggle());
  $("#stage").addEventListener("click", (event) => { if (!event.target.closest("#trouble")) player.toggle(); });
  $("#back").addEventListener("click", () => player.step(-1));
  $("#on").addEventListener("click", () => player.step(1));
  $("#loop").addEventListener("click", () => { player.loop = !player.loop; });
  $("#mute").addEventListener("click", () => { player.muted = !player.muted; });
  $("#speed").addEventListener("change", (event) => { player.speed = Number(event.target.value); });
  $("#scrub").addEventListener("input", (event) => player.seek(Number(event.target.value)));
  $("#captions").addEventListener("click", () => {
    player.captions = !player.captions;
    localStorage.setItem(KEPT, player.captions ? "on" : "off");
  });
  player.captions = localStorage.getItem(KEPT) !== "off";
  bindFullScreen(player);
  bindMediaKeys(player);

  const toggle = (name, on, icon, label) => {
    const button = $(`#${name}`);
    if (button.dataset.shown === String(on)) return;
    button.dataset.shown = String(on);
    if (icon) setIcon(button, icon, label);
    if (name !== "play") button.setAttribute("aria-pressed", String(on));
  };
  const changed = () => {
    const { loaded, paused, muted, captions } = player;
    toggle("play", paused, paused ? "play" : "pause", paused ? "Play" : "Pause");
    toggle("mute", muted, muted ? "mute" : "sound", "Mute");
    toggle("loop", Boolean(player.loop));
    toggle("captions", captions);
    for (const name of ["play", "back", "on"]) $(`#${name}`).disabled = !loaded;
    $("#loop").disabled = !player.video.currentSrc;
    const speed = [...$("#speed").options].find((each) => Number(each.value) === player.speed);
    if (speed && loaded) speed.selected = true;
    $("#scrub").max = String(player.seconds);
    time();
  };
  const time = () => {
    const text = `${clock(player.time, 2)} · frame ${frameAt(player.time, player.fps)}`;
    if ($("#clock").textContent !== text) $("#clock").textContent = text;
    show($("#frame"), player.scenes.some((each) => each.still)); // audio has none
    $("#frame").href = stillOf();
    if (document.fullscreenElement) {
      $("#scrub").value = String(player.time);
      $("#scrub").setAttribute("aria-valuetext", clock(player.time, 1));
    }
  };
  player.addEventListener("change", changed);
  player.addEventListener("time", time);
  changed();
}

// The whole player is shown full screen, not its video element alone: buttons, captions and new frames are there too.
function bindFullScreen(player) {
  const cinema = $("#cinema");
  let timer = 0;
  const wake = () => {
    clearTimeout(timer);
    cinema.classList.remove("idle");
    timer = setTimeout(() => cinema.classList.toggle("idle", Boolean(document.fullscreenElement) && !player.paused), IDLE);
  };
  const changed = () => {
    const full = document.fullscreenElement === cinema;
    show($("#scrub"), full);
    setIcon($("#full"), full ? "small" : "full", full ? "Leave full screen" : "Full screen");
    wake();
  };
  $("#full").addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (cinema.requestFullscreen) cinema.requestFullscreen().catch((error) => notify(error.message));
    else player.video.webkitEnterFullscreen?.(); // iPhones show nothing but a video element full screen
  });
  document.addEventListener("fullscreenchange", changed);
  for (const name of ["pointermove", "pointerdown", "keydown", "focusin"]) cinema.addEventListener(name, wake);
  document.addEventListener("keydown", wake);
  player.addEventListener("change", wake);
  changed();
}

// Keys of the keyboard or a headset, and the system's own player.
function bindMediaKeys(player) {
  const session = navigator.mediaSession;
  if (!session) return;
  const actions = {
    play: () => player.play(), pause: () => player.pause(), stop: () => player.pause(),
    previoustrack: () => sceneStep(player, -1), nexttrack: () => sceneStep(player, 1),
    seekbackward: ({ seekOffset }) => player.seek(player.time - (seekOffset || 5)),
    seekforward: ({ seekOffset }) => player.seek(player.time + (seekOffset || 5)),
    seekto: ({ seekTime }) => player.seek(seekTime),
  };
  for (const [name, call] of Object.entries(actions)) {
    try {
      session.setActionHandler(name, call);
    } catch {
      // this browser does not have that key
    }
  }
  player.addEventListener("change", () => { session.playbackState = player.loaded ? (player.paused ? "paused" : "playing") : "none"; });
}
