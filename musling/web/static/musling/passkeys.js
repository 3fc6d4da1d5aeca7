/* Passkeys. form[data-passkey=get|create]: asks the browser for one, or has it make one, puts the
 * answer into the field "credential" and sends the form. The question stands in the element that
 * data-options names, else the form's own address gives it. Without this file such forms stay hidden.
 */
"use strict";
(() => {
  if (!window.PublicKeyCredential) return;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const known = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

  async function question(form) {
    const here = document.getElementById(form.dataset.options);
    if (here) return JSON.parse(here.textContent);
    const response = await fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    return response.json();
  }

  async function get({ request_options: { publicKey } }) {
    return navigator.credentials.get({ publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: known(publicKey.allowCredentials) } });
  }

  async function create({ creation_options: { publicKey } }) {
    // One that the device keeps and that asks who is there: so it serves without a password.
    const authenticatorSelection = { ...publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
    return navigator.credentials.create({ publicKey: {
      ...publicKey, authenticatorSelection, challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) }, excludeCredentials: known(publicKey.excludeCredentials),
    } });
  }

  function answer(credential) {
    const { response } = credential, parts = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) parts[name] = text(response[name]);
    }
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response: parts,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const problem = form.querySelector("[data-passkey-problem]");
      problem.hidden = true;
      try {
        const ask = form.dataset.passkey === "get" ? get : create;
        form.elements.namedItem("credential").value = answer(await ask(await question(form)));
      } catch {
        problem.hidden = false;
        return;
      }
      for (const field of form.querySelectorAll("[data-same-as]")) {
        field.value = document.getElementById(field.dataset.sameAs)?.checked ? "on" : "";
      }
      form.submit();
    });
  }
})();
