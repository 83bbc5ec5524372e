// The table of a dataset: pages, orders and filters take the place of the rows without a new page; a column's page opens
// beside it; and whoever wants it goes through the cells with the arrow keys.
import { announce, busy, closer, page } from "./shared/island.ts"

class ParvisTable extends HTMLElement {
  private asked?: AbortController
  private ahead = new Map<string, Promise<Document>>()

  connectedCallback(): void {
    this.addEventListener("click", event => this.follow(event))
    this.addEventListener("submit", event => this.send(event))
    this.addEventListener("keydown", event => this.key(event))
    addEventListener("popstate", () => void this.renew(location.href, false))
    this.prepare()
  }

  private here(link: HTMLAnchorElement): boolean {
    return link.origin === location.origin && link.pathname === location.pathname && !link.hash && !link.hasAttribute("download") && !link.target
  }

  private follow(event: MouseEvent): void {
    const link = (event.target as Element).closest("a")
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    if (link.classList.contains("about")) {
      event.preventDefault()
      void this.about(link)
    } else if (this.here(link)) {
      event.preventDefault()
      void this.renew(link.href, true)
    }
  }

  private send(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement
    if (form.method !== "get") return
    event.preventDefault()
    const query = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]).filter(([, value]) => value !== "") as [string, string][])
    void this.renew(`${location.pathname}?${query}`, true)
  }

  /** Takes the table of an address in the place of this one. */
  private async renew(address: string, push: boolean): Promise<void> {
    this.asked?.abort()
    const mine = (this.asked = new AbortController())
    const late = setTimeout(() => mine.abort(), 10_000)
    const focus = this.focused()
    try {
      const kept = this.ahead.get(address)
      const fresh = await busy(this, kept ?? page(address, mine.signal))
      if (mine !== this.asked) return
      const other = fresh.querySelector("parvis-table")
      if (!other) throw new Error("no table")
      this.replaceChildren(...[...other.childNodes].map(n => document.importNode(n, true)))
      if (push) history.pushState(null, "", address)
      document.title = fresh.title
      const tabs = fresh.querySelector(".tabs")
      if (tabs) document.querySelector(".tabs")?.replaceWith(document.importNode(tabs, true))
      this.prepare()
      this.refocus(focus)
      const said = this.querySelector("[role=status]")?.textContent
      this.querySelector("[role=status]")?.removeAttribute("role") // announced once, below
      announce(said ?? this.querySelector("h2")?.textContent ?? "")
    } catch {
      if (mine !== this.asked) return
      if (mine.signal.aborted) this.tell()
      else location.assign(address) // the page itself says what is wrong
    } finally {
      clearTimeout(late)
    }
  }

  /** Where the focus is, so that it is found again among new rows. */
  private focused(): string {
    const now = document.activeElement
    if (!now || !this.contains(now)) return ""
    const head = now.closest("th[scope=col]")
    if (head) return `thead th:nth-child(${(head as HTMLTableCellElement).cellIndex + 1}) a`
    if (now.closest(".pager")) return now.getAttribute("rel") ? `.pager a[rel=${now.getAttribute("rel")}]` : ".pager a[aria-current]"
    return now.id ? `#${CSS.escape(now.id)}` : ".scroll"
  }

  private refocus(selector: string): void {
    if (selector) (this.querySelector<HTMLElement>(selector) ?? this.querySelector<HTMLElement>(".scroll"))?.focus({ preventScroll: true })
  }

  private tell(): void {
    this.querySelector(".failed")?.remove()
    const p = document.createElement("p")
    p.className = "error failed"
    p.textContent = this.dataset.failed ?? ""
    this.prepend(p)
    announce(p.textContent)
  }

  /** Fetches the next page while nobody waits for it. */
  private prepare(): void {
    this.ahead.clear()
    const table = this.querySelector("table")
    table?.querySelectorAll("tr").forEach((row, i) => row.setAttribute("aria-rowindex", String(i + 1)))
    const next = this.querySelector<HTMLAnchorElement>(".pager a[rel=next]")
    next?.addEventListener("pointerenter", () => {
      if (!this.ahead.has(next.href)) {
        const asked = page(next.href)
        asked.catch(() => this.ahead.delete(next.href))
        this.ahead.set(next.href, asked)
      }
    }, { once: true })
  }

  /** Opens the page on a column beside the table. */
  private async about(link: HTMLAnchorElement): Promise<void> {
    try {
      const fresh = await page(link.href)
      const part = fresh.querySelector("[data-column]")
      if (!part) throw new Error("no column")
      const box = document.createElement("dialog")
      box.className = "pop"
      const title = document.createElement("h2")
      title.textContent = fresh.querySelector("h1")?.textContent ?? ""
      title.id = "pop-title"
      box.setAttribute("aria-labelledby", title.id)
      const close = closer(this.dataset.close, () => box.close())
      box.append(close, title, document.importNode(part, true))
      for (const form of box.querySelectorAll("form")) form.action = link.href
      box.addEventListener("close", () => { box.remove(); link.focus() })
      box.addEventListener("click", event => { if (event.target === box) box.close() })
      document.body.append(box)
      box.showModal()
    } catch {
      location.assign(link.href)
    }
  }

  /** Enter on the table begins the grid mode, Escape ends it; in between arrow keys go from cell to cell. */
  private key(event: KeyboardEvent): void {
    const region = this.querySelector<HTMLElement>(".scroll")
    const cell = (event.target as Element).closest<HTMLTableCellElement>("td,th")
    if (event.target === region && event.key === "Enter") {
      event.preventDefault()
      this.enter()
      return
    }
    if (!cell || !this.classList.contains("grid")) return
    const row = cell.parentElement as HTMLTableRowElement
    const rows = [...this.querySelectorAll<HTMLTableRowElement>("tr")]
    const i = rows.indexOf(row)
    const way = document.documentElement.dir === "rtl" ? -1 : 1
    const moves: Record<string, [number, number]> = {
      ArrowDown: [i + 1, cell.cellIndex], ArrowUp: [i - 1, cell.cellIndex], ArrowRight: [i, cell.cellIndex + way], ArrowLeft: [i, cell.cellIndex - way],
      Home: [i, 0], End: [i, row.cells.length - 1], PageDown: [Math.min(i + 10, rows.length - 1), cell.cellIndex], PageUp: [Math.max(i - 10, 0), cell.cellIndex],
    }
    const move = moves[event.key]
    if (move) {
      const to = rows[move[0]]?.cells[move[1]]
      event.preventDefault()
      if (to) this.go(cell, to)
    } else if (event.key === "Enter" && event.target === cell) {
      cell.querySelector<HTMLElement>("a")?.click()
    } else if (event.key === "Escape") {
      event.preventDefault()
      this.leave()
    }
  }

  private enter(): void {
    const table = this.querySelector("table")
    const first = table?.querySelector<HTMLTableCellElement>("tbody th, tbody td")
    if (!table || !first) return
    this.classList.add("grid")
    table.setAttribute("role", "grid")
    announce(this.dataset.grid ?? "")
    for (const link of table.querySelectorAll("a")) link.tabIndex = -1
    first.tabIndex = 0
    first.focus()
  }

  private go(from: HTMLElement, to: HTMLElement): void {
    from.removeAttribute("tabindex")
    to.tabIndex = 0
    to.focus()
    to.scrollIntoView({ block: "nearest", inline: "nearest" })
  }

  private leave(): void {
    const table = this.querySelector("table")
    this.classList.remove("grid")
    table?.removeAttribute("role")
    for (const one of table?.querySelectorAll<HTMLElement>("[tabindex]") ?? []) one.removeAttribute("tabindex")
    this.querySelector<HTMLElement>(".scroll")?.focus()
  }
}

customElements.define("parvis-table", ParvisTable)
