// SPDX-License-Identifier: Apache-2.0

package api

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// translate turns huma's own English problems into ours, on their way out. Huma checks a
// request against the description that it publishes; what it found is in its error model.
func (a *API) translate(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	e := &errs.Error{Kind: errs.Invalid, Key: "errs.fields"}
	for _, d := range m.Errors {
		if d != nil {
			e.Fields = append(e.Fields, field(d))
		}
	}
	if len(e.Fields) == 0 {
		e.Key = "errs.invalid"
	}
	slices.SortStableFunc(e.Fields, func(a, b errs.FieldError) int { return cmp.Compare(a.Name, b.Name) })
	p := a.problem(ctx.Context(), readerOf(ctx.Context()), &refusalError{cause: e, status: m.Status})
	ctx.SetHeader("Content-Language", p.header.Get("Content-Language"))
	return p, nil
}

// field reads one of huma's details: "body.verify[2]" and an English sentence. The value that
// was sent is in it too, and goes nowhere.
func field(d *huma.ErrorDetail) errs.FieldError {
	where, name, _ := strings.Cut(d.Location, ".")
	if name == "" {
		name = where
	}
	f := errs.FieldError{Name: short(name), Key: "api.value"}
	for _, m := range sentences() {
		rest, ok := strings.CutPrefix(d.Message, m.begins)
		if !ok {
			continue
		}
		f.Key = m.key
		if m.arg != "" {
			f.Args = []any{m.arg, plain(strings.Trim(rest, `"`))}
		}
		if m.key == "api.required" && where == "body" {
			f.Name = join(name, where, strings.TrimSuffix(rest, " to be present"))
		}
		return f
	}
	return f
}

// join names a missing property: huma points at the object that lacks it.
func join(object, root, property string) string {
	if object == root {
		return property
	}
	return object + "." + property
}

// plain writes a bound without an exponent.
func plain(s string) string {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

type sentence struct{ begins, key, arg string }

// sentences are huma's, by how they begin; what follows is the argument of ours.
func sentences() []sentence {
	return []sentence{
		{"unexpected property", "api.unknown", ""},
		{"unknown query parameter", "api.unknown", ""},
		{"expected required property ", "api.required", ""},
		{"required ", "api.required", ""},
		{"expected string to be RFC 3339 date-time", "api.want_time", ""},
		{"expected string to match pattern", "api.pattern", ""},
		{"expected string to be ", "api.pattern", ""},
		{"expected value to be one of ", "api.one_of", "Values"},
		{"expected number >= ", "api.min", "Min"},
		{"expected number <= ", "api.max", "Max"},
		{"expected length >= ", "api.min_length", "Min"},
		{"expected length <= ", "api.max_length", "Max"},
		{"expected array length >= ", "api.min_items", "Min"},
		{"expected array length <= ", "api.max_items", "Max"},
		{"expected boolean", "api.want_boolean", ""},
		{"invalid boolean", "api.want_boolean", ""},
		{"expected integer", "api.want_integer", ""},
		{"invalid integer", "api.want_integer", ""},
		{"expected string", "api.want_text", ""},
		{"expected array", "api.want_list", ""},
		{"expected object", "api.want_object", ""},
	}
}

func unknownField(name string) error {
	return &refusalError{
		cause:  &errs.Error{Kind: errs.Invalid, Key: "errs.fields", Fields: []errs.FieldError{{Name: name, Key: "api.unknown"}}},
		status: http.StatusUnprocessableEntity,
	}
}
