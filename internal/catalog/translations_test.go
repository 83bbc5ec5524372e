package catalog

import (
	"testing"

	"parvis/internal/dataset"
	"parvis/internal/fault"
)

func TestTranslationsNameLanguages(t *testing.T) {
	for tag, good := range map[string]bool{"en": true, "pt-br": true, "zh-hant": true, "EN": false, "": false, `en" x="`: false, "en_gb": false} {
		p := Publication{ID: "x", Translations: dataset.Translations{tag: {Title: "t"}}}
		if err := p.check(); (err == nil) != good || err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", tag, err)
		}
	}
}
