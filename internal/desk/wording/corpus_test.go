// SPDX-License-Identifier: Apache-2.0

package wording_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/wording"
)

// texts reads one corpus: what people wrote, a line each.
func texts(t testing.TB, name string) []string {
	t.Helper()
	root := os.Getenv("LOOPDESK_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	folder := name
	if name == "answers" { // what experts wrote to explain the questions of opseval
		folder = "opseval"
	}
	list, err := filepath.Glob(filepath.Join(root, folder, "cases.jsonl*"))
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: %v %v", name, list, err)
	}
	file, err := os.Open(list[0])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(list[0], ".gz") {
		if in, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	var out []string
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row struct {
			Title, Body, Question, Text, Solution string
			Expect                                struct{ Reply string }
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if name == "answers" {
			out = append(out, strings.TrimSpace(row.Solution))
			continue
		}
		if name == "reply" {
			out = append(out, strings.TrimSpace(row.Expect.Reply))
			continue
		}
		out = append(out, strings.TrimSpace(row.Title+"\n"+row.Body+row.Question+row.Text))
	}
	if lines.Err() != nil {
		t.Fatal(lines.Err())
	}
	return out
}

// held reports whether a text is of the half that is judged. The rules were written looking at
// the other half only.
func held(s string) bool {
	h := fnv.New32a()
	_, _ = io.WriteString(h, s)
	return h.Sum32()%2 == 1
}

// TestN17_HitsOnRealText counts how often each rule speaks on text that people wrote, and prints
// a fixed sample of the held-out half to judge by hand: go test -v -run TestN17_HitsOnRealText.
// What was judged stands in docs/benchmarks.md. It fails where a rule speaks so often that nobody
// would listen.
func TestN17_HitsOnRealText(t *testing.T) {
	t.Parallel()
	c := checker(t, wording.Objective)
	for _, name := range []string{"opseval", "endava", "nlu-it"} {
		total, hit := map[bool]int{}, map[bool]int{}
		rules := map[string]int{}
		var sample []string
		for _, text := range texts(t, name) {
			half := held(text)
			total[half]++
			remarks := c.Check(text, wording.Context{})
			if len(remarks) > 0 {
				hit[half]++
			}
			for _, r := range remarks {
				if half == (os.Getenv("LOOPDESK_TUNE") == "") {
					rules[r.Rule.ID]++
					sample = append(sample, fmt.Sprintf("%s | %s[%s]%s", r.Rule.ID, tail(text[:r.Start]), r.Words, head(text[r.End:])))
				}
			}
		}
		for half, word := range map[bool]string{false: "looked at", true: "held out"} {
			t.Logf("%s, %s: %d texts, %d with a remark (%.1f %%)", name, word, total[half], hit[half], 100*float64(hit[half])/float64(max(1, total[half])))
		}
		ids := make([]string, 0, len(rules))
		for id, n := range rules {
			ids = append(ids, fmt.Sprintf("%4d %s", n, id))
			if 4*n > total[true] {
				t.Errorf("%s: %s speaks on every fourth text", name, id)
			}
		}
		slices.Sort(ids)
		t.Log("\n" + strings.Join(ids, "\n"))
		slices.Sort(sample) // by rule, so that each is in the sample by its share
		for i := range min(60, len(sample)) {
			t.Log(sample[i*len(sample)/min(60, len(sample))])
		}
	}
}

func tail(s string) string {
	r := []rune(strings.ReplaceAll(s, "\n", " "))
	return string(r[max(0, len(r)-50):])
}

func head(s string) string {
	r := []rune(strings.ReplaceAll(s, "\n", " "))
	return string(r[:min(len(r), 30)])
}
