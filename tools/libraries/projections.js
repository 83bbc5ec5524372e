// proj4 for maps whose base map is not in Web Mercator.
import proj4 from "proj4";
import { register } from "ol/proj/proj4.js";
export { proj4, register };
