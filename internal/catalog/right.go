package catalog

import (
	"slices"

	"parvis/internal/account"
	"parvis/internal/fault"
)

// Right is what somebody may do with one dataset. Each holds those below it.
type Right uint8

// The rights, from the least to the most.
const (
	NoRight  Right = iota
	See            // its description and, as far as the rule says, its rows
	Download       // its rows as files
	Edit           // everything of it, and change it
	Publish        // and publish it
	Manage         // and say who may see and change it
)

// rightNames gives the names of the rights, under those that the field's APIs know; download_dataset is ours.
func rightNames() []string {
	return []string{"", "explore_restricted_dataset", "download_dataset", "edit_dataset", "publish_dataset", "manage_dataset"}
}

// String gives the name that APIs know.
func (r Right) String() string { return rightNames()[min(r, Manage)] }

// Names gives the names of a right and of all that it holds, the least first.
func (r Right) Names() []string { return rightNames()[1 : min(r, Manage)+1] }

// ParseRights reads a list of names: the highest of them, NoRight for none. Kind Invalid: one is not known.
func ParseRights(names []string) (Right, error) {
	out := NoRight
	for _, name := range names {
		i := slices.Index(rightNames(), name)
		if i < 1 {
			return NoRight, fault.New(fault.Invalid, "There is no right %.60q on a dataset: it is one of %v.", name, Manage.Names())
		}
		out = max(out, Right(i))
	}
	return out, nil
}

// everywhere gives the right that an actor has on every dataset, NoRight for none of those that show everything.
func everywhere(a account.Actor) Right {
	switch {
	case a.Everything, a.May(account.ManageDataset), a.May(account.EditDomain):
		return Manage
	case a.May(account.PublishDataset):
		return Publish
	case a.May(account.EditDataset):
		return Edit
	}
	return NoRight
}

// within gives as much of a right as the key or application that is used may make use of.
func (r Right) within(s account.Permissions) Right {
	for _, need := range []struct {
		right Right
		is    account.Permission
	}{{Manage, account.ManageDataset}, {Publish, account.PublishDataset}, {Edit, account.EditDataset}} {
		if r >= need.right && s.Has(need.is) {
			return need.right
		}
	}
	return min(r, Download)
}
