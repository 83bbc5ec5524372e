package main

import (
	"maps"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
)

// folder is dataset.json in a dataset's folder: the shape of the API's own dataset object, with what the API
// does not say of it (where attachments lie, whether the rows are public).
type folder struct {
	ID           string                `json:"dataset_id"`
	UID          string                `json:"dataset_uid"`
	HasRecords   bool                  `json:"has_records"`
	Fields       []folderField         `json:"fields"`
	Metas        dataset.Metas         `json:"metas"`
	Attachments  []dataset.Attachment  `json:"attachments"`
	Alternatives []dataset.Alternative `json:"alternative_exports"`
	Translations dataset.Translations  `json:"translations,omitempty"`
	Security     folderSecurity        `json:"security"`
}

// folderSecurity is the rule for everybody; grants are of this portal's people, and stay here.
type folderSecurity struct {
	Restricted  bool           `json:"is_restricted"`
	DataVisible bool           `json:"is_data_visible"`
	Fields      []string       `json:"visible_fields"`
	Filter      string         `json:"filter_query"`
	Quota       *account.Quota `json:"api_calls_quota"`
	Permissions []string       `json:"permissions"`
}

func securityOf(e *catalog.Entry) folderSecurity {
	s, _ := e.Security()
	r := s.Default
	out := folderSecurity{Restricted: s.Restricted, DataVisible: !r.DataHidden, Fields: r.Fields, Filter: r.Filter, Permissions: r.Right.Names()}
	if r.Quota.Limited() {
		out.Quota = &r.Quota
	}
	return out
}

// folderField is a field whose missing description is null.
type folderField struct {
	Name        string              `json:"name"`
	Type        dataset.Type        `json:"type"`
	Label       string              `json:"label"`
	Description *string             `json:"description"`
	Annotations dataset.Annotations `json:"annotations"`
}

// folderDescription says of a dataset what dataset.json says. When this portal took in the dataset is left out: that is
// no property of it, and another portal that takes the folder in writes the same folder again.
func folderDescription(e *catalog.Entry) folder {
	metas := maps.Clone(e.Metas)
	if own, ok := metas["default"]; ok {
		own = maps.Clone(own)
		delete(own, "data_processed")
		delete(own, "metadata_processed")
		metas["default"] = own
	}
	out := folder{
		ID: e.ID, UID: e.UID, HasRecords: e.HasRecords(), Metas: metas,
		Fields: []folderField{}, Attachments: []dataset.Attachment{}, Alternatives: []dataset.Alternative{},
		Translations: e.Translations,
		Security:     securityOf(e),
	}
	for _, f := range e.Fields {
		field := folderField{Name: f.Name, Type: f.Type, Label: f.Label, Annotations: f.Annotations}
		if f.Description != "" {
			field.Description = &f.Description
		}
		out.Fields = append(out.Fields, field)
	}
	for _, a := range e.Attachments {
		a.File = "attachments/" + a.ID
		out.Attachments = append(out.Attachments, a)
	}
	out.Alternatives = append(out.Alternatives, e.Alternatives...)
	return out
}
