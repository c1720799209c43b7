// What a screen reader or a keyboard would stumble over: controls without a name, tables without
// headings, two elements of one id. The answer lists them; empty is well.
() => {
  const seen = (e) => e.offsetParent !== null || e.getClientRects().length > 0
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen)
  const name = (e) => [
    e.getAttribute('aria-label'), e.title, e.textContent,
    ...[...(e.labels ?? [])].map((label) => label.textContent),
    ...(e.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent),
  ].some((text) => text?.trim())
  const ids = all('[id]').map((e) => e.id)
  return [
    ...all('button, a[href], input, select, textarea, [role=meter], [role=img]').filter((e) => !name(e)).map((e) => `no name: ${e.outerHTML.slice(0, 120)}`),
    ...all('table').filter((e) => !e.querySelector('th')).map((e) => `no heading: ${e.outerHTML.slice(0, 120)}`),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `twice: #${id}`),
    ...all('[aria-describedby]').filter((e) => !document.getElementById(e.getAttribute('aria-describedby'))).map((e) => `describes nothing: ${e.outerHTML.slice(0, 120)}`),
  ]
}
