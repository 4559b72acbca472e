// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// Bounds of what is read.
const (
	maxBody  = 1 << 20 // bytes of a JSON body
	maxDepth = 16      // levels of a JSON body; ours have three
)

// receive reads what came with a request, before anything looks into it: one value for each
// name of the query, a body that is JSON and says so, within bounds, and strict (A20, A42).
func (a *API) receive(op *huma.Operation, w http.ResponseWriter, req *http.Request) error {
	if err := checkQuery(req.URL.RawQuery); err != nil {
		return err
	}
	if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
		return nil
	}
	body, err := readBody(w, req)
	if err != nil {
		return err
	}
	if len(body) > 0 {
		if err := checkType(req.Header.Values("Content-Type")); err != nil {
			return err
		}
		if err := checkJSON(body); err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json") // huma looks it up as it is written
	}
	if len(body) == 0 && op.RequestBody.Required {
		return refused(http.StatusBadRequest, "api.body_required")
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// checkQuery refuses a query that cannot be read, and a name that stands in it twice: which of
// the two counts would be anybody's guess (A84).
func checkQuery(raw string) error {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return refused(http.StatusBadRequest, "api.query_broken")
	}
	for name, list := range values {
		if len(list) > 1 {
			return refused(http.StatusBadRequest, "api.query_twice", "Name", short(name))
		}
	}
	return nil
}

func readBody(w http.ResponseWriter, req *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
	if err == nil {
		return body, nil
	}
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return nil, refused(http.StatusRequestEntityTooLarge, "api.body_large", "Max", maxBody>>20)
	}
	if slow := net.Error(nil); errors.As(err, &slow) && slow.Timeout() {
		return nil, refused(http.StatusRequestTimeout, "api.body_slow")
	}
	return nil, refused(http.StatusBadRequest, "api.body_broken")
}

// checkType wants the one type that we read: application/json in UTF-8.
func checkType(headers []string) error {
	if len(headers) == 1 {
		kind, params, err := mime.ParseMediaType(headers[0])
		charset, given := params["charset"]
		if err == nil && kind == "application/json" && (!given || strings.EqualFold(charset, "utf-8")) {
			return nil
		}
	}
	return refused(http.StatusUnsupportedMediaType, "api.content_type")
}

// checkJSON reads a body once for its form alone: one value, valid UTF-8, not too deep, and no
// name twice in one object. Names of ours are lower case; a name in another case is refused
// here, because Go would take it for ours.
func checkJSON(body []byte) error {
	if !utf8.Valid(body) {
		return refused(http.StatusBadRequest, "api.json_utf8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := checkValue(d, 0); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return refused(http.StatusBadRequest, "api.json")
	}
	return nil
}

func checkValue(d *json.Decoder, depth int) error {
	t, err := d.Token()
	if err != nil {
		return refused(http.StatusBadRequest, "api.json")
	}
	open, nested := t.(json.Delim)
	if !nested {
		return nil
	}
	if depth == maxDepth {
		return refused(http.StatusBadRequest, "api.json_deep", "Max", maxDepth)
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			if err := checkName(d, seen); err != nil {
				return err
			}
		}
		if err := checkValue(d, depth+1); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return refused(http.StatusBadRequest, "api.json")
	}
	return nil
}

func checkName(d *json.Decoder, seen map[string]bool) error {
	t, err := d.Token()
	name, ok := t.(string)
	if err != nil || !ok {
		return refused(http.StatusBadRequest, "api.json")
	}
	if seen[name] {
		return refused(http.StatusBadRequest, "api.json_twice", "Name", short(name))
	}
	seen[name] = true
	if strings.IndexFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' }) >= 0 {
		return unknownField(short(name))
	}
	return nil
}

// short cuts a name that somebody else chose, for a message.
func short(name string) string {
	if r := []rune(name); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return name
}
