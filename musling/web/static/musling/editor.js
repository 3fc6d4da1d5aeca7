/* The editor of frames: moves without a new page, forms in a dialog that save while one writes.
 * Without this file every button and link leads to a page that does the same.
 *
 *   form#do             every button of a line sends it; the answer is the outline anew
 *   a[data-edit]        opens the form of a theme or question in dialog#element
 *   [data-theme], [data-item], .handle   dragged by mouse or finger (SortableJS); keys have ↑ and ↓
 */
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  let form, outline, dialog;

  // One request after the other: the answer to the first is what the second builds on.
  let queue = Promise.resolve();
  const inTurn = (deed) => { queue = queue.then(deed, deed); return queue; };

  const send = (address, body) => fetch(address, {
    method: body ? "POST" : "GET", body, headers: { "X-Musling-Part": "yes" }, credentials: "same-origin",
  });
  function tell(words) {
    for (const place of [$("#saved"), $("#element-saved")]) if (place) place.textContent = words;
  }
  // A lost connection: said, and tried again until it is back. A log-in that ended is not an answer.
  async function surely(address, body) {
    for (;;) {
      try {
        const answer = await send(address, body);
        if (answer.redirected || answer.status === 403) { tell(form.dataset.elsewhere); await wait(5000); continue; }
        if (answer.status < 500) return answer;
      } catch { /* no connection */ }
      tell(form.dataset.unsaved);
      await wait(3000);
    }
  }

  // --- The outline ------------------------------------------------------------------------------
  function show(html, focus) {
    const open = $$("details[open]", outline).length > 0;
    outline.innerHTML = html;
    if (open) $$("details.to-think", outline).forEach((one) => { one.open = true; });
    draggable();
    if (focus) ($(focus, outline) || $("[name=undo]:enabled", outline) || $("a", outline))?.focus();
  }
  const named = (name, value) => `button[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`;
  function press(fields, focus) {
    return inTurn(async () => {
      const body = new FormData(form);
      Object.entries(fields).forEach(([name, value]) => body.set(name, value));
      const answer = await surely(form.action, body);
      show(await answer.text(), focus);
    });
  }
  document.addEventListener("submit", (event) => {
    if (event.target !== form || !event.submitter) return;
    event.preventDefault();
    const { name, value } = event.submitter;
    press({ [name]: value }, named(name, value));
  });

  // --- Dragging ---------------------------------------------------------------------------------
  const after = (row, kind) => row.nextElementSibling?.dataset[kind] || "";
  function draggable() {
    if (!window.Sortable) return;
    // Long pages scroll while one drags; a finger on the words still scrolls the page.
    const options = { handle: ".handle", animation: 120, scroll: true, forceFallback: true };
    const themes = $(".editor-themes", outline);
    Sortable.create(themes, { ...options, draggable: "[data-theme]", onEnd: ({ item }) => {
      press({ "theme-move": item.dataset.theme, before: after(item, "theme") });
    } });
    for (const lines of $$("[data-lines]", themes)) {
      Sortable.create(lines, { ...options, group: "lines", draggable: "[data-item]", onEnd: ({ item, to }) => {
        press({ move: item.dataset.item, theme: to.dataset.lines, before: after(item, "item") });
      } });
    }
  }

  // --- The dialog -------------------------------------------------------------------------------
  let changed = false, opener = "", saving = 0;
  async function open(link) {
    const answer = await surely(link.href);
    if (!answer.ok) { location.assign(link.href); return; }
    opener = `a[href="${CSS.escape(link.getAttribute("href"))}"]`;
    fill(await answer.text());
    dialog.showModal();
    $("input:not([type=hidden]), textarea", dialog)?.focus();
  }
  function fill(html) {
    dialog.innerHTML = html;
    changed = false;
    fitted();
  }
  // Only what belongs to the way in which it is answered.
  function fitted() {
    const type = $("[name=type]", dialog)?.value;
    if (!type) return;
    const holds = { options: ["choice", "several"], columns: ["table"], rows: ["table"] };
    for (const [name, types] of Object.entries(holds)) {
      $$(`.field-${name}, .field-${name}_da, .field-${name}_en`, dialog).forEach((one) => { one.hidden = !types.includes(type); });
    }
  }
  function save() {
    clearTimeout(saving);
    if (!changed) return queue;
    changed = false;
    return inTurn(async () => {
      const sheet = $("form.element", dialog);
      if (!sheet) return;
      const answer = await surely(sheet.action, new FormData(sheet));
      if (answer.headers.get("Content-Type").startsWith("application/json")) took(sheet, await answer.json());
      else refused(sheet, await answer.text());
    });
  }
  function took(sheet, answer) {
    $("[name=seen]", sheet).value = answer.seen;
    if (answer.address) sheet.action = answer.address;
    $$(".alert, .form-error-message", dialog).forEach((one) => one.remove());
    $$(".form-error", dialog).forEach((one) => one.classList.remove("form-error"));
    show(answer.outline);
    tell(`${form.dataset.said} · ${$("#saved").textContent}`);
  }
  // What was typed meanwhile stays: only what is wrong comes in, above the form.
  function refused(sheet, html) {
    const answer = new DOMParser().parseFromString(html, "text/html");
    // Whoever has seen what another wrote means it when pressing again.
    if ($(".sheet.next", answer)) $("[name=seen]", sheet).value = $("[name=seen]", answer).value;
    $$(".alert, .sheet.next", dialog).forEach((one) => one.remove());
    sheet.before(...$$(".alert, .sheet.next", answer));
    for (const link of $$(".alert a", dialog)) {
      const field = document.getElementById(link.hash.slice(1));
      for (let fold = field?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    }
    tell(form.dataset.refused);
  }
  // What was refused is sent again only when somebody presses with the reason before the eyes.
  async function done() {
    if ($(".alert", dialog)) changed = true;
    await save();
    const wrong = $(".alert", dialog);
    if (wrong) wrong.focus(); else dialog.close();
  }

  document.addEventListener("DOMContentLoaded", () => {
    [form, outline, dialog] = [$("#do"), $("#outline"), $("#element")];
    if (!form) return;
    draggable();
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-edit]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(link);
    });
    dialog.addEventListener("input", () => { changed = true; fitted(); clearTimeout(saving); saving = setTimeout(save, 900); });
    dialog.addEventListener("change", save);
    dialog.addEventListener("submit", (event) => { event.preventDefault(); done(); });
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); done(); });
    dialog.addEventListener("close", () => { dialog.innerHTML = ""; $(opener, document)?.focus(); });
    addEventListener("beforeunload", (event) => { if (changed) { save(); event.preventDefault(); } });
    document.addEventListener("musling:flush", save);
  });
})();
