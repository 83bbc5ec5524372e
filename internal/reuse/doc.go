// Package reuse keeps what people have made of the data: applications, drawings, articles. Somebody sends one in, somebody
// who may look after reuses (account.EditReuse) publishes or refuses it, readers report what is wrong with it.
//
// It does not know who may see a dataset: the pages that show reuses ask the catalogue. Start at reuse.go, then store.go.
package reuse
