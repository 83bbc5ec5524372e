package mail

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"

	"parvis/internal/fault"
)

// folder keeps letters as files: for development, and for portals that have no mail server.
type folder struct {
	dir string
	writer
}

func openFolder(dir string, w writer) (Sender, error) {
	if dir == "" {
		return nil, fault.New(fault.Invalid, "letters need a mail server (setting smtp) or a folder")
	}
	return folder{dir, w}, nil
}

// Send writes the letter into a file named after the moment; only the portal's own user may read it, since letters
// hold links that open accounts.
func (f folder) Send(_ context.Context, m Message) error {
	letter, err := f.write(m)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fault.Wrap(err, fault.Unavailable, "the folder of letters cannot be made")
	}
	name := fmt.Sprintf("%s-%s.eml", f.clock().UTC().Format("20060102-150405.000000"), rand.Text()[:8])
	file, err := os.OpenFile(filepath.Join(f.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "the letter cannot be kept")
	}
	_, err = letter.WriteTo(file)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		os.Remove(file.Name())
		return fault.Wrap(err, fault.Unavailable, "the letter cannot be kept")
	}
	return nil
}
