package front

import "parvis/internal/web/page"

// What the frame of pages gives, by the names that stand in every page of this room.
type (
	view   = page.View
	choice = page.Choice
	pair   = page.Pair
	pager  = page.Pager
)
