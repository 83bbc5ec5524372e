// The parts of OpenLayers that an embedded map uses: it shows, and nothing is drawn on it.
export { default as Map } from "ol/Map.js";
export { default as View } from "ol/View.js";
export { default as Feature } from "ol/Feature.js";
export { default as VectorTileLayer } from "ol/layer/VectorTile.js";
export { default as TileLayer } from "ol/layer/Tile.js";
export { default as VectorTileSource } from "ol/source/VectorTile.js";
export { default as MVT } from "ol/format/MVT.js";
export { default as Style } from "ol/style/Style.js";
export { default as Fill } from "ol/style/Fill.js";
export { default as Stroke } from "ol/style/Stroke.js";
export { default as Circle } from "ol/style/Circle.js";
export { default as Text } from "ol/style/Text.js";
export { default as DragPan } from "ol/interaction/DragPan.js";
export { default as MouseWheelZoom } from "ol/interaction/MouseWheelZoom.js";
export { defaults as interactions } from "ol/interaction/defaults.js";
export { default as Point } from "ol/geom/Point.js";
export { fromLonLat, toLonLat, transformExtent, transform, get as projection } from "ol/proj.js";
export { noModifierKeys, platformModifierKey, primaryAction } from "ol/events/condition.js";
