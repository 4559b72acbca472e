// SPDX-License-Identifier: Apache-2.0

package page

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// pieces counts how an answer leaves.
type pieces struct {
	*httptest.ResponseRecorder
	writes int
}

func (p *pieces) Write(b []byte) (int, error) {
	p.writes++
	return p.ResponseRecorder.Write(b)
}

func TestAnAnswerLeavesInOnePiece(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		h      http.HandlerFunc
		status int
		length string
		body   string
		writes int
	}{
		{"nothing", func(http.ResponseWriter, *http.Request) {}, 200, "", "", 0},
		{"only a status", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, 204, "", "", 0},
		{"many small writes", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			w.WriteHeader(http.StatusOK) // the first counts
			for range 500 {
				_, _ = io.WriteString(w, "tea ")
			}
		}, 418, "2000", strings.Repeat("tea ", 500), 1},
		{"a length of its own", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "3")
			_, _ = io.WriteString(w, "tea")
		}, 200, "3", "tea", 1},
		{"flushed between", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "a")
			if err := http.NewResponseController(w).Flush(); err != nil {
				panic(err)
			}
			_, _ = io.WriteString(w, "b")
			_, _ = io.WriteString(w, "c")
		}, 200, "", "abc", 3},
		{"too long to wait", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusAccepted)
			for range 3 {
				_, _ = w.Write(make([]byte, mostWhole/2))
			}
		}, 202, "", string(make([]byte, 3*(mostWhole/2))), 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := &pieces{ResponseRecorder: httptest.NewRecorder()}
			inOne(tt.h).ServeHTTP(got, httptest.NewRequest(http.MethodGet, "/", nil))
			if got.Code != tt.status || got.Header().Get("Content-Length") != tt.length || got.Body.String() != tt.body || got.writes != tt.writes {
				t.Errorf("status %d, length %q, %d bytes in %d writes", got.Code, got.Header().Get("Content-Length"), got.Body.Len(), got.writes)
			}
		})
	}
}

func TestAnAnswerThatPanicsIsNotBegun(t *testing.T) {
	t.Parallel()
	got := &pieces{ResponseRecorder: httptest.NewRecorder()}
	defer func() {
		if recover() == nil || got.writes != 0 {
			t.Errorf("%d writes", got.writes)
		}
	}()
	inOne(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		panic(http.ErrAbortHandler)
	})).ServeHTTP(got, httptest.NewRequest(http.MethodGet, "/", nil))
}
