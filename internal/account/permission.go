package account

import (
	"encoding/json"
	"math/bits"

	"parvis/internal/fault"
)

// Permission is one thing that somebody may do in the whole portal.
type Permission uint8

// The permissions, under the names that the field's APIs know.
const (
	EditDomain               Permission = iota // administer the portal: people, groups, settings; it holds all others
	CreatePage                                 // make editorial pages
	EditPage                                   // change every editorial page
	ManagePage                                 // and say who may see and change it
	ExploreRestrictedPage                      // see every restricted page
	CreateDataset                              // make datasets
	EditDataset                                // change the description and the rows of every dataset
	PublishDataset                             // publish every dataset
	ManageDataset                              // and say who may see and change it
	ExploreRestrictedDataset                   // see every restricted dataset
	EditReuse                                  // moderate reuses
	ManageSubdomains                           // administer subdomains
	ExploreMonitoring                          // see the statistics
	EditTheme                                  // change the look of the portal
	EditForm                                   // change forms
	SubmitPrivateForm                          // answer private forms
	permissionCount
)

// permissionNames gives the names in the order of the constants.
func permissionNames() [permissionCount]string {
	return [...]string{"edit_domain", "create_page", "edit_page", "manage_page", "explore_restricted_page", "create_dataset", "edit_dataset",
		"publish_dataset", "manage_dataset", "explore_restricted_dataset", "edit_reuse", "manage_subdomains", "explore_monitoring",
		"edit_theme", "edit_form", "submit_private_form"}
}

// String gives the name that APIs know.
func (p Permission) String() string {
	if p >= permissionCount {
		return "unknown"
	}
	return permissionNames()[p]
}

// Permissions is a set of them.
type Permissions uint32

// Every is the set of all permissions.
const Every Permissions = 1<<permissionCount - 1

// PermissionsOf makes a set.
func PermissionsOf(list ...Permission) (out Permissions) {
	for _, p := range list {
		out |= 1 << p
	}
	return out
}

// ParsePermissions reads names. Kind Invalid: one is not known.
func ParsePermissions(names []string) (out Permissions, err error) {
next:
	for _, name := range names {
		for p, known := range permissionNames() {
			if name == known {
				out |= 1 << p
				continue next
			}
		}
		return 0, fault.New(fault.Invalid, "There is no permission %.60q.", name)
	}
	return out, nil
}

// Has tells whether a permission is in the set.
func (s Permissions) Has(p Permission) bool { return s&(1<<p) != 0 }

// Len gives the number of permissions in the set.
func (s Permissions) Len() int { return bits.OnesCount32(uint32(s)) }

// List gives the permissions of the set, in the order of the constants.
func (s Permissions) List() []Permission {
	out := make([]Permission, 0, s.Len())
	for p := range permissionCount {
		if s.Has(p) {
			out = append(out, p)
		}
	}
	return out
}

// Names gives the names of the permissions of the set.
func (s Permissions) Names() []string {
	out := make([]string, 0, s.Len())
	for _, p := range s.List() {
		out = append(out, p.String())
	}
	return out
}

// MarshalJSON gives the list of names.
func (s Permissions) MarshalJSON() ([]byte, error) { return json.Marshal(s.Names()) }
