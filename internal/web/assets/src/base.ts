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
