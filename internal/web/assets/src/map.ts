// The map of a dataset: vector tiles over the server's drawing, once somebody reaches for it.
import type * as OL from "libraries/ol"
import type { Feature, MapBrowserEvent } from "./shared/ol.ts"
import { announce, closer, library, page } from "./shared/island.ts"

/** The rows of a dataset. */
interface Source {
  tiles: string; record: string; numbers: boolean; plain?: string; classes: [string, string | number | null, number | null][] | null
}
interface Settings extends Source {
  ground: string; most: number; kind?: "picture" | "vector"; credit: string; more?: Source[]
  box: [number, number, number, number]; name: string
}

type Library = typeof OL
const tooLong = 10_000

class ParvisMap extends HTMLElement {
  private settings!: Settings
  private ol!: Library
  private map!: InstanceType<Library["Map"]>
  private view!: HTMLElement
  private told?: HTMLElement
  private begun = false
  private readonly sources = new Map<unknown, Source>() // by layer
  private failed = 0

  connectedCallback(): void {
    try {
      this.settings = JSON.parse(this.dataset.map ?? "") as Settings
    } catch {
      return
    }
    const start = document.createElement("button")
    start.type = "button"
    start.className = "btn sm start"
    start.textContent = this.dataset.start ?? ""
    start.addEventListener("click", () => void this.begin(true))
    this.append(start)
    const drawing = this.querySelector("svg")
    drawing?.addEventListener("pointerenter", event => { if (event.pointerType === "mouse") void this.begin(false) }, { once: true })
  }

  private async begin(asked: boolean): Promise<void> {
    if (this.begun) return
    this.begun = true
    const start = this.querySelector<HTMLButtonElement>(".start")
    try {
      const late = new Promise<never>((_, no) => setTimeout(() => no(new Error("late")), tooLong))
      this.ol = await Promise.race([library<Library>(this.dataset.library), late])
      this.open()
      start?.remove()
      if (asked) this.view.focus()
    } catch {
      this.view?.remove()
      this.fail()
      start?.remove()
    }
  }

  private fail(): void {
    this.tell(this.dataset.failed ?? "", 0)
    announce(this.dataset.failed ?? "")
  }

  /** Shows a text over the map, for some milliseconds or (0) for good. */
  private tell(text: string, time = 1500): void {
    this.told?.remove()
    const p = document.createElement("p")
    p.className = "told"
    p.textContent = text
    this.append(p)
    this.told = p
    if (time > 0) setTimeout(() => p.remove(), time)
  }

  private color(name: string): string { return getComputedStyle(this).getPropertyValue(name).trim() || "#888" }

