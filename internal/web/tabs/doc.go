// Package tabs holds the pages of a dataset that show its description and its rows as they are: information, table,
// export, the API's console, and each row on a page of its own.
package tabs
