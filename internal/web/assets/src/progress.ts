// A file that is made beforehand: the page asks again by itself how far it is, and fetches the file once it stands.
import { announce, page } from "./shared/island.ts"

const patience = 60 // questions in a row that may fail

class ParvisProgress extends HTMLElement {
  private failed = 0
  private told = 0

  connectedCallback(): void {
    this.later()
  }

  private later(): void {
    if (this.dataset["coming"] !== undefined) setTimeout(() => void this.ask(), this.failed ? 5000 : 1000)
  }

  private async ask(): Promise<void> {
    if (!this.isConnected) return
    try {
      this.take(await page(location.href))
      this.failed = 0
    } catch {
      if (++this.failed > patience) return location.reload()
    }
    this.later()
  }

  /** Takes how far the file is from a page. */
  private take(fresh: Document): void {
    const other = fresh.querySelector<HTMLElement>("parvis-progress")
    if (!other) throw new Error("no progress")
    const said = (part: Element): string => part.querySelector("[role=status]")?.textContent ?? ""
    const before = said(this)
    this.replaceChildren(...[...other.childNodes].map(n => document.importNode(n, true)))
    document.title = fresh.title
    this.tell(before, said(this), this.querySelector("progress")?.value ?? 0)
    if (other.dataset["coming"] !== undefined) return
    delete this.dataset["coming"]
    const file = this.querySelector<HTMLAnchorElement>("a[download]")
    file?.focus()
    file?.click()
  }

  /** Says what has changed to who listens: each quarter, and every new state. */
  private tell(before: string, now: string, done: number): void {
    this.querySelector("[role=status]")?.removeAttribute("role")
    const quarter = Math.floor(done / 25)
    if (now === before && quarter <= this.told) return
    this.told = quarter
    announce(now === before ? document.title : now)
  }
}

customElements.define("parvis-progress", ParvisProgress)
