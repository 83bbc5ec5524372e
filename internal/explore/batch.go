package explore

import (
	"slices"

	"parvis/internal/dataset"
)

// copyBatch gives a batch that stays valid when the engine goes on.
func copyBatch(b *dataset.Batch) *dataset.Batch {
	out := &dataset.Batch{Len: b.Len, Vectors: make([]dataset.Vector, len(b.Vectors))}
	for i := range b.Vectors {
		out.Vectors[i] = copyVector(&b.Vectors[i])
	}
	return out
}

func copyVector(v *dataset.Vector) dataset.Vector {
	out := dataset.Vector{
		Nulls:   slices.Clone(v.Nulls),
		Ints:    slices.Clone(v.Ints),
		Floats:  slices.Clone(v.Floats),
		Lats:    slices.Clone(v.Lats),
		Offsets: slices.Clone(v.Offsets),
		Bytes:   slices.Clone(v.Bytes),
	}
	if v.Elements != nil {
		e := copyVector(v.Elements)
		out.Elements = &e
	}
	return out
}

// head gives the first n rows of a batch, sharing its values.
func head(b *dataset.Batch, n int) *dataset.Batch {
	return &dataset.Batch{Len: n, Vectors: b.Vectors}
}
