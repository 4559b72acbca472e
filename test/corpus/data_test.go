// SPDX-License-Identifier: Apache-2.0

package corpus_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sample is a message of the corpus with what its source says that it is.
type sample struct {
	ID     string            `json:"id"` // "otobo-raw/PostMaster-Test1"
	Raw    string            `json:"raw"`
	Agree  []string          `json:"agree"` // the fields in which the source and a second parser agree
	Expect map[string]rawish `json:"expect"`
	bytes  []byte
}

// rawish is a field in one of several shapes.
type rawish = json.RawMessage

// source is the project that a message comes from.
func (s sample) source() string {
	name, _, _ := strings.Cut(s.ID, "/")
	return name
}

// folder is where the test data is; false where it is not.
func folder() (string, bool) {
	root := os.Getenv("LOOPDESK_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	_, err := os.Stat(filepath.Join(root, "mail"))
	return root, err == nil
}

// samples reads every message of the two sets.
func samples(t *testing.T, root string) []sample {
	t.Helper()
	var out []sample
	for _, set := range []string{"mail", "mail-zh"} {
		f, err := os.Open(filepath.Join(root, set, "cases.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			var s sample
			if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
				t.Fatal(err)
			}
			if s.bytes, err = os.ReadFile(filepath.Join(root, set, s.Raw)); err != nil {
				t.Fatal(err)
			}
			if set == "mail-zh" && !strings.Contains(s.ID, "/") {
				s.ID = "mail-zh/" + s.ID
			}
			out = append(out, s)
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
