/* The editor of frames: moves without a new page, forms in a dialog that save while one writes.
 * Without this file every button and link leads to a page that does the same.
 *
 *   form#do             every button of a line sends it; the answer is the outline anew
 *   a[data-edit]        opens the form of a theme or question in dialog#element
 *   [data-theme], [data-item], .handle   dragged by mouse or finger (SortableJS); keys have ↑ and ↓
 *   [data-clash]        another changed the same: nothing is sent before one has chosen (data-keep)
 *   form[data-anew]     another took it out: what was typed is sent when one presses, not before
 *   [data-drop]         closes the dialog without what is not saved
 *
 * Only what is known as an answer is shown: the outline, a form, or data. Anything else is a fault,
 * and the dialog stays. A request whose answer was lost is sent again; "press" tells the server.
 */
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
  const chance = () => [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, "0")).join("");
  let form, outline, dialog;

  // One request after the other: the answer to the first is what the second builds on.
  let queue = Promise.resolve(), stuck = false;
  const inTurn = (deed) => {
    queue = queue.then(deed).catch((fault) => { console.warn(fault); tell(form.dataset.broken); });
    return queue;
  };

  const send = (address, body) => fetch(address, {
    method: body ? "POST" : "GET", body, headers: { "X-Musling-Part": "yes", "X-Musling-Autosave": "1" }, credentials: "same-origin",
  });
  function tell(words) {
    for (const place of [$("#saved"), $("#element-saved")]) if (place) place.textContent = words;
  }
  // A lost connection: said, and tried again until it is back. A log-in that ended is not an answer.
  async function surely(address, body) {
    for (let faults = 0, renewals = 0; ; stuck = Boolean(body)) {
      try {
        const answer = await send(address, body);
        if (answer.redirected || [401, 403].includes(answer.status)) {
          const why = await renewed(body);
          if (why === "left") { stuck = false; return new Response("", { status: 404 }); }
          if (why || (renewals += 1) > 1) { tell(form.dataset[why || "broken"]); await wait(5000); }
          continue;
        }
        if (answer.status < 500 || (answer.status === 500 && (faults += 1) > 2)) { stuck = false; return answer; }
      } catch { /* no connection */ }
      tell(form.dataset.unsaved);
      await wait(3000);
    }
  }
  // Who logs in again has a new token; nothing is sent under another person's name.
  async function renewed(body) {
    const answer = await fetch(outline.dataset.here, { credentials: "same-origin" });
    const there = parsed(await answer.text()), token = $("#do [name=csrfmiddlewaretoken]", there)?.value;
    const same = there.documentElement.dataset.person === document.documentElement.dataset.person;
    if (there.documentElement.dataset.person && !same) return "another";
    if (!token) return answer.status === 404 ? "left" : "elsewhere";
    $$("[name=csrfmiddlewaretoken]").forEach((one) => { one.value = token; });
    body?.set("csrfmiddlewaretoken", token);
    return "";
  }

  // --- The outline ------------------------------------------------------------------------------
  const named = (name, value) => `button[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`;
  const linked = (link) => `a[href="${CSS.escape(link.getAttribute("href"))}"]`;
  const isOutline = (html) => { const there = parsed(html); return $(".editor-state", there) && !$("main", there); };
  /** Puts the outline in place. focus: selectors, the first that is there gets it; else it stays. */
  function show(html, focus = []) {
    const open = $$("details[open]", outline).length > 0, was = document.activeElement;
    if (!focus.length && outline.contains(was)) focus = [was.matches("a") ? linked(was) : was.matches("button") ? named(was.name, was.value) : "h2 a"];
    outline.innerHTML = html;
    if (open) $$("details.to-think", outline).forEach((one) => { one.open = true; });
    const title = $(".editor-state", outline).dataset.title;
    if (title) $("main h1").textContent = title;
    draggable();
    for (const one of ["[data-problem]", ...focus, ...(focus.length ? ["a"] : [])]) {
      const place = $(one, outline);
      if (place) { place.focus(); break; }
    }
  }
  /** Says at the top of the outline what went wrong. */
  function problem(words) {
    $$("[data-problem]", outline).forEach((one) => one.remove());
    const box = alert(words);
    outline.prepend(box);
    box.focus();
  }
  function alert(words) {
    const box = $("#cannot").content.cloneNode(true).firstElementChild;
    $("p", box).textContent = words;
    return box;
  }
  async function refreshed() {
    const answer = await send(outline.dataset.here);
    const html = answer.ok ? await answer.text() : "";
    if (html && isOutline(html)) show(html);
  }
  const refresh = () => inTurn(() => refreshed().catch(() => { /* no connection: it stands as it was */ }));
  function press(fields, focus) {
    return inTurn(async () => {
      const body = new FormData(form);
      Object.entries({ ...fields, press: chance() }).forEach(([name, value]) => body.set(name, value));
      const answer = await surely(form.action, body);
      const html = answer.ok ? await answer.text() : "";
      if (html && isOutline(html)) { show(html, focus); return; }
      if (answer.status !== 404) await refreshed().catch(() => {}); // a line that was dragged goes back
      problem(answer.status === 404 ? form.dataset.left : form.dataset.broken);
    });
  }
  /** Where the focus goes when the outline is there again: the same button, or the row beside. */
  function onwards(button) {
    const { name, value } = button, row = button.closest("[data-item], [data-theme]");
    if (!row) return [name, "undo", "redo"].map((one) => `[name=${one}]:enabled`);
    const home = row.parentElement.closest("[data-theme]");
    const beside = [row.nextElementSibling, row.previousElementSibling, home].filter((one) => one?.id);
    return [named(name, value), ...beside.flatMap(({ id }) => [named(name, id), `#${CSS.escape(id)} a`])];
  }
  document.addEventListener("submit", (event) => {
    if (event.target !== form || !event.submitter) return;
    event.preventDefault();
    const { name, value } = event.submitter;
    press({ [name]: value }, onwards(event.submitter));
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
  // changed: typed since it was sent last. kept: what was sent was not stored; it stands here alone.
  let changed = false, kept = false, opener = "", saving = 0, closing = false;
  const pending = () => changed || kept || stuck;
  const first = () => $("input:not([type=hidden]), select, textarea", dialog)?.focus();
  async function open(link) {
    const answer = await surely(link.href);
    const html = answer.ok ? await answer.text() : "";
    if (!html || !$("form.element", parsed(html))) {
      await refresh();
      problem(answer.status === 404 ? form.dataset.gone : form.dataset.broken);
      return;
    }
    opener = linked(link);
    fill(html);
    if (!dialog.open) dialog.showModal();
    first();
  }
  function fill(html) {
    dialog.innerHTML = html;
    changed = kept = false;
    fitted();
  }
  function shut() {
    closing = true;
    dialog.close();
  }
  function drop() {
    clearTimeout(saving);
    changed = kept = false;
    shut();
    refresh();
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
  const waits = (pressed) => $("[data-clash]", dialog) || (!pressed && $("form[data-anew]", dialog));
  /** Sends what was typed. pressed: somebody asked for it, and wants to know what is wrong. */
  function save(pressed = false) {
    clearTimeout(saving);
    if (!changed || waits(pressed)) return queue;
    changed = false;
    return inTurn(async () => {
      const sheet = $("form.element", dialog);
      if (!sheet) return;
      kept = true; // until the answer says that it is stored
      const answer = await surely(sheet.action, new FormData(sheet));
      if (answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json")) { took(sheet, await answer.json()); return; }
      const there = parsed(await answer.text());
      if (!sheet.isConnected) return;
      if (answer.status < 500 && $("form.element", there)) refused(sheet, there, pressed);
      else cannot(answer.status === 404 ? form.dataset.left : form.dataset.broken, pressed);
    });
  }
  const tidied = () => $$(".alert, .dropping, [data-clash]", dialog).forEach((one) => one.remove());
  function took(sheet, answer) {
    if (sheet.isConnected) {
      kept = false;
      $("[name=seen]", sheet).value = answer.seen;
      if (answer.address) sheet.action = answer.address;
      delete sheet.dataset.anew;
      tidied();
      $$(".form-error-message", dialog).forEach((one) => one.remove());
      $$(".form-error", dialog).forEach((one) => one.classList.remove("form-error"));
      $$("[aria-invalid]", dialog).forEach((one) => one.removeAttribute("aria-invalid"));
    }
    show(answer.outline);
    tell($("#saved").textContent);
  }
  function cannot(words, pressed) {
    tidied();
    const box = alert(words);
    $("form.element", dialog).before(box, $("#cannot").content.cloneNode(true).lastElementChild);
    tell(words);
    if (pressed) box.focus();
  }
  // What was typed meanwhile stays: only what is wrong comes in, above the form.
  function refused(sheet, there, pressed) {
    const clash = $("[data-clash]", there), anew = $("form.element[data-anew]", there);
    if (anew && !("anew" in sheet.dataset)) { moved(sheet, there); return; }
    const told = $(".alert", dialog);
    if (!clash && !told && !pressed) {
      const why = $(".problems li", there)?.textContent || form.dataset.refused;
      tell(form.dataset.waits.replace("{why}", why));
      return;
    }
    tidied();
    sheet.before(...$$(".alert, .dropping, [data-clash]", there));
    if (clash) { sheet.dataset.now = $("[name=seen]", there).value; $(".done", sheet).hidden = true; }
    for (const link of $$(".alert a", dialog)) {
      const field = document.getElementById(link.hash.slice(1));
      for (let fold = field?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    }
    tell(clash ? form.dataset.choose : form.dataset.refused);
  }
  // It is not there any more: what was typed stands in the form of a new one.
  function moved(sheet, there) {
    const now = $("form.element", there), own = ["csrfmiddlewaretoken", "seen", "press", "home"];
    for (const field of sheet.elements) {
      if (!field.name || own.includes(field.name)) continue;
      const boxes = ["checkbox", "radio"].includes(field.type);
      const twin = $$(`[name="${CSS.escape(field.name)}"]`, now).find((one) => !boxes || one.value === field.value);
      if (twin && boxes) twin.checked = field.checked; else if (twin) twin.value = field.value;
    }
    dialog.replaceChildren(...there.body.childNodes);
    fitted();
    changed = true;
    refresh();
    $(".alert", dialog).focus();
  }
  /** What stands in the way of closing, if anything. */
  const obstacle = () => $("[data-clash], .alert", dialog);
  // What was refused is sent again only when somebody presses with the reason before the eyes.
  async function done() {
    if ($("[data-clash]", dialog)) { tell(form.dataset.choose); obstacle().focus(); return; }
    if (kept) changed = true;
    await save(true);
    if (changed || kept) obstacle()?.focus(); else if (dialog.open) shut();
  }
  /** Esc, and the phone's way back: the same as Done, but nothing is added by it that had gone. */
  function leave(event) {
    event.preventDefault();
    if ($("form[data-anew]", dialog)) obstacle()?.focus(); else done();
  }
  const keeps = {
    mine: () => {
      const sheet = $("form.element", dialog);
      $("[name=seen]", sheet).value = sheet.dataset.now;
      tidied();
      $(".done", sheet).hidden = false;
      changed = true;
      save(true);
      first();
    },
    theirs: async () => {
      const answer = await surely($("form.element", dialog).action);
      const html = answer.ok ? await answer.text() : "";
      if (!html || !$("form.element", parsed(html))) { cannot(form.dataset.gone, true); return; }
      fill(html);
      first();
      refresh();
    },
  };

  document.addEventListener("DOMContentLoaded", () => {
    [form, outline, dialog] = [$("#do"), $("#outline"), $("#element")];
    if (!form) return;
    draggable();
    const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (place && outline.contains(place)) ($("[data-problem]", place) || $("a", place))?.focus({ preventScroll: true });
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-edit]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(link);
    });
    dialog.addEventListener("click", (event) => {
      const button = event.target.closest("[data-keep], [data-drop]");
      if (button?.dataset.keep) keeps[button.dataset.keep](); else if (button) drop();
    });
    dialog.addEventListener("input", () => { changed = true; fitted(); clearTimeout(saving); saving = setTimeout(save, 900); });
    dialog.addEventListener("change", () => save());
    dialog.addEventListener("submit", (event) => { event.preventDefault(); done(); });
    // The browser closes at the second Esc whatever "cancel" says; the key itself can be taken.
    dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") leave(event); });
    dialog.addEventListener("cancel", leave);
    dialog.addEventListener("close", () => {
      if (!closing && pending()) { dialog.showModal(); return; }
      closing = false;
      dialog.innerHTML = "";
      $(opener, document)?.focus();
    });
    addEventListener("beforeunload", (event) => { if (pending()) { save(); event.preventDefault(); } });
    document.addEventListener("musling:flush", () => save());
  });
})();
