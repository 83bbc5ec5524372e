package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"parvis/internal/dataset"
	"parvis/internal/fault"
)

// received is an attachment whose content stands in a stage.
type received struct {
	attachment dataset.Attachment // File is the SHA-256 of the content
	staged     string
}

// receive copies the contents of attachments into a stage, durably; nil where there are none.
func (c *Catalog) receive(ctx context.Context, uploads []Upload) (out []received, stage *Stage, err error) {
	if len(uploads) == 0 {
		return nil, nil, nil
	}
	if stage, err = c.Stage(ctx); err != nil {
		return nil, nil, err
	}
	for i, u := range uploads {
		r := received{attachment: u.Attachment, staged: stage.Path(fmt.Sprintf("attachment-%d", i))}
		if r.attachment.File, err = copyIn(r.staged, u.Open); err != nil {
			stage.Close()
			return nil, nil, fmt.Errorf("take in the attachment %s: %w", u.ID, err)
		}
		out = append(out, r)
	}
	return out, stage, nil
}

// copyIn writes a new file at to and gives the SHA-256 of its content.
func copyIn(to string, open func() (io.ReadCloser, error)) (hash string, err error) {
	in, err := open()
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return "", err
	}
	defer out.Close()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(out, sum), in); err != nil {
		return "", err
	}
	if err := out.Sync(); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), out.Close()
}

// takeUploads moves staged attachments to the dataset's folder. A file is named by its content, so that one
// which is there already is the same.
func (c *Catalog) takeUploads(uid string, uploads []received) error {
	for _, u := range uploads {
		to := filepath.Join(c.dir, "attachments", uid, u.attachment.File)
		if err := moveInto(u.staged, to); err != nil {
			return fmt.Errorf("move the attachment %s to its place: %w", u.attachment.ID, err)
		}
	}
	return nil
}

// Attachment opens the content of an attachment of e; its File is a strong tag of the content. Who asks for e
// has been through Find. Kinds NotFound: there is no such attachment; Forbidden: whom the rows are hidden from gets no
// files either, since they may hold them.
func (c *Catalog) Attachment(e *Entry, id string) (*os.File, dataset.Attachment, error) {
	for _, a := range e.Attachments {
		if a.ID != id {
			continue
		}
		if !e.Access.Data {
			return nil, a, forbidden()
		}
		f, err := os.Open(filepath.Join(c.dir, "attachments", e.UID, filepath.Base(a.File)))
		if err != nil {
			return nil, a, fmt.Errorf("open the attachment %s of %s: %w", id, e.ID, err)
		}
		return f, a, nil
	}
	return nil, dataset.Attachment{}, fault.New(fault.NotFound, "The dataset %s has no attachment %q.", e.ID, id)
}
