// Renews the part of a page that is marked data-watch, until it is no longer marked.
// Without this script the page's own link does the same.
const every = 2000

async function renew () {
  const here = document.querySelector('[data-watch]')
  if (!here) return
  try {
    const answer = await fetch(window.location.pathname, { credentials: 'same-origin' })
    if (!answer.ok || answer.redirected) return
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const there = page.getElementById(here.id)
    if (!there) return
    if (!there.hasAttribute('data-watch')) {
      window.location.reload()
      return
    }
    here.replaceChildren(...there.childNodes)
  } catch (problem) {
    // The network was away for a moment: try again at the next turn.
  }
  window.setTimeout(renew, every)
}

window.setTimeout(renew, every)
