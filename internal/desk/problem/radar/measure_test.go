// SPDX-License-Identifier: Apache-2.0

package radar_test

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/problem/radar"
	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// full reports whether everything is measured (make radar) and not a part as a smoke.
func full() bool { return os.Getenv("LOOPDESK_RADAR") == "full" }

func lines[T any](t *testing.T, name string) []T {
	t.Helper()
	dir := os.Getenv("LOOPDESK_TESTDATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, 1<<24)
	for scan.Scan() {
		var x T
		if err := json.Unmarshal(scan.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

// question is a line of banking77.
type question struct {
	ID, Text string
	Labels   map[string]string
}

// half parts the questions by a byte of the hash of their ids: half 1 is the one on which the
// figures of the radar were chosen, half 0 the one that is reported.
func half(list []question, which byte) (texts []model.Text, truth []string) {
	slices.SortFunc(list, func(a, b question) int { return cmp.Compare(hashed(a.ID), hashed(b.ID)) })
	for _, q := range list {
		if h := sha256.Sum256([]byte(q.ID)); h[7]%2 == which {
			texts = append(texts, model.Text{Body: q.Text})
			truth = append(truth, q.Labels["intent"])
		}
	}
	return texts, truth
}

func hashed(id string) string { h := sha256.Sum256([]byte(id)); return string(h[:]) }

// agreement is how well groups agree with the truth: by entropy (Rosenberg and Hirschberg 2007),
// and by pairs. Many small groups have a high V though they find nothing: the pairs tell.
type agreement struct{ Homogeneity, Completeness, V, Precision, Recall, F1 float64 }

func (a agreement) String() string {
	return fmt.Sprintf("homogeneity %.3f, completeness %.3f, V %.3f; pairs: precision %.3f, recall %.3f, F1 %.3f", a.Homogeneity, a.Completeness, a.V, a.Precision, a.Recall, a.F1)
}

func agree(truth []string, groups []int) agreement {
	classes, found, both := map[string]float64{}, map[int]float64{}, map[string]float64{}
	for i := range truth {
		classes[truth[i]]++
		found[groups[i]]++
		both[fmt.Sprint(truth[i], "\x00", groups[i])]++
	}
	n := float64(len(truth))
	hc, hk, hb := entropy(classes, n), entropy(found, n), entropy(both, n)
	a := agreement{Homogeneity: 1 - (hb-hk)/hc, Completeness: 1 - (hb-hc)/hk}
	a.Precision, a.Recall = pairs(both)/pairs(found), pairs(both)/pairs(classes)
	a.F1 = 2 * a.Precision * a.Recall / (a.Precision + a.Recall)
	a.V = 2 * a.Homogeneity * a.Completeness / (a.Homogeneity + a.Completeness)
	return a
}

// pairs is in how many ways two can be taken of one group.
func pairs[K comparable](counts map[K]float64) (sum float64) {
	for _, c := range counts {
		sum += c * (c - 1) / 2
	}
	return sum
}

func entropy[K comparable](counts map[K]float64, n float64) (sum float64) {
	for _, c := range counts {
		sum -= c / n * math.Log(c/n)
	}
	return sum
}

func count(groups []int) int { return slices.Max(groups) + 1 }

// vectors weighs the words of each text by how seldom they are, all of length one.
func vectors(texts []model.Text) []map[string]float64 {
	held := map[string]float64{}
	out := make([]map[string]float64, len(texts))
	for i, t := range texts {
		out[i] = map[string]float64{}
		for _, u := range text.Units(t.Body) {
			out[i][u.Text] = 1
		}
		for w := range out[i] {
			held[w]++
		}
	}
	for _, v := range out {
		sum := 0.0
		for w := range v {
			v[w] = math.Log(float64(len(texts)) / held[w])
			sum += v[w] * v[w]
		}
		for w := range v {
			v[w] /= math.Sqrt(max(sum, 1e-12))
		}
	}
	return out
}

// means is spherical k-means from evenly spread seeds: the baseline that is told how many groups there are.
func means(list []map[string]float64, k int) []int {
	at := make([]int, len(list))
	centres := make([]map[string]float64, k)
	for c := range centres {
		centres[c] = list[c*len(list)/k]
	}
	for range 25 {
		held := map[string]map[int]float64{}
		for c, m := range centres {
			for w, x := range m {
				if held[w] == nil {
					held[w] = map[int]float64{}
				}
				held[w][c] = x
			}
		}
		for i, v := range list {
			dots := make([]float64, k)
			for w, x := range v {
				for c, y := range held[w] {
					dots[c] += x * y
				}
			}
			best := 0
			for c, d := range dots {
				if d > dots[best]+1e-12 {
					best = c
				}
			}
			at[i] = best
		}
		for c := range centres {
			centres[c] = map[string]float64{}
		}
		for i, v := range list {
			for w, x := range v {
				centres[at[i]][w] += x
			}
		}
		for _, m := range centres {
			sum := 0.0
			for _, x := range m {
				sum += x * x
			}
			for w := range m {
				m[w] /= math.Sqrt(max(sum, 1e-12))
			}
		}
	}
	return at
}

// single joins all that are at least so alike: single link at a fixed threshold.
func single(texts []model.Text, least float64) []int {
	pool := model.NewPool()
	for i, t := range texts {
		pool.Add(int64(i), t)
	}
	root := make([]int, len(texts))
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for i, near := range pool.Neighbours(50, least, 0) {
		for _, m := range near {
			if a, b := find(i), find(int(m.Key)); a != b {
				root[max(a, b)] = min(a, b)
			}
		}
	}
	number := map[int]int{}
	out := make([]int, len(texts))
	for i := range out {
		r := find(i)
		if _, ok := number[r]; !ok {
			number[r] = len(number)
		}
		out[i] = number[r]
	}
	return out
}

// Groups of the half of banking77 on which nothing was chosen, against its 77 intents.
func TestN7_GroupsAgreeWithIntents(t *testing.T) {
	t.Parallel()
	texts, truth := half(lines[question](t, "banking77/cases.jsonl.gz"), 0)
	if !full() {
		texts, truth = texts[:1200], truth[:1200]
	}
	start := time.Now()
	groups := radar.Group(texts)
	got, took := agree(truth, groups), time.Since(start)
	plain := single(texts, 0.5)
	link := agree(truth, plain)
	t.Logf("%d questions: %d groups, %v, %v", len(texts), count(groups), got, took.Round(time.Millisecond))
	t.Logf("single link at 0.5: %d groups, %v", count(plain), link)
	if full() {
		m := means(vectors(texts), 77)
		k := agree(truth, m)
		t.Logf("k-means told of 77: %v", k)
		if got.V <= k.V {
			t.Errorf("V %.3f, and plain k-means that is told of the 77 reaches %.3f", got.V, k.V)
		}
		for _, least := range []float64{0.3, 0.4, 0.6, 0.7} {
			plain := single(texts, least)
			a := agree(truth, plain)
			t.Logf("single link at %.1f: %d groups, %v", least, count(plain), a)
		}
	}
	if least := 0.5; got.V < least {
		t.Errorf("V is %.3f, want at least %.2f", got.V, least)
	}
}

// incident is a line of itsm-events.
type incident struct {
	ID, Category, Symptom, Problem string
	Opened                         time.Time
}

func incidents(t *testing.T) []incident {
	t.Helper()
	type row struct {
		ID, Category string
		Symptom      string `json:"u_symptom"`
		Problem      string `json:"problem_id"`
		Opened       string `json:"opened_at"`
	}
	var out []incident
	for _, r := range lines[row](t, "itsm-events/cases.jsonl.gz") {
		at, err := time.Parse("2/1/2006 15:04", r.Opened)
		if err != nil {
			t.Fatal(err)
		}
		if r.Symptom != "" {
			out = append(out, incident{r.ID, r.Category, r.Symptom, r.Problem, at})
		}
	}
	return out
}

// grid is the count of each symptom by day, oldest day first.
type grid struct {
	counts  map[string][]float64
	working []bool
	first   time.Time
}

func gridOf(list []incident) grid {
	g := grid{counts: map[string][]float64{}, first: list[0].Opened.Truncate(24 * time.Hour)}
	last := g.first
	for _, i := range list {
		if day := i.Opened.Truncate(24 * time.Hour); day.Before(g.first) {
			g.first = day
		} else if day.After(last) {
			last = day
		}
	}
	days := int(last.Sub(g.first)/(24*time.Hour)) + 1
	for d := range days {
		w := g.first.AddDate(0, 0, d).Weekday()
		g.working = append(g.working, w != time.Saturday && w != time.Sunday)
	}
	for _, i := range list {
		if g.counts[i.Symptom] == nil {
			g.counts[i.Symptom] = make([]float64, days)
		}
		g.counts[i.Symptom][g.day(i)]++
	}
	return g
}

func (g grid) day(i incident) int {
	return int(i.Opened.Truncate(24*time.Hour).Sub(g.first) / (24 * time.Hour))
}

// burst asks the radar about a symptom on a day, with so many incidents more than there were.
func (g grid) burst(symptom string, day int, more float64) bool {
	var counts []float64
	var working []bool
	for d := day; d >= 0 && d > day-63; d-- {
		counts, working = append(counts, g.counts[symptom][d]), append(working, g.working[d])
	}
	counts[0] += more
	_, found := radar.Burst(counts, working)
	return found
}

// learnt is the first day that has a past to be measured against.
const learnt = 21

// Bursts planted into the real days of a service desk, those that its problems link, and how
// often the radar calls where nothing was planted.
func TestN7_BurstsOfADayAreFound(t *testing.T) {
	t.Parallel()
	g := gridOf(incidents(t))
	symptoms := make([]string, 0, len(g.counts))
	for s := range g.counts {
		symptoms = append(symptoms, s)
	}
	slices.Sort(symptoms)
	days := len(g.working)
	called, cells := 0, 0
	for _, s := range symptoms {
		for d := learnt; d < days; d++ {
			if g.counts[s][d] > 0 {
				cells++
			}
			if g.burst(s, d, 0) {
				called++
			}
		}
	}
	t.Logf("%d symptoms, %d days: of %d with any incident on a day the radar calls %d, %.2f a day", len(symptoms), days-learnt, cells, called, float64(called)/float64(days-learnt))
	if called > 2*(days-learnt) {
		t.Errorf("it calls %d times in %d days: nobody would listen", called, days-learnt)
	}
	for _, size := range []struct {
		of   string
		more func(usual float64) float64
	}{
		{"3 times what is usual and 4 more", func(u float64) float64 { return math.Ceil(3*u) + 4 }},
		{"5 times what is usual and 6 more", func(u float64) float64 { return math.Ceil(5*u) + 6 }},
		{"4 more, whatever is usual", func(float64) float64 { return 4 }},
	} {
		planted, found := 0, 0
		for n, s := range symptoms {
			for d := learnt; d < days; d++ {
				if (d*31+n*17)%23 != 0 || !g.working[d] || g.burst(s, d, 0) { // by rule, and not where the day calls by itself
					continue
				}
				sum, past := 0.0, 0.0
				for b := range d {
					if g.working[b] {
						sum, past = sum+g.counts[s][b], past+1
					}
				}
				planted++
				if g.burst(s, d, size.more(sum/past)) {
					found++
				}
			}
		}
		recall := float64(found) / float64(planted)
		t.Logf("planted %s: %d of %d found (%.3f)", size.of, found, planted, recall)
		if size.of[0] != '4' && recall < 0.8 {
			t.Errorf("planted %s: only %.3f are found", size.of, recall)
		}
	}
	linked, hit := linkedBursts(t, g)
	t.Logf("days on which at least 3 incidents belong to one problem, with a past: %d; a symptom of theirs is called on %d", linked, hit)
}

// linkedBursts are the days on which three incidents or more were later linked to one problem,
// and how many of them the radar calls by one of their symptoms.
func linkedBursts(t *testing.T, g grid) (linked, hit int) {
	t.Helper()
	type key struct {
		problem string
		day     int
	}
	of := map[key]map[string]int{}
	for _, i := range incidents(t) {
		if d := g.day(i); i.Problem != "" && d >= learnt {
			k := key{i.Problem, d}
			if of[k] == nil {
				of[k] = map[string]int{}
			}
			of[k][i.Symptom]++
		}
	}
	for k, symptoms := range of {
		n := 0
		for _, x := range symptoms {
			n += x
		}
		if n < 3 {
			continue
		}
		linked++
		for s := range symptoms {
			if g.burst(s, k.day, 0) {
				hit++
				break
			}
		}
	}
	return linked, hit
}

// A hundred thousand tickets of nine weeks at once.
func TestN7_AHundredThousandTicketsAreLookedAt(t *testing.T) {
	t.Parallel()
	n := 3000
	if full() {
		n = radar.MostRead
	}
	texts, truth := half(lines[question](t, "banking77/cases.jsonl.gz"), 0)
	number := map[string]int64{}
	list := make([]radar.Report, n)
	for i := range list {
		k := i % len(texts)
		if number[truth[k]] == 0 {
			number[truth[k]] = int64(len(number) + 1)
		}
		// Another question of the set follows each, so that no two tickets say exactly the same.
		other := texts[(k*7+i/len(texts)*131+1)%len(texts)]
		list[i] = radar.Report{
			Key: int64(i + 1), At: now.Add(-time.Duration(n-i) * (62 * 24 * time.Hour / time.Duration(n))), Requester: int64(i % 900),
			Text: model.Text{Subject: texts[k].Body, Body: fmt.Sprint(other.Body, " ", i)}, Category: number[truth[k]] % 20, Service: number[truth[k]] % 7, Site: fmt.Sprint("site ", i%11),
		}
	}
	for i := range 60 { // one matter that nobody had before
		at := len(list) - 1 - i*(n/600)
		list[at].Text = model.Text{Subject: "VPN 掉线", Body: fmt.Sprint("VPN 频繁掉线，已经重连 ", i, " 次")}
	}
	start := time.Now()
	got := radar.Find(list, look())
	t.Logf("%d tickets in %v: %d findings", n, time.Since(start).Round(time.Millisecond), len(got))
	if !slices.ContainsFunc(got, func(f radar.Finding) bool { return slices.Contains(f.Words, "VPN") && f.Count() >= 30 }) {
		t.Errorf("the new matter is not among the %d findings", len(got))
	}
}
