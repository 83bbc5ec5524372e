// What every island shares. An island is a custom element in light DOM around a complete part of a page made by the
// server: it makes that part quicker and leaves it standing when something fails.

/** Asks the portal for a page and gives its document; a failure is an Error with the status. */
export async function page(address: string, signal?: AbortSignal): Promise<Document> {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: signal ?? null })
  if (!answer.ok) throw new Error(String(answer.status))
  return new DOMParser().parseFromString(await answer.text(), "text/html")
}

/** Asks the portal for JSON; a failure is an Error with the status. */
export async function json<T>(address: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: signal ?? null })
  if (!answer.ok) throw new Error(String(answer.status))
  return (await answer.json()) as T
}

let live: HTMLElement | undefined

/** Tells a text to who listens to the page instead of looking at it, once. */
export function announce(text: string): void {
  if (!live) {
    live = document.createElement("p")
    live.className = "vh"
    live.setAttribute("role", "status")
    document.body.append(live)
  }
  const here = live
  here.textContent = ""
  setTimeout(() => { here.textContent = text }, 50)
}

/** Marks a part as busy while work is under way, only when it takes longer than a moment. */
export async function busy<T>(part: Element, work: Promise<T>): Promise<T> {
  const later = setTimeout(() => part.setAttribute("aria-busy", "true"), 150)
  try {
    return await work
  } finally {
    clearTimeout(later)
    part.removeAttribute("aria-busy")
  }
}

/** Imports a library from the address that the server gave, as data-… of an element. */
export async function library<T>(address: string | undefined): Promise<T> {
  if (!address) throw new Error("no address")
  return (await import(address)) as T
}

/** Makes the button that closes a part of the page. */
export function closer(label: string | undefined, close: () => void): HTMLButtonElement {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "btn alt sm close"
  button.textContent = "×"
  button.setAttribute("aria-label", label ?? "")
  button.addEventListener("click", close)
  return button
}
