// For pages where people sign in: passwords can be looked at, and passkeys used.
// Passkeys: asks the browser for what the portal's challenge wants, and hands the answer back. Without this file, or
// in a browser that knows no passkeys, the buttons stay hidden and everything else works.

const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0))
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

async function post(form, address, body) {
  const answer = await fetch(address, {
    method: 'POST',
    headers: {'Content-Type': 'application/json', 'X-CSRFToken': form.elements.csrfmiddlewaretoken.value},
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(String(answer.status))
  return answer.json()
}

function asked(options) {
  const o = options.publicKey
  o.challenge = bytes(o.challenge)
  if (o.user) o.user.id = bytes(o.user.id)
  for (const list of [o.allowCredentials, o.excludeCredentials]) for (const one of list || []) one.id = bytes(one.id)
  return {publicKey: o}
}

function given(credential) {
  const r = credential.response
  const response = {clientDataJSON: text(r.clientDataJSON)}
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) if (r[name]) response[name] = text(r[name])
  if (r.getTransports) response.transports = r.getTransports()
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    authenticatorAttachment: credential.authenticatorAttachment || undefined, clientExtensionResults: credential.getClientExtensionResults(),
  }
}

async function run(form) {
  const wrong = form.querySelector('.error')
  wrong.hidden = true
  try {
    const options = asked(await post(form, form.dataset.options, {}))
    const credential = form.dataset.passkey === 'new' ? await navigator.credentials.create(options) : await navigator.credentials.get(options)
    const name = form.elements.name ? form.elements.name.value : ''
    const next = form.elements.next ? form.elements.next.value : ''
    const done = await post(form, form.action, {name, next, credential: given(credential)})
    location.assign(done.next)
  } catch (failure) {
    if (failure.name === 'NotAllowedError') return // the person changed their mind
    wrong.hidden = false
    wrong.focus()
  }
}

for (const box of document.querySelectorAll('input[data-shows]')) {
  box.parentElement.hidden = false
  box.checked = false
  box.addEventListener('change', () => { document.getElementById(box.dataset.shows).type = box.checked ? 'text' : 'password' })
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false
    form.addEventListener('submit', event => {
      event.preventDefault()
      run(form)
    })
  }
  for (const hint of document.querySelectorAll('[data-with-passkey]')) hint.hidden = false
  for (const hint of document.querySelectorAll('[data-without-passkey]')) hint.hidden = true
}
