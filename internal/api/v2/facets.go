package v2

import (
	"context"
	"slices"
	"strconv"

	"parvis/internal/explore"
)

// facets answers …/datasets/{dataset_id}/facets.
func (a *API) facets(c *call) error {
	id := c.PathValue("dataset_id")
	e, err := a.forRows(c)
	if err != nil {
		return err
	}
	c.hit.Dataset = e.UID
	return a.answer(c, c.tag(state(e)), func(ctx context.Context, buffer []byte) ([]byte, tag, error) {
		q, err := c.params.question(c.lang)
		if err != nil {
			return nil, tag{}, err
		}
		got, err := a.explorer.Facets(ctx, c.actor, id, q)
		if err != nil {
			return nil, tag{}, err
		}
		address := c.datasetURL(id)
		buffer = appendFacets(buffer, []link{{"self", address + "/facets"}, {"source", address}}, got)
		return buffer, c.volatileTag(&explore.Answer{Plan: got.Plan}, state(got.Entry)), nil
	})
}

// catalogFacets answers /catalog/facets.
func (a *API) catalogFacets(c *call) error {
	state, err := a.explorer.CatalogState(c.Context(), c.actor)
	if err != nil {
		return err
	}
	return a.answer(c, c.tag(state), func(ctx context.Context, buffer []byte) ([]byte, tag, error) {
		q, err := c.params.question(c.lang)
		if err != nil {
			return nil, tag{}, err
		}
		got, err := a.explorer.CatalogFacets(ctx, c.actor, q)
		if err != nil {
			return nil, tag{}, err
		}
		address := c.catalogURL()
		buffer = appendFacets(buffer, []link{{"self", address + "/facets"}, {"source", address}}, got)
		return buffer, c.volatileTag(&explore.Answer{Plan: got.Plan}, got.State), nil
	})
}

// appendFacets writes an answer of facets.
func appendFacets(dst []byte, links []link, got *explore.FacetAnswer) []byte {
	dst = append(dst, `{"links":`...)
	dst = appendLinks(dst, links)
	dst = append(dst, `,"facets":[`...)
	for i, f := range got.Facets {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"name":`...)
		dst = appendText(dst, f.Name)
		dst = append(dst, `,"facets":`...)
		dst = appendValues(dst, withOpened(f.Values))
		dst = append(dst, '}')
	}
	return append(dst, "]}"...)
}

// withOpened lists after the values of the first level the deepest refined ones below them, which stand in their
// places of the tree too: clients either walk down from the first level or look there for the path they refined.
func withOpened(values []explore.FacetValue) []explore.FacetValue {
	out := slices.Clip(values)
	for _, v := range values {
		out = appendDeepest(out, v.Children)
	}
	return out
}

// appendDeepest appends the refined values among these and below that have no refined one below them.
func appendDeepest(out, values []explore.FacetValue) []explore.FacetValue {
	for _, v := range values {
		if v.State != explore.Refined {
			continue
		}
		before := len(out)
		if out = appendDeepest(out, v.Children); len(out) == before {
			out = append(out, v)
		}
	}
	return out
}

// appendValues writes the values of one level.
func appendValues(dst []byte, values []explore.FacetValue) []byte {
	dst = append(dst, '[')
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"name":`...)
		dst = appendText(dst, v.Name)
		if v.State != explore.Excluded {
			dst = append(dst, `,"count":`...)
			dst = strconv.AppendInt(dst, v.Count, 10)
		}
		dst = append(dst, `,"state":"`...)
		dst = append(dst, v.State...)
		dst = append(dst, `","value":`...)
		dst = appendText(dst, v.Value)
		if len(v.Children) > 0 {
			dst = append(dst, `,"facets":`...)
			dst = appendValues(dst, v.Children)
		}
		dst = append(dst, '}')
	}
	return append(dst, ']')
}
