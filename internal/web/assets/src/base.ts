import { announce } from "./shared/island.ts"

// For every page: menus close when the visitor goes on, as with any other menu of their machine.
for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu]")) {
  menu.addEventListener("keydown", event => {
    if (event.key !== "Escape" || !menu.open) return
    menu.open = false
    menu.querySelector("summary")?.focus()
  })
  document.addEventListener("click", event => {
    if (menu.open && !menu.contains(event.target as Node)) menu.open = false
  })
}

/** A button that copies a text, or what another part of the page holds. The script makes it, since without one it could do nothing. */
class ParvisCopy extends HTMLElement {
  connectedCallback(): void {
    const { label = "", done = "", name = "" } = this.dataset
    if (!navigator.clipboard || this.firstChild) return
    const button = document.createElement("button")
    button.type = "button"
    button.className = "btn alt sm"
    button.textContent = label
    button.setAttribute("aria-label", `${label} – ${name}`)
    button.addEventListener("click", () => void navigator.clipboard.writeText(this.text()).then(() => {
      button.textContent = done
      announce(`${done} – ${name}`)
      setTimeout(() => { button.textContent = label }, 2000)
    }, () => { button.hidden = true })) // the browser does not allow it
    this.append(button)
  }

  private text(): string {
    const of = document.getElementById(this.dataset["of"] ?? "")
    if (!of) return this.dataset["text"] ?? ""
    return "value" in of ? String(of.value) : (of.textContent ?? "").trim()
  }
}

customElements.define("parvis-copy", ParvisCopy)
