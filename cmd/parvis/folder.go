package main

import (
	"maps"

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

type folderSecurity struct {
	DataVisible bool `json:"is_data_visible"`
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
		Security:     folderSecurity{DataVisible: !e.DataHidden},
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
