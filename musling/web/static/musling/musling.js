/* What the pages do beyond plain HTML. Every page works without this file.
 * Saving while one writes is a file of its own, saving.js; it hears "musling:flush".
 *
 *   hide                      a[data-hide], #cover; Esc twice
 *   dialogs                   a[data-dialog=ID], [data-close]
 *   taking an answer back     label.clear in scales and choices
 *   the clock of a talk       [data-clock]
 *   copy, big text            [data-copy], [data-big]
 *   shared devices            html[data-shared-device]: nothing kept, logged out after 5 idle minutes
 *
 * Loaded in <head>, before the style sheets, so that big text never makes the page jump.
 */
"use strict";
(() => {
  const html = document.documentElement;
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const flush = () => document.dispatchEvent(new Event("musling:flush"));
  // Private windows and strict settings may refuse storage; then nothing is kept.
  const attempt = (deed, otherwise = null) => { try { return deed(); } catch { return otherwise; } };
  const person = () => html.dataset.person || "";
  const shared = () => "sharedDevice" in html.dataset;

  html.classList.add("js");
  html.classList.toggle("big", attempt(() => localStorage.getItem("big") === "yes", false));

  // --- Hide: one press, or Esc twice -----------------------------------------------------------
  let title = "", escaped = -Infinity; // no Esc yet, however new the page is
  function hide(on) {
    const cover = $("#cover");
    if (!cover || on === html.classList.contains("covered")) return;
    if (on) { title = document.title; flush(); }
    document.title = on ? cover.dataset.title : title;
    html.classList.toggle("covered", on);
    (on ? $("[data-unhide]", cover) : $("[data-hide]"))?.focus({ preventScroll: true });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    if (event.timeStamp - escaped < 600) hide(true);
    escaped = event.timeStamp;
  });

  // --- Presses ---------------------------------------------------------------------------------
  const presses = {
    "[data-hide]": () => hide(true),
    "[data-unhide]": () => hide(false),
    "[data-dialog]": (link) => { const dialog = document.getElementById(link.dataset.dialog); if (!dialog) return false; dialog.showModal(); return true; },
    "[data-close]": (button) => button.closest("dialog").close(),
    "[data-big]": (button) => {
      const big = html.classList.toggle("big");
      button.setAttribute("aria-pressed", big);
      attempt(() => big ? localStorage.setItem("big", "yes") : localStorage.removeItem("big"));
    },
    "[data-copy]": (button) => {
      const source = document.getElementById(button.dataset.copy);
      navigator.clipboard?.writeText(source.value ?? source.textContent.trim()).then(() => { button.textContent = button.dataset.done; });
    },
    "[data-clear-button]": (button) => {
      const item = button.closest("fieldset"), radio = $("input[type=radio]", item);
      $$("input[type=radio]", item).forEach((r) => { r.checked = false; });
      radio.dispatchEvent(new Event("input", { bubbles: true }));
      radio.focus();
    },
    "[data-clock-toggle]": (button) => {
      const face = $("[data-clock-face]", button.parentNode), words = button.textContent;
      face.hidden = !face.hidden;
      button.textContent = button.dataset.show;
      button.dataset.show = words;
    },
  };
  document.addEventListener("click", (event) => {
    for (const [selector, press] of Object.entries(presses)) {
      const pressed = event.target.closest(selector);
      if (pressed && press(pressed) !== false) event.preventDefault();
    }
    $$(".menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // --- The clock of the talk: counts from the start, so that a reload changes nothing ------------
  function tick() {
    for (const clock of $$("[data-clock]")) {
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(clock.dataset.clock)) / 1000));
      clock.hidden = seconds > 4 * 3600; // a talk that nobody ended
      $("[data-clock-time]", clock).textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
  }

  // --- Shared devices: locked after 5 minutes without a touch; log-out empties the tab ------------
  const IDLE = 5 * 60000;
  let touched = Date.now();
  ["pointerdown", "keydown", "scroll"].forEach((kind) => addEventListener(kind, () => { touched = Date.now(); }, { passive: true }));
  async function lock() {
    if (!shared() || !person() || Date.now() - touched < IDLE) return;
    touched = Infinity;
    hide(true); // which also saves what is waiting; it gets three seconds
    await wait(3000);
    $("#log-out")?.requestSubmit();
  }
  document.addEventListener("submit", (event) => {
    if (event.target.id === "log-out") attempt(() => { sessionStorage.clear(); if (shared()) localStorage.clear(); });
  });

  // --- Paper: what is folded is printed too -----------------------------------------------------
  let folded = [];
  addEventListener("beforeprint", () => { folded = $$("main details:not([open]):not(.steps-phone)"); folded.forEach((d) => { d.open = true; }); });
  addEventListener("afterprint", () => folded.forEach((d) => { d.open = false; }));

  // --- When a page, or a piece of one that htmx brought, is there ---------------------------------
  function arrive(root) {
    for (const label of $$("label.clear", root)) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button-plain", textContent: label.dataset.clear });
      if ($("input", label).checked) $("input", label).checked = false;
      button.dataset.clearButton = "";
      const holder = document.createElement("span");
      holder.className = "clear";
      holder.append(button);
      label.replaceWith(holder);
    }
    $("[data-module=error-summary]", root)?.focus();
  }
  document.addEventListener("DOMContentLoaded", () => {
    arrive(document);
    $("[data-big]")?.setAttribute("aria-pressed", html.classList.contains("big"));
    if ($("[data-clock]")) { tick(); setInterval(tick, 1000); }
    if (shared()) { setInterval(lock, 5000); document.addEventListener("visibilitychange", lock); }
    document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) arrive(event.target); });
  });
})();
