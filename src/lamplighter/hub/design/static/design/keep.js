// Holds what is being typed on a form marked data-keep, for its author alone, when typing pauses and when the page is
// left. Without this script a form is held whenever one of its buttons is pressed.
const pause = 3000
const form = document.querySelector('form[data-keep]')
let waiting = 0
let sent = ''

function typed () {
  const data = new FormData(form)
  data.append('_leave', 'yes')
  return data
}

function hold () {
  window.clearTimeout(waiting)
  const data = typed()
  const now = new URLSearchParams(data).toString()
  if (now === sent) return
  sent = now
  navigator.sendBeacon(window.location.href, data)
}

if (form) {
  sent = new URLSearchParams(typed()).toString()
  form.addEventListener('input', () => {
    window.clearTimeout(waiting)
    waiting = window.setTimeout(hold, pause)
  })
  form.addEventListener('submit', () => {
    window.clearTimeout(waiting)
    sent = new URLSearchParams(typed()).toString()
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') hold()
  })
  window.addEventListener('pagehide', hold)
}
