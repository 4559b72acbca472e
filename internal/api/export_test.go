// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// Unread names what is embedded in a body of the door under a name that is not exported: the document
// leaves out what it holds, and refuses it where somebody sends it.
func (a *API) Unread() []string {
	var out []string
	seen := map[reflect.Type]bool{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		for f := range t.Fields() {
			if f.Anonymous && !f.IsExported() {
				out = append(out, f.Name)
			}
			if f.Anonymous || f.IsExported() {
				walk(f.Type)
			}
		}
	}
	registry := a.huma.OpenAPI().Components.Schemas
	for name := range registry.Map() {
		walk(registry.TypeFromRef("#/components/schemas/" + name))
	}
	return out
}

// Differs says in what an answer is another than the one that the document describes. body is JSON that was read.
func (a *API) Differs(r *http.Request, status int, body any) []error {
	_, pattern := a.mux.Handler(r)
	for path, item := range a.huma.OpenAPI().Paths {
		op := map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
		}[r.Method]
		if op == nil || pattern != r.Method+" "+Prefix+path {
			continue
		}
		said := op.Responses[strconv.Itoa(status)]
		if said == nil || said.Content["application/json"] == nil {
			return nil
		}
		var found huma.ValidateResult
		registry := a.huma.OpenAPI().Components.Schemas
		huma.Validate(registry, said.Content["application/json"].Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, body, &found)
		return found.Errors
	}
	return nil
}
