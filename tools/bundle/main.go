// Bundle makes the scripts of the pages from their TypeScript sources with esbuild.
//
//	go run . [-libraries]
//
// It reads internal/web/assets/src/*.ts, each an entry that a page may load, and writes internal/web/assets/dist/*.js:
// minified modules that import nothing but each other. With -libraries it makes internal/web/assets/libraries/*.js instead,
// the parts of other people's libraries that pages use, from tools/libraries and what npm has installed there. Beside each
// script stands the same compressed with Brotli, so that nobody waits for that.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	libraries := flag.Bool("libraries", false, "bundle the libraries of tools/libraries")
	root := flag.String("root", "../..", "the project's folder")
	flag.Parse()
	if err := bundle(*root, *libraries); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

func bundle(root string, libraries bool) error {
	assets := filepath.Join(root, "internal", "web", "assets")
	from, into := filepath.Join(assets, "src", "*.ts"), filepath.Join(assets, "dist")
	if libraries {
		from, into = filepath.Join(root, "tools", "libraries", "*.js"), filepath.Join(assets, "libraries")
	}
	entries, err := filepath.Glob(from)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return fmt.Errorf("there is nothing at %s", from)
	}
	if err := clean(into); err != nil {
		return err
	}
	result := api.Build(api.BuildOptions{
		EntryPoints: entries, Outdir: into, Bundle: true, Write: true, LogLevel: api.LogLevelWarning,
		Format: api.FormatESModule, Platform: api.PlatformBrowser, Target: api.ES2022, Charset: api.CharsetUTF8,
		MinifySyntax: true, MinifyWhitespace: true, MinifyIdentifiers: true, LegalComments: api.LegalCommentsInline,
		Define: map[string]string{"process.env.NODE_ENV": `"production"`},
	})
	if len(result.Errors) > 0 {
		return fmt.Errorf("%d errors, told above", len(result.Errors))
	}
	for _, f := range result.OutputFiles {
		if err := compress(f.Path, f.Contents); err != nil {
			return err
		}
	}
	return nil
}

// compress writes a text as path.br, as small as it goes.
func compress(path string, text []byte) error {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(path+".br", b.Bytes(), 0o644)
}

// clean removes the scripts of an earlier run, so that one whose source is gone is gone too.
func clean(dir string) error {
	old, err := filepath.Glob(filepath.Join(dir, "*.js*"))
	if err != nil {
		return err
	}
	for _, file := range old {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return nil
}
