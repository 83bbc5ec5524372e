// The console of the API: names of fields and words of the query language are offered while somebody writes, and the
// answer takes the place of the one before without a new page.
import { announce, busy, page } from "./shared/island.ts"

/** What may be written: a name of the dataset or a word of the language, with what it means. */
interface Offer { word: string; says: string }

const most = 8

class ParvisConsole extends HTMLElement {
  private asked?: AbortController
  private fields: Offer[] = []

  connectedCallback(): void {
    this.fields = this.offers("fields")
    for (const input of this.querySelectorAll<HTMLInputElement>("input[data-complete]")) new Completion(input, [...this.fields, ...this.offers(`words-${input.name}`)])
    this.querySelector("form")?.addEventListener("submit", event => {
      event.preventDefault()
      const form = event.target as HTMLFormElement
      const query = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)] as [string, string]).filter(([name, value]) => value !== "" || name === "limit"))
      void this.send(`${location.pathname}?${query}`)
    })
  }

  private offers(id: string): Offer[] {
    return [...this.querySelectorAll<HTMLOptionElement>(`datalist#${id} option`)].map(o => ({ word: o.value, says: o.label === o.value ? "" : o.label }))
  }

  /** Takes the answer of an address in the place of this one; a page that cannot be had is gone to. */
  private async send(address: string): Promise<void> {
    this.asked?.abort()
    const mine = (this.asked = new AbortController())
    try {
      const fresh = await busy(this, page(address, mine.signal))
      const parts = ["data-request", "data-answer"].map(name => [this.querySelector(`[${name}]`), fresh.querySelector(`[${name}]`)] as const)
      if (parts.some(([old, now]) => !old || !now)) throw new Error("no answer")
      for (const [old, now] of parts) old?.replaceWith(document.importNode(now as Element, true))
      history.replaceState(null, "", address)
      const status = this.querySelector("[role=status]")
      const said = status?.textContent ?? ""
      status?.removeAttribute("role") // announced once, here
      announce(said)
    } catch {
      if (!mine.signal.aborted) location.assign(address)
    }
  }
}

/** Completes the word before the caret, as a combobox with a list. */
class Completion {
  private list = document.createElement("ul")
  private found: Offer[] = []
  private at = -1

  constructor(private input: HTMLInputElement, private offers: Offer[]) {
    this.list.id = `${input.id}-offers`
    this.list.className = "offers"
    this.list.hidden = true
    this.list.dir = "ltr"
    this.list.setAttribute("role", "listbox")
    this.list.setAttribute("aria-label", input.labels?.[0]?.textContent ?? input.name)
    input.removeAttribute("list")
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", this.list.id]] as const) input.setAttribute(name, value)
    input.after(this.list)
    input.addEventListener("input", () => this.offer())
    input.addEventListener("keydown", event => this.key(event))
    input.addEventListener("blur", () => this.close())
    this.list.addEventListener("mousedown", event => {
      event.preventDefault() // the input keeps the focus
      const item = (event.target as Element).closest("li")
      if (item) this.take([...this.list.children].indexOf(item))
    })
  }

  /** The word before the caret, "" inside a quoted text. */
  private word(): string {
    const before = this.input.value.slice(0, this.input.selectionStart ?? 0)
    if ((before.split('"').length - 1) % 2 || (before.split("'").length - 1) % 2) return ""
    return /[\p{L}\p{N}_]+$/u.exec(before)?.[0] ?? ""
  }

  private offer(): void {
    const word = this.word()
    const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
    const start = fold(word)
    const within = (o: Offer): number => fold(o.word).startsWith(start) ? 0 : fold(o.says).startsWith(start) ? 1 : fold(o.word).includes(start) ? 2 : 3
    this.found = start ? this.offers.map(o => [within(o), o] as const).filter(([rank, o]) => rank < 3 && o.word !== word).sort((a, b) => a[0] - b[0]).map(([, o]) => o).slice(0, most) : []
    this.at = -1
    this.list.replaceChildren(...this.found.map((o, i) => {
      const item = document.createElement("li")
      item.id = `${this.list.id}-${i}`
      item.setAttribute("role", "option")
      const code = document.createElement("code")
      code.textContent = o.word
      item.append(code)
      if (o.says) {
        const says = document.createElement("bdi")
        says.textContent = o.says
        item.append(says)
      }
      return item
    }))
    this.show(this.found.length > 0)
  }

  private show(open: boolean): void {
    this.list.hidden = !open
    this.input.setAttribute("aria-expanded", String(open))
    this.mark()
  }

  private mark(): void {
    ;[...this.list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === this.at)))
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`)
    else this.input.removeAttribute("aria-activedescendant")
  }

  private close(): void {
    this.found = []
    this.at = -1
    this.show(false)
  }

  private key(event: KeyboardEvent): void {
    if (this.list.hidden) return
    const n = this.found.length
    if (event.key === "ArrowDown") this.at = (this.at + 1) % n
    else if (event.key === "ArrowUp") this.at = (Math.max(this.at, 0) + n - 1) % n
    else if (event.key === "Escape") return void (event.preventDefault(), this.close())
    else if (event.key === "Enter" && this.at >= 0) return void (event.preventDefault(), this.take(this.at))
    else return
    event.preventDefault()
    this.mark()
  }

  private take(i: number): void {
    const offer = this.found[i]
    if (!offer) return
    const end = this.input.selectionStart ?? 0
    this.input.setRangeText(offer.word, end - this.word().length, end, "end")
    this.close()
  }
}

customElements.define("parvis-console", ParvisConsole)
