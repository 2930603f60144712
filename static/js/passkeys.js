// Asks the device for a passkey and sends the form with its answer. Forms: data-passkey="create", "get" (options in the
// page) or "sign-in" (options fetched when they are needed). Without it the forms stay hidden: other ways are beside them.
const { webauthnJSON } = window;

function optionsInPage() {
  return JSON.parse(document.getElementById("passkey-options").textContent);
}

async function make(form) {
  const options = optionsInPage().creation_options;
  const alone = form.querySelector("input[name=passwordless]").checked;
  const chosen = options.publicKey.authenticatorSelection;
  chosen.residentKey = alone ? "required" : "discouraged";
  chosen.requireResidentKey = alone;
  if (alone) chosen.userVerification = "required";
  return webauthnJSON.create(options);
}

async function signIn(form) {
  const answer = await fetch(form.action, {
    headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
  });
  if (!answer.ok) throw new Error("no options");
  return webauthnJSON.get((await answer.json()).request_options);
}

const ways = { create: make, get: () => webauthnJSON.get(optionsInPage().request_options), "sign-in": signIn };

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const error = form.querySelector("[data-passkey-error]");
  const button = form.querySelector("button[type=submit]");
  if (!window.PublicKeyCredential) {
    for (const words of document.querySelectorAll("[data-passkey-unsupported]")) words.hidden = false;
    continue;
  }
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.hidden = true;
    button.disabled = true;
    try {
      form.elements.credential.value = JSON.stringify(await ways[form.dataset.passkey](form));
      form.submit();
    } catch {
      error.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}
