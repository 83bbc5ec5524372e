package locale

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parvis/internal/locale/localetest"
)

// TestTemplatesHoldNoText reads every template of the portal, also the parts that no test renders: whatever a visitor
// reads comes from an action.
func TestTemplatesHoldNoText(t *testing.T) {
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".html") {
			return err
		}
		seen++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, found := range localetest.Untranslated(action.ReplaceAllString(string(text), "")) {
			t.Errorf("%s: %s", path, found)
		}
		return nil
	})
	if err != nil || seen < 8 {
		t.Errorf("%d templates were read (%v)", seen, err)
	}
}
