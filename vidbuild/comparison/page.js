for (const input of document.querySelectorAll(".pair input")) {
  const show = () => {
    input.parentElement.style.setProperty("--at", input.value + "%");
    input.setAttribute("aria-valuetext", input.value + "% before");
  };
  input.addEventListener("input", show);
  show();
}
