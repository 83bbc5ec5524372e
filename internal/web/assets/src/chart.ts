// The figure of a dataset: settings redraw it in place; whoever reaches for it explores it with ECharts.
import type * as EC from "libraries/echarts"
import { announce, busy, json, library, page } from "./shared/island.ts"

type Echarts = typeof EC & { init: (element: HTMLElement, theme: null, options: object) => Live }
interface Live { setOption(option: object): void; resize(): void; dispose(): void }
interface Values {
  kind: string; title: string; labels: string[]
  series: { name: string; values: (number | null)[]; low?: (number | null)[]; boxes?: (number | null)[][] }[]
  points?: [number, number, string][]
}

class ParvisChart extends HTMLElement {
  private form!: HTMLFormElement
  private asked?: AbortController
  private live?: Live
  private typed?: number

  connectedCallback(): void {
    const form = this.querySelector<HTMLFormElement>(".builder")
    if (!form) { // a chart that was saved: there is nothing to set
      this.prepare()
      return
    }
    this.form = form
    form.addEventListener("change", () => void this.redraw())
    form.addEventListener("input", event => {
      if (!(event.target instanceof HTMLInputElement) || event.target.type === "radio") return
      clearTimeout(this.typed)
      this.typed = window.setTimeout(() => void this.redraw(), 400)
    })
    form.addEventListener("submit", event => { event.preventDefault(); void this.redraw() })
    addEventListener("popstate", () => location.reload())
    this.prepare()
  }

  /** Asks for the page that the form describes and takes its figure. */
  private async redraw(): Promise<void> {
    clearTimeout(this.typed)
    this.asked?.abort()
    const mine = (this.asked = new AbortController())
    const query = new URLSearchParams([...new FormData(this.form)].map(([name, value]) => [name, String(value)]))
    const address = `${location.pathname}?${query}`
    const shown = this.querySelector<HTMLElement>(".shown")!
    const late = setTimeout(() => mine.abort(), 10_000)
    try {
      const fresh = await busy(shown, page(address, mine.signal))
      const figure = fresh.querySelector(".shown")
      if (!figure) throw new Error("no figure")
      this.live?.dispose()
      this.live = undefined
      shown.replaceChildren(...[...figure.childNodes].map(n => document.importNode(n, true)))
      this.settings(fresh)
      history.pushState(null, "", address)
      announce(shown.querySelector("#finding")?.textContent ?? "")
      this.prepare()
    } catch {
      if (mine !== this.asked) return // a newer question is under way
      this.tell()
    } finally {
      clearTimeout(late)
    }
  }

  /** Takes the choices that the new page offers, but for what the visitor is changing. */
  private settings(fresh: Document): void {
    const now = document.activeElement
    for (const mine of this.form.querySelectorAll<HTMLElement>(".fld")) {
      const id = mine.querySelector("select,input")?.id
      const other = id ? fresh.getElementById(id)?.closest(".fld") : null
      if (mine.contains(now)) continue
      if (other) mine.replaceWith(document.importNode(other, true))
      else mine.remove()
    }
    const button = this.form.querySelector("button")?.parentElement
    for (const other of fresh.querySelectorAll(".builder .fld")) {
      const id = other.querySelector("select,input")?.id
      if (id && !document.getElementById(id)) button?.before(document.importNode(other, true))
    }
    const kind = fresh.querySelector<HTMLInputElement>(".kinds :checked")?.value
    for (const radio of this.form.querySelectorAll<HTMLInputElement>(".kinds input")) radio.checked = radio.value === kind
  }

  private tell(): void {
    const shown = this.querySelector(".shown")
    this.querySelector(".failed")?.remove()
    const p = document.createElement("p")
    p.className = "error failed"
    p.textContent = this.dataset.failed ?? ""
    shown?.prepend(p)
    announce(p.textContent)
  }

  private prepare(): void {
    const figure = this.querySelector<HTMLElement>(".fig")
    if (!figure) return
    const draw = [...figure.querySelectorAll<HTMLElement>(".draw")]
    const begin = (): void => { void this.explore(figure, draw) }
    for (const d of draw) d.addEventListener("pointerenter", event => { if (event.pointerType === "mouse") begin() }, { once: true })
    const view = this.querySelector(".view")
    if (!view || view.querySelector("button")) return
    const explore = document.createElement("button")
    explore.type = "button"
    explore.className = "btn alt sm"
    explore.textContent = this.dataset.explore ?? ""
    explore.addEventListener("click", () => { begin(); explore.remove() })
    const png = document.createElement("button")
    png.type = "button"
    png.className = "btn alt sm"
    png.textContent = this.dataset.png ?? "PNG"
    png.addEventListener("click", () => void this.picture())
    view.append(" ", png, " ", explore)
  }

