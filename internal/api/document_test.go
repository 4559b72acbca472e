// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/api"
)

// update writes docs/openapi.json anew: go test ./internal/api -run TestDocument -update.
var update = flag.Bool("update", false, "write docs/openapi.json") //nolint:gochecknoglobals // a flag of the test

func TestDocumentIsWhatTheDoorDoes(t *testing.T) {
	t.Parallel()
	got, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "..", "docs", "openapi.json")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("docs/openapi.json is out of date; make generate writes it anew (-want +got):\n%s", diff)
	}
	for range 3 {
		again, err := api.Document()
		if err != nil || string(again) != string(got) {
			t.Fatalf("the document is not the same twice: %v", err)
		}
	}
}

func TestDocumentNamesEveryOperationOnce(t *testing.T) {
	t.Parallel()
	raw, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			OperationID string                    `json:"operationId"`
			Summary     string                    `json:"summary"`
			Tags        []string                  `json:"tags"`
			Security    []map[string][]string     `json:"security"`
			Responses   map[string]map[string]any `json:"responses"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s", doc.OpenAPI)
	}
	ids, documented := map[string]bool{}, 0
	for path, ops := range doc.Paths {
		for method, op := range ops {
			documented++
			if op.OperationID == "" || ids[op.OperationID] || op.Summary == "" || len(op.Tags) != 1 || len(op.Security) != 1 {
				t.Errorf("%s %s is not described: %+v", method, path, op)
			}
			ids[op.OperationID] = true
			problem, _ := op.Responses["default"]["content"].(map[string]any)
			if problem["application/problem+json"] == nil {
				t.Errorf("%s %s does not say that it may refuse", method, path)
			}
		}
	}
	if routes := api.New(api.Parts{}).Routes(); documented != len(routes)-1 { // the document itself
		t.Errorf("%d operations described, %d routes", documented, len(routes))
	}
	for _, foreign := range []string{"ErrorModel", "ErrorDetail"} {
		if doc.Components.Schemas[foreign] != nil {
			t.Errorf("%s is described, and nobody ever gets one", foreign)
		}
	}
	for _, word := range []string{"$schema", "localhost", "example.com"} {
		if strings.Contains(string(raw), word) {
			t.Errorf("the document holds %q", word)
		}
	}
	if a := sendTo(t, api.New(api.Parts{}), "", request{method: http.MethodGet, path: "/openapi.json"}); a.status != 200 || a.raw != string(raw) {
		t.Errorf("the door serves another document: %d", a.status)
	}
}

// The document leaves out what is embedded under a name that is not exported, and the door refuses it
// as unknown: no article could be written, and a device had neither tag nor model.
func TestDocumentHoldsWhatIsEmbedded(t *testing.T) {
	t.Parallel()
	if list := api.New(api.Parts{}).Unread(); len(list) > 0 {
		t.Errorf("embedded under names that are not exported: %q", list)
	}
}
