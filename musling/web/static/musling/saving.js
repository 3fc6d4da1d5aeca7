/* Saving while one writes. Loaded by components/save_state.html, for forms with data-autosave.
 *
 * What changed is posted to the address in data-autosave: 800 ms after the last key, at once for
 * radios and ticks, when a field is left, when the page is left. Urlencoded: the changed fields,
 * the form's hidden fields, and "version.<field>" where the form holds such a hidden input.
 * Answers:
 *   200 {saved_at, versions?: {field: n}, progress?: {done, text}}
 *   409 {clash: {field, theirs, version?}}  changed elsewhere: both texts are shown, the person chooses
 *   400, 422 {errors: {field: text}}        said beside the form; tried again when the field changes
 *   401, or a redirect: the session ended   log-in opens in place, then saving goes on
 *   403: the token is old                   a fresh one is fetched, once
 *   anything else, or no connection         tried again with growing pauses
 *
 * What is not saved yet stands in sessionStorage under the person and the address (never on a
 * shared device) and comes back when the page is opened again in the same tab. When somebody else
 * logs in, nothing is sent, and it is thrown away.
 */
"use strict";
(() => {
  const html = document.documentElement;
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const plain = (text) => text.replaceAll("\r\n", "\n");
  const attempt = (deed, otherwise = null) => { try { return deed(); } catch { return otherwise; } };
  const person = html.dataset.person || "";
  const shared = "sharedDevice" in html.dataset;
  const PAUSE = 800, LONGEST = 60000, TIMEOUT = 20000;
  const savers = new WeakMap();
  const saverOf = (form) => savers.get(form) || savers.set(form, saver(form)).get(form);

  function saver(form) {
    const url = form.dataset.autosave;
    const key = `unsent ${person} ${url}`;
    let line = $("[data-save-state]", form) || $("[data-save-state]");
    const unsent = new Map(); // field → its values, a new array for every change
    const held = new Map(); // refused as it is: kept here, sent again when it is changed
    const problems = new Map(); // why each of these was
    let timer, busy = null, failed = false, renewed = false, retry = 2000, leaving = false;

    /** What is said about a field stands beside it, where the form has several places. */
    const lineOf = (name) => {
      const field = form.elements.namedItem(name);
      const place = (field instanceof Element ? field : field?.[0])?.closest("[data-save-place]");
      return (place && $("[data-save-state]", place)) || line;
    };
    const version = (name) => form.elements.namedItem(`version.${name}`);
    const values = (name) => {
      const all = new FormData(form).getAll(name).map(String);
      return all.length ? all : [""];
    };
    const say = (state, replace = {}) => {
      if (!line) return;
      const text = Object.entries(replace).reduce((t, [k, v]) => t.replace(`{${k}}`, v), line.dataset[state] || "");
      if (line.textContent !== text) line.textContent = text; // the same words are not read aloud twice
      line.classList.toggle("failed", !["saved", "saving"].includes(state));
    };

    const kept = () => attempt(() => JSON.parse(sessionStorage.getItem(key)), null) || {};
    const keep = () => attempt(() => {
      if (shared || !person) return;
      const here = new Set([...form.elements].map((field) => field.name));
      const others = Object.entries(kept()).filter(([name]) => !here.has(name)); // of another step
      const mine = [...held, ...unsent].map(([name, v]) => [name, { v, n: version(name)?.value }]);
      const all = Object.fromEntries([...others, ...mine]);
      if (Object.keys(all).length) sessionStorage.setItem(key, JSON.stringify(all));
      else sessionStorage.removeItem(key);
    });

    const body = (fields) => {
      const data = new URLSearchParams();
      for (const field of $$("input[type=hidden]", form)) {
        // Not an empty one before tick boxes: it stands for "none" and belongs to them.
        const alone = $$("[name]", form).filter((other) => other.name === field.name).length === 1;
        if (alone && field.name !== "csrfmiddlewaretoken" && !field.name.startsWith("version.")) data.append(field.name, field.value);
      }
      for (const [name, all] of fields) {
        all.forEach((value) => data.append(name, value));
        if (version(name)) data.append(`version.${name}`, version(name).value);
      }
      return data;
    };
    const post = (fields, more = {}) => fetch(url, {
      method: "POST", redirect: "manual", credentials: "same-origin", body: body(fields),
      headers: { "X-CSRFToken": $("[name=csrfmiddlewaretoken]", form)?.value || "", "X-Musling-Autosave": "1", Accept: "application/json" },
      ...more,
    });

    async function send() {
      clearTimeout(timer);
      if (busy) { await busy; }
      if (!unsent.size || leaving) return !unsent.size;
      busy = once().finally(() => { busy = null; });
      return busy;
    }

    async function once() {
      const batch = new Map(unsent);
      const slow = setTimeout(say, 1000, "saving");
      let response;
      try {
        response = await post(batch, { signal: AbortSignal.timeout?.(TIMEOUT) });
      } catch {
        return later("offline");
      } finally {
        clearTimeout(slow);
      }
      const data = await response.json().catch(() => ({}));
      if (response.ok && data.saved_at) return saved(batch, data);
      if (response.status === 409 && data.clash) return clash(data.clash);
      if (response.status === 400 || response.status === 422) return refused(batch, data.errors || {});
      if (response.type === "opaqueredirect" || [401, 403].includes(response.status)) return comeBack();
      return later("failed");
    }

    function saved(batch, data) {
      for (const [name, all] of batch) if (unsent.get(name) === all) unsent.delete(name);
      for (const [name, n] of Object.entries(data.versions || {})) if (version(name)) version(name).value = n;
      failed = renewed = false; retry = 2000;
      keep();
      if (held.size) sayRefused(); else say("saved", { time: data.saved_at });
      if (data.progress) showProgress(data.progress);
      if (unsent.size) soon();
      return !unsent.size;
    }

    function later(state) {
      failed = true;
      say(state);
      soon(retry);
      retry = Math.min(retry * 2, LONGEST);
      return false;
    }

    function refused(batch, errors) {
      // Asking again would not help: it waits until the field is changed. The words stay on the page.
      for (const [name, all] of batch) {
        if (unsent.get(name) !== all || (Object.keys(errors).length && !(name in errors))) continue;
        unsent.delete(name);
        held.set(name, all);
        problems.set(name, errors[name] || Object.values(errors).join(" "));
      }
      failed = true;
      keep();
      sayRefused();
      if (unsent.size) soon();
      return false;
    }

    /** As long as one field is not saved, that is what the line says, and which one. */
    function sayRefused() {
      const said = [...held.keys()].map((name) => {
        const label = $(`label[for="${CSS.escape(form.elements.namedItem(name)?.id || "")}"]`, form);
        const words = label?.textContent.trim().replace(/\s+/g, " ");
        return words ? `${words}: ${problems.get(name)}` : problems.get(name);
      });
      say("refused", { problem: said.join(" ") });
    }

    async function clash({ field, theirs, version: n }) {
      const mine = values(field).join(", ");
      const choice = plain(mine) === plain(theirs) ? "theirs" : await choose(mine, theirs);
      if (version(field) && n !== undefined) version(field).value = n;
      if (choice === "theirs") { fill(field, [theirs]); unsent.delete(field); }
      if (choice === "both") fill(field, [`${theirs}\n\n${mine}`]);
      if (choice !== "theirs") unsent.set(field, values(field));
      keep();
      soon(0);
      return false;
    }

    async function comeBack() {
      // Another tab may have logged in again already; then a fresh token is enough.
      if (renewed) return later("failed");
      failed = renewed = true;
      let now = await whoIsHere();
      if (!now) return later("offline");
      if (now.person !== person || !now.token) {
        say("ended");
        now = await logIn(form.dataset.loginUrl || html.dataset.loginUrl);
      }
      if (!now) { renewed = false; return false; } // put off: asked again at the next change
      if (now.person !== person) return forget();
      $$("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = now.token; });
      soon(0);
      return false;
    }

    function forget() {
      // Somebody else sits here now. Nothing is sent, and nothing of the first person stays behind.
      unsent.clear();
      attempt(() => sessionStorage.clear());
      say("other");
      form.remove();
      location.replace("/");
      return false;
    }

    function fill(name, all) {
      for (const field of $$("input:not([type=hidden]), textarea, select", form).filter((f) => f.name === name)) {
        if (["radio", "checkbox"].includes(field.type)) field.checked = all.includes(field.value);
        else field.value = all[0];
        field.closest("details")?.setAttribute("open", "");
      }
    }

    function soon(ms = PAUSE) { clearTimeout(timer); timer = setTimeout(send, ms); }

    function changed(name, atOnce) {
      line = lineOf(name);
      held.delete(name);
      problems.delete(name);
      unsent.set(name, values(name));
      keep();
      soon(atOnce ? 0 : PAUSE);
    }

    function restore() {
      let back = 0;
      for (const [name, { v, n }] of Object.entries(kept())) {
        if (!form.elements.namedItem(name) || plain(String(values(name))) === plain(String(v))) continue;
        fill(name, v);
        if (version(name) && n !== undefined) version(name).value = n;
        unsent.set(name, v);
        back += 1;
      }
      if ("unsaved" in form.dataset) {
        // The page came back because something on it could not be saved: it still is not.
        for (const field of $$("textarea[name]", form)) if (field.value) unsent.set(field.name, values(field.name));
        if (unsent.size) soon(0);
      }
      keep();
      if (back) { say("restored"); soon(0); }
    }

    async function submit(event) {
      // What is waiting is saved first; only then does the page go. Offline, nothing is lost by a press.
      if (leaving || (!unsent.size && !busy)) return;
      event.preventDefault();
      for (let i = 0; i < 3 && (unsent.size || busy); i += 1) await send();
      if (unsent.size) return;
      leaving = true;
      setTimeout(() => { leaving = false; }, 4000); // a press may bring a file and leave us here
      form.requestSubmit(event.submitter);
    }

    function leave() { if (unsent.size && !leaving) attempt(() => post(unsent, { keepalive: true }).catch(() => {})); }

    return {
      changed, restore, submit, leave, send, soon,
      stay: () => { leaving = false; },
      waiting: () => unsent.size > 0,
      atRisk: () => held.size > 0 || (unsent.size > 0 && !leaving && (failed || shared)),
    };
  }

  function showProgress({ done, text }) {
    for (const place of $$("[data-progress]")) {
      if (done !== undefined) $("rect", place)?.setAttribute("width", done);
      if (text) $("[data-progress-text]", place).textContent = text;
    }
  }

  const readPage = (text) => new DOMParser().parseFromString(text, "text/html");
  const readPerson = (page) => ({ person: page.documentElement.dataset.person || "", token: $("[name=csrfmiddlewaretoken]", page)?.value });

  /** Who is logged in now, and a token that holds; null without a connection. */
  async function whoIsHere(url = location.href) {
    const response = await fetch(url, { credentials: "same-origin", cache: "no-store" }).catch(() => null);
    return response && readPerson(readPage(await response.text()));
  }

  /** The clash dialog; resolves to "mine", "theirs" or "both". */
  function choose(mine, theirs) {
    const dialog = $("dialog[data-clash]");
    if (!dialog) return "mine";
    $("[data-mine]", dialog).textContent = mine;
    $("[data-theirs]", dialog).textContent = theirs;
    if (!dialog.open) dialog.showModal();
    return new Promise((done) => {
      dialog.onclick = (event) => { if (event.target.value) { dialog.close(); done(event.target.value); } };
      dialog.oncancel = (event) => event.preventDefault(); // one of the two must stand
    });
  }

  /** Log-in in place, step after step (password, code …); resolves to who came in, or null. */
  let loggingIn = null;
  function logIn(url) {
    const dialog = $("dialog[data-log-in]");
    if (!dialog || !url) return Promise.resolve(null);
    loggingIn ||= new Promise((done) => {
      const place = $("[data-place]", dialog);
      const next = new URL(url, location.href);
      next.searchParams.set("next", location.pathname);
      $("[data-elsewhere]", dialog).href = next;
      const show = async (response) => {
        const page = readPage(await response.text());
        const form = $("main form[method=post]", page);
        let now = readPerson(page);
        // A page that is not for the new person says nothing of who that is; the front door does.
        if (!now.person && !form) now = await whoIsHere("/") || now;
        if (now.person) return finish(now);
        if (!form) return finish(null);
        const target = new URL(form.getAttribute("action") || response.url, response.url);
        const shown = document.importNode(form, true);
        shown.addEventListener("submit", (event) => {
          event.preventDefault();
          const body = new URLSearchParams(new FormData(shown, event.submitter));
          fetch(target, { method: "POST", credentials: "same-origin", body }).then(show, () => {});
        });
        place.replaceChildren(shown);
        $("input:not([type=hidden])", shown)?.focus();
        return undefined;
      };
      const back = async () => { // logged in in another tab meanwhile?
        const now = document.visibilityState === "visible" && await whoIsHere();
        if (now && now.person) finish(now);
      };
      const finish = (now) => {
        document.removeEventListener("visibilitychange", back);
        place.replaceChildren();
        loggingIn = null;
        if (dialog.open) dialog.close();
        done(now);
      };
      document.addEventListener("visibilitychange", back);
      dialog.onclose = () => loggingIn && finish(null);
      if (!dialog.open) dialog.showModal();
      fetch(next, { credentials: "same-origin" }).then(show, () => {});
    });
    return loggingIn;
  }

  const formOf = (event) => event.target.form?.dataset.autosave ? event.target.form : null;
  const eachSaver = (deed) => $$("form[data-autosave]").forEach((form) => deed(saverOf(form)));
  const IGNORED = ["file", "submit", "hidden"], CHOSEN = ["radio", "checkbox", "select-one", "select-multiple"];
  document.addEventListener("input", (event) => {
    const form = formOf(event), { name, type } = event.target;
    if (form && name && !IGNORED.includes(type)) saverOf(form).changed(name, CHOSEN.includes(type));
  });
  document.addEventListener("focusout", (event) => { const form = formOf(event); if (form && saverOf(form).waiting()) saverOf(form).soon(0); });
  document.addEventListener("submit", (event) => { if (event.target.dataset.autosave) saverOf(event.target).submit(event); });
  addEventListener("online", () => eachSaver((s) => s.soon(0)));
  addEventListener("pagehide", () => eachSaver((s) => s.leave()));
  addEventListener("pageshow", () => eachSaver((s) => s.stay()));
  addEventListener("beforeunload", (event) => eachSaver((s) => { if (s.atRisk()) event.preventDefault(); }));
  document.addEventListener("musling:flush", () => eachSaver((s) => s.send()));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") eachSaver((s) => s.send()); });

  if (person) attempt(() => Object.keys(sessionStorage).filter((k) => k.startsWith("unsent ") && !k.startsWith(`unsent ${person} `)).forEach((k) => sessionStorage.removeItem(k)));
  const restore = (root) => $$("form[data-autosave]", root).forEach((form) => saverOf(form).restore());
  document.addEventListener("htmx:load", (event) => restore(event.target));
  restore(document);
})();
