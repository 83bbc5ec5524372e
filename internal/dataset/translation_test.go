package dataset

import (
	"reflect"
	"testing"
)

func TestTextsInTheReadersLanguage(t *testing.T) {
	towns := Field{Name: "town", Label: "Commune", Description: "Son nom"}
	bare := Field{Name: "pop"}
	d := &Dataset{
		ID: "towns", Fields: []Field{towns, bare},
		Metas: Metas{"default": {"title": "Communes", "description": "<p>Toutes</p>", "language": "fr"}},
		Translations: Translations{
			"en": {Title: "Towns", Fields: map[string]FieldTranslation{"town": {Label: "Town"}, "pop": {Label: "People"}}},
			"ar": {Title: "البلديات", Description: "<p>كلها</p>"},
		},
	}
	silent := &Dataset{ID: "x", Metas: Metas{"default": {}}, Translations: Translations{"sv": {Title: "Städer"}, "de": {Title: "Städte"}}}
	for _, c := range []struct {
		got, want Said
	}{
		{d.TitleIn(Wish{"fr", "en"}), Said{"Communes", "fr"}},
		{d.TitleIn(Wish{"fr-ca", "en"}), Said{"Communes", "fr"}},
		{d.TitleIn(Wish{"en", "fr"}), Said{"Towns", "en"}},
		{d.TitleIn(Wish{"en-gb", "fr"}), Said{"Towns", "en"}},
		{d.TitleIn(Wish{"sv", "en"}), Said{"Communes", "fr"}},
		{d.DescriptionIn(Wish{"en", "ar"}), Said{"<p>Toutes</p>", "fr"}},
		{d.DescriptionIn(Wish{"ar", "fr"}), Said{"<p>كلها</p>", "ar"}},
		{d.LabelIn(Wish{"ar", "fr"}, towns), Said{"Commune", "fr"}},
		{d.LabelIn(Wish{"en", "fr"}, towns), Said{"Town", "en"}},
		{d.FieldIn(Wish{"en", "fr"}, towns), Said{"Son nom", "fr"}},
		{d.LabelIn(Wish{"fr", "en"}, bare), Said{"People", "en"}},
		{d.LabelIn(Wish{"fr", "ar"}, Field{Name: "other"}), Said{"other", ""}},
		{silent.TitleIn(Wish{"fr", "sv"}), Said{"Städer", "sv"}},
		{silent.TitleIn(Wish{"fr", "en"}), Said{"Städte", "de"}},
		{(&Dataset{ID: "x"}).TitleIn(Wish{"fr", "en"}), Said{"x", ""}},
	} {
		if c.got != c.want {
			t.Errorf("%+v, want %+v", c.got, c.want)
		}
	}
	if lang := (&Dataset{Metas: Metas{"default": {"language": `en" onload="x`}}}).Language("fr"); lang != "fr" {
		t.Errorf("the language is %q", lang)
	}
}

func TestInOneLanguage(t *testing.T) {
	d := &Dataset{
		Fields: []Field{{Name: "a", Label: "Un"}, {Name: "b", Label: "Deux", Description: "2"}},
		Metas:  Metas{"default": {"title": "Titre", "publisher": "X", "language": "fr"}, "dcat": {"creator": "Y"}},
		Translations: Translations{"en": {Title: "Title", Fields: map[string]FieldTranslation{"b": {Label: "Two"}}},
			"fr": {Title: "wrong: the metas are in French"}},
	}
	if d.In("fr") != d || d.In("sv") != d || d.In("") != d {
		t.Error("a dataset changed where there is no translation")
	}
	en := d.In("en")
	want := Metas{"default": {"title": "Title", "publisher": "X", "language": "fr"}, "dcat": {"creator": "Y"}}
	if !reflect.DeepEqual(en.Metas, want) || en.Fields[0].Label != "Un" || en.Fields[1].Label != "Two" || en.Fields[1].Description != "2" {
		t.Errorf("%+v", en)
	}
	if d.Metas.Text("default", "title") != "Titre" || d.Fields[1].Label != "Deux" {
		t.Error("the dataset itself was changed")
	}
	if got := d.Translations.Words(); !reflect.DeepEqual(got, []string{"Title", "Two", "wrong: the metas are in French"}) {
		t.Errorf("%q", got)
	}
}
