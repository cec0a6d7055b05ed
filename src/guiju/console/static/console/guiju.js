// The console's own script: menu, dialogs, copying, shortcuts, blur. Everything works without it except these comforts.
"use strict";

(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const typing = (target) => target.closest("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");

  // --- menu on a phone ---
  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-toggle-menu]");
    if (toggle) {
      const open = document.body.classList.toggle("menu-open");
      toggle.setAttribute("aria-expanded", String(open));
    } else if (document.body.classList.contains("menu-open") && !event.target.closest(".side")) {
      document.body.classList.remove("menu-open");
    }
    for (const pop of document.querySelectorAll("details.pop[open]")) {
      if (!pop.contains(event.target)) pop.removeAttribute("open");
    }
  });

  // --- dialogs: <button data-dialog="id">, <button data-close-dialog> ---
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
    const closer = event.target.closest("[data-close-dialog]");
    if (closer) closer.closest("dialog")?.close();
  });

  for (const dialog of document.querySelectorAll("dialog[data-open]")) dialog.showModal();

  // --- what scrolls by itself can be scrolled by keyboard ---
  const reachable = () => {
    for (const wrap of document.querySelectorAll(".table-wrap, .code-block, .diff")) {
      if (wrap.scrollWidth > wrap.clientWidth || wrap.scrollHeight > wrap.clientHeight) wrap.tabIndex = 0;
      else wrap.removeAttribute("tabindex");
    }
  };
  addEventListener("resize", reachable);
  document.addEventListener("toggle", reachable, true);
  document.addEventListener("htmx:afterSettle", reachable);
  reachable();

  // --- copying: <button data-copy="id of the element"> ---
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const text = source.value ?? source.textContent.replace(/\s+/g, button.dataset.copySpaces ? " " : "");
    try {
      await navigator.clipboard.writeText(text.trim());
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
    }
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 1500);
  });

  // --- shortcuts: data-key="n" on a link or button, shown beside it; Ctrl+Enter sends the form one is in ---
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target)) {
      event.target.blur();
      return;
    }
    if (typing(event.target) || one("dialog[open]")) return;
    if (event.key === "j" || event.key === "k") {
      if (step(event.key === "j" ? 1 : -1)) event.preventDefault();
      return;
    }
    const target = one(`[data-key="${CSS.escape(event.key)}"]:not([disabled])`);
    if (target) {
      event.preventDefault();
      target.focus();
      if (!typing(target)) target.click();
    }
  });

  // j and k walk through the rows of a list; Enter opens the row that has the focus (it is a link).
  function step(by) {
    const links = [...document.querySelectorAll("[data-row-link]")];
    if (!links.length) return false;
    const at = links.indexOf(document.activeElement);
    const next = links[Math.min(Math.max(at + by, 0), links.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  // --- blur: shown while the key "p" is held, or until the switch is used again ---
  const peek = (on) => document.body.classList.toggle("peek", on);
  document.addEventListener("keydown", (event) => {
    if (event.key === "p" && !event.repeat && !typing(event.target) && one(".blurred")) peek(true);
  });
  document.addEventListener("keyup", (event) => event.key === "p" && peek(false));
  window.addEventListener("blur", () => peek(false));
  document.addEventListener("click", (event) => {
    const veil = event.target.closest("[data-unblur]");
    if (veil) {
      const on = document.body.classList.toggle("unblurred");
      veil.setAttribute("aria-pressed", String(on));
    }
  });

  // --- sound is off in what a reviewer reads, until somebody turns it on there ---
  document.addEventListener("htmx:load", (event) => {
    for (const medium of event.target.querySelectorAll(".muted audio, .muted video")) medium.muted = true;
  });

  // --- countdown: <span data-until="ISO instant"> ---
  const tick = () => {
    for (const clock of document.querySelectorAll("[data-until]")) {
      const left = Math.max(0, Math.round((new Date(clock.dataset.until) - Date.now()) / 1000));
      clock.textContent = `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
      clock.classList.toggle("late", left < 60);
    }
  };
  setInterval(tick, 1000);
  tick();

  // --- forms: send filters when a choice changes; ask before leaving unsaved text; no double sending ---
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-send-on-change]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=date]")) form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get") {
      for (const input of form.querySelectorAll("input, select")) if (!input.value) input.disabled = true;
      setTimeout(() => form.querySelectorAll("[disabled]").forEach((input) => (input.disabled = false)), 500);
      return;
    }
    if (form.hasAttribute("hx-post")) return;
    const button = event.submitter ?? form.querySelector("button.primary");
    setTimeout(() => button?.setAttribute("disabled", ""), 0);
    if (form.hasAttribute("data-download")) setTimeout(() => button?.removeAttribute("disabled"), 3000);  // the page stays
    const waiting = form.querySelector("[data-waiting]");
    if (waiting) waiting.hidden = false;
  });

  // --- a file dropped anywhere on the page goes into <form data-drop>, and is sent ---
  const dropped = () => one("form[data-drop] input[type=file]");
  document.addEventListener("dragover", (event) => dropped() && event.dataTransfer.types.includes("Files") && event.preventDefault());
  document.addEventListener("drop", (event) => {
    const input = dropped();
    if (!input || !event.dataTransfer.files.length || event.target.closest("form:not([data-drop])")) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    input.form.requestSubmit();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      document.querySelectorAll("form button[disabled]").forEach((b) => b.removeAttribute("disabled"));
      document.querySelectorAll("[data-waiting]").forEach((line) => (line.hidden = true));
    }
  });
})();
