// What a map hands to those who look at it, as far as this portal's map does.

/** A feature of a vector tile. */
export interface Feature {
  get(name: string): unknown
  getId(): string | number | undefined
  getType(): string
}

/** Something that happened on the map. */
export interface MapBrowserEvent {
  pixel: number[]
  coordinate: number[]
  originalEvent: PointerEvent
  activePointers?: PointerEvent[]
}
