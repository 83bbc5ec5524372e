// Package reference is the page that tells people of the API: every call and every parameter of its OpenAPI document, in their language.
package reference
