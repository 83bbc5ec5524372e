package geo

import "math"

// EarthRadius is the mean radius of the Earth in metres (IUGG R1), on which distances are measured.
const EarthRadius = 6371008.8

const radians = math.Pi / 180

// Distance gives the great-circle distance between two positions in metres (haversine formula).
func Distance(lon1, lat1, lon2, lat2 float64) float64 {
	dLat, dLon := (lat2-lat1)*radians/2, (lon2-lon1)*radians/2
	h := math.Sin(dLat)*math.Sin(dLat) + math.Cos(lat1*radians)*math.Cos(lat2*radians)*math.Sin(dLon)*math.Sin(dLon)
	return 2 * EarthRadius * math.Asin(math.Sqrt(min(1, h)))
}

// DistanceTo gives the distance in metres from a position to the nearest point of a shape: 0 inside of it. The
// nearest point is sought on a plane around the position, so it is exact near by and good to some per cent
// over a thousand kilometres. ok is false for an empty or damaged shape.
func DistanceTo(wkb []byte, lon, lat float64) (metres float64, ok bool) {
	var f flat
	if !f.decode(wkb) || len(f.parts) == 0 {
		return 0, false
	}
	if f.bounds.holdsPoint(lon, lat) && f.place(lon, lat) != outside {
		return 0, true
	}
	squeeze := max(math.Cos(lat*radians), 1e-6)
	best, bestX, bestY := math.Inf(1), 0.0, 0.0
	consider := func(x, y float64) {
		if d := x*x + y*y; d < best {
			best, bestX, bestY = d, x, y
		}
	}
	// Coordinates relative to the position: x in degrees of its parallel, the short way round the Earth.
	relative := func(i int32) (x, y float64) {
		return math.Remainder(f.x(i)-lon, 360) * squeeze, f.y(i) - lat
	}
	for _, p := range f.parts {
		x1, y1 := relative(p.from)
		consider(x1, y1)
		for i := p.from + 1; i < p.to; i++ {
			x2, y2 := x1+(f.x(i)-f.x(i-1))*squeeze, f.y(i)-lat
			dx, dy := x2-x1, y2-y1
			if length := dx*dx + dy*dy; length > 0 {
				t := min(1, max(0, -(x1*dx+y1*dy)/length))
				consider(x1+t*dx, y1+t*dy)
			}
			x1, y1 = x2, y2
		}
	}
	return Distance(lon, lat, lon+bestX/squeeze, lat+bestY), true
}
