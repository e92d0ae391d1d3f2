// A form with `data-passkey` asks the browser for a passkey: `get` to sign in by one, `create` to make one. What to ask for
// comes from the form's own address while its field `answer` is empty; with the answer in it the form is then sent.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

function parsed(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const known of [...(options.excludeCredentials ?? []), ...(options.allowCredentials ?? [])]) known.id = bytes(known.id);
  return options;
}

function written(credential) {
  const names = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  const parts = names.filter((name) => credential.response[name]).map((name) => [name, text(credential.response[name])]);
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response: Object.fromEntries(parts),
  });
}

async function ask(form) {
  const words = form.querySelector('[data-failed]');
  words.textContent = '';
  try {
    form.elements.answer.value = '';
    const told = await fetch(form.action, { method: 'POST', body: new FormData(form), redirect: 'error' });
    if (!told.ok) throw new Error(`${told.status}`);
    const publicKey = parsed(await told.json());
    form.elements.answer.value = written(await navigator.credentials[form.dataset.passkey]({ publicKey }));
    form.submit();
  } catch {
    words.textContent = words.dataset.failed;
  }
}

export function offerPasskeys() {
  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll('[data-passkey]')) {
    form.hidden = false;
    form.addEventListener('submit', (event) => { event.preventDefault(); ask(form); });
  }
}
