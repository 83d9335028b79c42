// Passkeys are made and used by the browser: the one thing here that cannot be done without a script.
// The options stand in the form's data-options; the answer goes into its field and the form is sent.
const form = document.querySelector('form[data-passkey]')

const bytes = text => Uint8Array.from(
  atob(text.replace(/-/g, '+').replace(/_/g, '/')), letter => letter.charCodeAt(0))
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

function read (options) {
  const found = { ...options, challenge: bytes(options.challenge) }
  if (options.user) found.user = { ...options.user, id: bytes(options.user.id) }
  for (const list of ['excludeCredentials', 'allowCredentials']) {
    if (options[list]) found[list] = options[list].map(known => ({ ...known, id: bytes(known.id) }))
  }
  return found
}

function written (made) {
  const response = {}
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (made.response[name]) response[name] = text(made.response[name])
  }
  return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response })
}

async function ask (event) {
  const field = form.elements.namedItem('answer')
  if (field.value) return
  event.preventDefault()
  const publicKey = read(JSON.parse(form.dataset.options))
  try {
    const made = form.dataset.passkey === 'create'
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey })
    field.value = written(made)
  } catch (problem) {
    field.value = 'none'
  }
  form.submit()
}

if (form && window.PublicKeyCredential) {
  form.hidden = false
  for (const told of document.querySelectorAll('[data-no-passkey]')) told.hidden = true
  form.addEventListener('submit', ask)
}
