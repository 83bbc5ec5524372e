package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

func versionCommand() *command {
	return &command{
		name: "version", summary: "tell which version this is",
		run: func(_ context.Context, c *call) error {
			_, err := fmt.Fprintf(c.out, "parvis %s (%s, %s/%s)\n", release(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// release gives the version that the Go tool noted in the binary: a tag, or the commit it was built from.
func release() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision := ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value[:min(12, len(s.Value))]
		}
	}
	if v := info.Main.Version; v != "(devel)" {
		return cmp.Or(v, revision, "devel")
	}
	return cmp.Or(revision, "devel")
}