  /** Draws the figure's file on a canvas and hands it out as a PNG. */
  private async picture(): Promise<void> {
    try {
      const link = this.querySelector<HTMLAnchorElement>(".view a")
      const text = await (await fetch(link!.href)).text()
      const image = new Image()
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text)
      await image.decode()
      const canvas = document.createElement("canvas")
      canvas.width = image.naturalWidth * 2
      canvas.height = image.naturalHeight * 2
      canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height)
      const save = document.createElement("a")
      save.href = canvas.toDataURL("image/png")
      save.download = (location.pathname.split("/")[3] ?? "figure") + ".png"
      save.click()
    } catch {
      this.tell()
    }
  }

  private color(name: string): string { return getComputedStyle(this).getPropertyValue(name).trim() }

  private async explore(figure: HTMLElement, draw: HTMLElement[]): Promise<void> {
    if (this.live || !figure.isConnected) return
    try {
      const [echarts, values] = await Promise.all([library<Echarts>(this.dataset.library), json<Values>(figure.dataset.values ?? "")])
      if (this.live || !figure.isConnected) return
      const option = this.option(values)
      if (!option) return
      const box = document.createElement("div")
      box.className = "live"
      draw[0]!.before(box)
      const live = echarts.init(box, null, { renderer: "svg" })
      live.setOption(option)
      for (const d of draw) d.hidden = true
      figure.querySelector<HTMLElement>(".legend")?.setAttribute("hidden", "")
      this.live = live
      new ResizeObserver(() => live.resize()).observe(box)
    } catch {
      figure.querySelector(".live")?.remove() // the server's drawing stays
      for (const d of draw) d.hidden = false
    }
  }

  /** Says the figure in the words of ECharts; undefined for a kind that the server draws better. */
  private option(v: Values): object | undefined {
    const colors = ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6", "--c0"].map(n => this.color(n))
    const ink = this.color("--ink"), faint = this.color("--ink-2"), line = this.color("--line"), paper = this.color("--paper")
    const locale = document.documentElement.lang
    const format = (n: unknown): string => typeof n === "number" ? n.toLocaleString(locale, { maximumFractionDigits: 2 }) : "–"
    const base = {
      color: colors, animation: !matchMedia("(prefers-reduced-motion: reduce)").matches, animationDuration: 250,
      textStyle: { fontFamily: getComputedStyle(this).fontFamily, color: ink, fontSize: 14 },
      aria: { enabled: true, decal: { show: v.series.length > 1 }, label: { description: v.title } },
      tooltip: { trigger: "item", backgroundColor: paper, borderColor: line, textStyle: { color: ink }, valueFormatter: format, renderMode: "richText" },
      grid: { left: 8, right: 24, top: v.series.length > 1 ? 44 : 12, bottom: v.labels.length > 40 ? 56 : 8, containLabel: true },
      ...(v.series.length > 1 ? { legend: { type: "scroll", textStyle: { color: ink }, top: 0 } } : {}),
    }
    const names = { type: "category", data: v.labels, axisLabel: { color: faint, hideOverlap: true }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false } }
    const numbers = { type: "value", axisLabel: { color: faint, formatter: format }, splitLine: { lineStyle: { color: line } } }
    const zoom = v.labels.length > 40 ? { dataZoom: [{ type: "inside" }, { type: "slider", height: 24, bottom: 8 }] } : {}
    switch (v.kind) {
      case "bar":
        return { ...base, xAxis: numbers, yAxis: { ...names, inverse: true }, series: v.series.map(s => ({ type: "bar", name: s.name, data: s.values })) }
      case "column": case "stacked": case "combined":
        return { ...base, ...zoom, tooltip: { ...base.tooltip, trigger: "axis" }, xAxis: names, yAxis: numbers, series: v.series.map((s, i) => ({
          type: v.kind === "combined" && i > 0 && i === v.series.length - 1 ? "line" : "bar", name: s.name, data: s.values, ...(v.kind === "stacked" ? { stack: "all" } : {}) })) }
      case "line": case "area":
        return { ...base, ...zoom, tooltip: { ...base.tooltip, trigger: "axis" }, xAxis: { ...names, boundaryGap: false }, yAxis: { ...numbers, scale: v.kind === "line" }, series: v.series.map(s => ({
          type: "line", name: s.name, data: s.values, showSymbol: v.labels.length < 60, ...(v.kind === "area" ? { areaStyle: { opacity: 0.25 } } : {}) })) }
      case "pie":
        return { ...base, legend: undefined, series: [{ type: "pie", radius: ["45%", "80%"], label: { color: ink }, data: v.labels.map((name, i) => ({ name, value: v.series[0]?.values[i] })) }] }
      case "treemap":
        return { ...base, legend: undefined, series: [{ type: "treemap", roam: false, nodeClick: false, breadcrumb: { show: false }, data: v.labels.map((name, i) => ({ name, value: v.series[0]?.values[i] })) }] }
      case "scatter":
        return { ...base, legend: undefined, xAxis: { ...numbers, name: v.series[0]?.name, nameLocation: "middle", nameGap: 28, scale: true }, yAxis: { ...numbers, scale: true },
          series: [{ type: "scatter", symbolSize: 9, itemStyle: { opacity: 0.6 }, data: (v.points ?? []).map(p => ({ value: [p[0], p[1]], name: p[2] })) }] }
      case "box":
        return { ...base, legend: undefined, xAxis: names, yAxis: { ...numbers, scale: true }, series: [{ type: "boxplot", data: v.series[0]?.boxes }] }
    }
    return undefined
  }
}

customElements.define("parvis-chart", ParvisChart)
