package account

import (
	"slices"
	"testing"

	"parvis/internal/fault"
)

func TestPermissionsByName(t *testing.T) {
	every, err := ParsePermissions(Every.Names())
	if err != nil || every != Every || every.Len() != 16 {
		t.Errorf("all names give %b, %v", every, err)
	}
	set, err := ParsePermissions([]string{"publish_dataset", "edit_dataset"})
	if err != nil || !slices.Equal(set.List(), []Permission{EditDataset, PublishDataset}) {
		t.Errorf("two names give %v, %v", set.List(), err)
	}
	if _, err := ParsePermissions([]string{"edit_dataset", "fly"}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an unknown name gives %v", err)
	}
}

func TestMay(t *testing.T) {
	editor := &Person{ID: 1, Permissions: PermissionsOf(EditDataset)}
	admin := &Person{ID: 2, Permissions: PermissionsOf(EditDomain)}
	for _, c := range []struct {
		who  Actor
		want bool
	}{
		{Anonymous, false},
		{Actor{Everything: true}, true},
		{Actor{Person: editor, Scope: Every}, true},
		{Actor{Person: editor, Scope: PermissionsOf(CreateDataset)}, false},
		{Actor{Person: admin, Scope: Every}, true},
		{Actor{Person: admin, Scope: PermissionsOf(EditPage)}, false},
		{Actor{Key: 3, Scope: Every}, false},
	} {
		if got := c.who.May(EditDataset); got != c.want {
			t.Errorf("%+v: %t", c.who, got)
		}
	}
}