  private open(): void {
    const { ol, settings } = this
    this.view = document.createElement("div")
    this.view.className = "view"
    this.view.tabIndex = 0
    this.view.setAttribute("role", "application")
    this.view.setAttribute("aria-label", this.dataset.keys ?? "")
    this.querySelector("figure")?.append(this.view)

    const rows = [settings, ...(settings.more ?? [])].map((of, i) => {
      const layer = new ol.VectorTileLayer({
        source: new ol.VectorTileSource({ format: new ol.MVT({ idProperty: "id" }), url: of.tiles, maxZoom: 20, tileSize: 256 }),
        style: (f: unknown) => this.look(f as Feature, of), declutter: true, zIndex: 5 + i,
      })
      layer.getSource()!.on("tileloaderror" as never, (() => {
        if (++this.failed === 3) { this.view.remove(); this.querySelectorAll(".ctl,.draw").forEach(e => e.remove()); this.fail() }
      }) as never)
      this.sources.set(layer, of)
      return layer
    })
    const layers = this.ground()
    this.map = new ol.Map({
      target: this.view, layers: [...layers, ...rows], controls: [],
      interactions: ol.interactions({ dragPan: false, mouseWheelZoom: false, altShiftDragRotate: false, pinchRotate: false }).extend([
        new ol.DragPan({ condition: event => this.mayDrag(event as MapBrowserEvent) }),
        new ol.MouseWheelZoom({ condition: event => ol.platformModifierKey(event) || document.activeElement === this.view }),
      ]),
      view: new ol.View({ projection: "EPSG:3857", maxZoom: 19, smoothResolutionConstraint: false }),
    })
    this.fit()
    this.map.on("click", event => void this.pick(event as unknown as MapBrowserEvent))
    this.map.on("pointermove", event => {
      this.view.classList.toggle("over", this.map.hasFeatureAtPixel(event.pixel, { layerFilter: l => this.sources.has(l) }))
    })
    this.view.addEventListener("keydown", event => this.key(event))
    this.controls()
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { for (const l of this.map.getLayers().getArray()) l.changed() })
  }

  /** One finger scrolls the page, two move the map. */
  private mayDrag(event: MapBrowserEvent): boolean {
    const touch = event.originalEvent.pointerType === "touch"
    if (touch && (event.activePointers?.length ?? 1) < 2) {
      this.tell(this.dataset.fingers ?? "")
      return false
    }
    return this.ol.noModifierKeys(event as never)
  }

  private ground(): InstanceType<Library["VectorTileLayer"]>[] {
    const { ol, settings } = this
    if (settings.kind === "picture") return [new ol.TileLayer({ source: new ol.XYZ({ url: settings.ground, maxZoom: settings.most }) }) as never]
    if (settings.kind === "vector") {
      return [new ol.VectorTileLayer({
        source: new ol.VectorTileSource({ format: new ol.MVT(), url: settings.ground, maxZoom: settings.most }), declutter: true, style: (f: unknown) => this.street(f as Feature),
      })]
    }
    return [new ol.VectorTileLayer({
      source: new ol.VectorTileSource({ format: new ol.MVT(), url: settings.ground, maxZoom: settings.most, tileSize: 256 }),
      declutter: true,
      style: (f: unknown) => {
        const feature = f as Feature
        switch (feature.get("layer")) {
          case "land": return new ol.Style({ fill: new ol.Fill({ color: this.color("--paper") }), stroke: new ol.Stroke({ color: this.color("--line"), width: 0.7 }) })
          case "borders": return new ol.Style({ stroke: new ol.Stroke({ color: this.color("--line-2"), width: 0.8 }) })
          default: return new ol.Style({ text: this.text(String(feature.get(settings.name) ?? feature.get("name") ?? ""), "--ink-3", 400) })
        }
      },
    })]
  }

  /** The look of vector tiles as Protomaps and OpenMapTiles lay them out; other layers are drawn thin. */
  private street(feature: Feature): InstanceType<Library["Style"]> | undefined {
    const { ol } = this
    const layer = String(feature.get("layer"))
    const area = (color: string) => new ol.Style({ fill: new ol.Fill({ color: this.color(color) }) })
    const line = (color: string, width: number) => new ol.Style({ stroke: new ol.Stroke({ color: this.color(color), width }) })
    switch (layer) {
      case "earth": case "landcover": case "landuse": case "park": return area("--paper")
      case "water": case "ocean": return area("--stone-2")
      case "buildings": case "building": return area("--stone")
      case "waterway": case "physical_line": return line("--stone-2", 1.5)
      case "boundaries": case "boundary": return line("--line-2", 0.8)
      case "roads": case "transportation": {
        const kind = String(feature.get("kind") ?? feature.get("class") ?? "")
        return line(/highway|motorway|trunk|primary|major/.test(kind) ? "--line-2" : "--line", /highway|motorway|trunk/.test(kind) ? 2.5 : /major|primary|secondary/.test(kind) ? 1.8 : 1)
      }
      case "places": case "place": {
        const tongue = this.settings.name.replace("name_", "name:")
        return new ol.Style({ text: this.text(String(feature.get(tongue) ?? feature.get(this.settings.name) ?? feature.get("name") ?? ""), "--ink-2", 500) })
      }
    }
    return feature.getType().endsWith("LineString") ? line("--line", 0.7) : undefined
  }

  private text(words: string, color: string, weight: number, offset = 0): InstanceType<Library["Text"]> {
    const { ol } = this
    return new ol.Text({
      text: words, font: `${weight} 12px ${getComputedStyle(this).fontFamily}`, fill: new ol.Fill({ color: this.color(color) }),
      stroke: new ol.Stroke({ color: this.color("--paper"), width: 3 }), offsetY: offset, overflow: false,
    })
  }

  private fillOf(feature: Feature, { classes, numbers, plain }: Source): string {
    const steps: Record<string, string> = { 1: "--m1", 2: "--m2", 3: "--m3", 4: "--m4", 5: "--m5", a: "--accent", b: "--c2", c: "--c3", d: "--c4", e: "--c5", f: "--c6" }
    if (!classes?.length) return this.color(steps[plain ?? ""] ?? "--m4")
    const value = feature.get("v") as string | number | undefined
    if (value === undefined) return this.color("--stone-2")
    for (const [code, from, below] of classes) {
      const here = numbers ? (from === null || Number(value) >= Number(from)) && (below === null || Number(value) < below) : String(value) === from
      if (here) return this.color(steps[code] ?? "--line-2")
    }
    return this.color("--line-2")
  }

  private look(feature: Feature, of: Source): InstanceType<Library["Style"]> {
    const { ol } = this
    const n = Number(feature.get("n") ?? 1)
    const kind = feature.getType()
    const fill = new ol.Fill({ color: this.fillOf(feature, of) })
    const rim = new ol.Stroke({ color: this.color("--paper"), width: 1 })
    const label = String(feature.get("label") ?? "")
    const near = (this.map.getView().getZoom() ?? 0) >= 11
    if (kind === "Point" || kind === "MultiPoint") {
      const radius = n > 1 ? Math.min(5 + 3.2 * Math.log10(n), 18) : 6
      const words = n > 1 ? (radius > 10 ? n.toLocaleString(document.documentElement.lang) : "") : near ? label : ""
      return new ol.Style({
        image: new ol.Circle({ radius, fill, stroke: rim, declutterMode: "none" }),
        ...(words ? { text: n > 1 ? this.text(words, "--ink", 700) : this.text(words, "--ink", 600, -14) } : {}),
      })
    }
    if (kind === "LineString" || kind === "MultiLineString") return new ol.Style({ stroke: new ol.Stroke({ color: this.fillOf(feature, of), width: 2.5 }) })
    return new ol.Style({ fill, stroke: rim, ...(label ? { text: this.text(label, "--ink", 600) } : {}) })
  }

  private fit(): void {
    const [w, s, e, n] = this.settings.box
    const world = e - w > 300
    const extent = this.ol.transformExtent([w, world ? Math.max(s, -57) : Math.max(s, -85), e, world ? Math.min(n, 78) : Math.min(n, 85)], "EPSG:4326", "EPSG:3857")
    this.map.getView().fit(extent, { size: this.map.getSize() ?? [this.view.clientWidth, this.view.clientHeight], padding: [24, 24, 24, 24], maxZoom: 15 })
  }

  private zoom(by: number): void {
    const view = this.map.getView()
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches
    view.animate({ zoom: (view.getZoom() ?? 0) + by, duration: still ? 0 : 200 })
  }

  private key(event: KeyboardEvent): void {
    const view = this.map.getView()
    const step = 80 * (view.getResolution() ?? 1)
    const moves: Record<string, [number, number]> = { ArrowUp: [0, step], ArrowDown: [0, -step], ArrowLeft: [-step, 0], ArrowRight: [step, 0] }
    const move = moves[event.key]
    if (event.target !== this.view) return
    if (move) view.adjustCenter(move)
    else if (event.key === "+" || event.key === "=") this.zoom(1)
    else if (event.key === "-") this.zoom(-1)
    else if (event.key === "Enter") {
      const size = this.map.getSize() ?? [0, 0]
      const middle = [(size[0] ?? 0) / 2, (size[1] ?? 0) / 2]
      void this.pick({ pixel: middle, coordinate: this.map.getCoordinateFromPixel(middle) } as MapBrowserEvent)
    } else if (event.key === "Escape") {
      if (this.querySelector(".panel-row")) this.close()
      else this.view.blur()
    } else return
    event.preventDefault()
  }

  private controls(): void {
    const box = document.createElement("div")
    box.className = "ctl"
    const button = (text: string, name: string | undefined, does: () => void): HTMLButtonElement => {
      const b = document.createElement("button")
      b.type = "button"
      b.textContent = text
      b.setAttribute("aria-label", name ?? "")
      b.title = name ?? ""
      b.addEventListener("click", does)
      return b
    }
    box.append(button("+", this.dataset.in, () => this.zoom(1)), button("−", this.dataset.out, () => this.zoom(-1)), button("⤢", this.dataset.fit, () => this.fit()))
    this.append(box)
    if (!("Draw" in this.ol) || this.hasAttribute("data-still")) return
    const tools = document.createElement("div")
    tools.className = "draw"
    tools.setAttribute("role", "group")
    tools.setAttribute("aria-label", this.dataset.draw ?? "")
    for (const kind of ["polygon", "rectangle", "circle"] as const) {
      const b = button(this.dataset[kind] ?? kind, `${this.dataset.draw ?? ""}: ${this.dataset[kind] ?? kind}`, () => this.draw(kind, b))
      b.setAttribute("aria-pressed", "false")
      tools.append(b)
    }
    this.append(tools)
  }

  private drawing?: InstanceType<Library["Draw"]>

  private draw(kind: "polygon" | "rectangle" | "circle", button: HTMLButtonElement): void {
    const { ol } = this
    const on = button.getAttribute("aria-pressed") === "true"
    this.querySelectorAll(".draw button").forEach(b => b.setAttribute("aria-pressed", "false"))
    if (this.drawing) this.map.removeInteraction(this.drawing)
    this.drawing = undefined
    if (on) return
    button.setAttribute("aria-pressed", "true")
    const options = kind === "polygon" ? { type: "Polygon" as const } : kind === "circle" ? { type: "Circle" as const } : { type: "Circle" as const, geometryFunction: ol.createBox() }
    this.drawing = new ol.Draw({ source: new ol.VectorSource(), ...options })
    this.drawing.on("drawend", event => {
      const shape = event.feature.getGeometry()
      if (!shape) return
      const address = new URL(location.href)
      const degrees = (at: number[]): [string, string] => { const p = ol.toLonLat(at); return [(p[1] ?? 0).toFixed(5), (p[0] ?? 0).toFixed(5)] }
      if (shape instanceof ol.CircleGeometry) {
        const middle = ol.toLonLat(shape.getCenter())
        const rim = ol.toLonLat([(shape.getCenter()[0] ?? 0) + shape.getRadius(), shape.getCenter()[1] ?? 0])
        address.searchParams.append("geofilter.distance", [...degrees(shape.getCenter()), Math.max(1, Math.round(ol.getDistance(middle, rim)))].join(","))
      } else {
        const ring = (shape as InstanceType<Library["Polygon"]>).getCoordinates()[0] ?? []
        address.searchParams.append("geofilter.polygon", ring.slice(0, -1).map(at => `(${degrees(at).join(",")})`).join(","))
      }
      address.searchParams.delete("page")
      location.assign(address)
    })
    this.map.addInteraction(this.drawing)
  }

  private async pick(event: MapBrowserEvent): Promise<void> {
    if (this.drawing) return
    let found: Feature | undefined
    let of: Source | undefined
    this.map.forEachFeatureAtPixel(event.pixel, (f, layer) => {
      const feature = f as unknown as Feature
      of = this.sources.get(layer)
      if (!of) return false
      found = feature
      return true
    }, { hitTolerance: 6 })
    if (!found || !of) { this.close(); return }
    const n = Number(found.get("n") ?? 1)
    const id = found.getId()
    if (n > 1 || !id) {
      announce((this.dataset.rows ?? "").replace("{n}", String(n)))
      const view = this.map.getView()
      view.animate({ center: event.coordinate, zoom: (view.getZoom() ?? 0) + 2, duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 250 })
      return
    }
    await this.show(of.record.replace("{id}", String(id)))
  }

  /** Shows a row's own page at the side. */
  private async show(address: string): Promise<void> {
    try {
      const document_ = await page(address)
      const title = document_.querySelector("h1")?.textContent ?? ""
      const values = document_.querySelector(".panel dl")
      if (!values) throw new Error("no values")
      this.close()
      const panel = document.createElement("section")
      panel.className = "panel-row"
      panel.tabIndex = -1
      panel.setAttribute("aria-label", title)
      const close = closer(this.dataset.close, () => this.close())
      const name = document.createElement("h2")
      const link = document.createElement("a")
      link.href = address
      link.textContent = title
      name.append(link)
      panel.append(close, name, document.importNode(values, true))
      panel.addEventListener("keydown", event => { if (event.key === "Escape") this.close() })
      this.append(panel)
      panel.focus()
    } catch {
      location.assign(address)
    }
  }

  private close(): void {
    const panel = this.querySelector(".panel-row")
    if (!panel) return
    const within = panel.contains(document.activeElement)
    panel.remove()
    if (within) this.view.focus()
  }
}

customElements.define("parvis-map", ParvisMap)
