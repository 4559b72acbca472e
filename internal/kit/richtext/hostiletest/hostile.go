// SPDX-License-Identifier: Apache-2.0

// Package hostiletest reads the hostile HTML of the shared test data for every test that lets it in
// by some door.
package hostiletest

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Input is one line of the corpus.
type Input struct {
	ID, HTML string
}

// Inputs reads the corpus from the folder that LOOPDESK_TESTDATA names, else from where up leads, the
// way from the test's folder to the root of the project. It fails where the corpus is too small to
// mean anything, and skips where it is absent.
func Inputs(t testing.TB, up ...string) []Input {
	t.Helper()
	root := os.Getenv("LOOPDESK_TESTDATA")
	if root == "" {
		root = filepath.Join(append(up, "..", "shared", "data")...)
	}
	file, err := os.Open(filepath.Join(root, "xss", "cases.jsonl")) //nolint:gosec // the folder is named by whoever runs the tests
	if err != nil {
		t.Skipf("no test data: %v; set LOOPDESK_TESTDATA", err)
	}
	defer func() { _ = file.Close() }()
	var all []Input
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c Input
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	if len(all) < 400 {
		t.Fatalf("only %d inputs were read", len(all))
	}
	return all
}

// Payloads puts each input of the corpus where letters put words: in a cell, an attribute, a comment,
// a style, behind half an element. More than 5,000 (S60).
func Payloads(t testing.TB, up ...string) []string {
	t.Helper()
	around := [][2]string{
		{"", ""},
		{"<table><tr><td>", "</td></tr></table>"},
		{`<a href="`, `">x</a>`},
		{`<img src=x alt='`, `'>`},
		{"<!-- ", " -->"},
		{"<style>", "</style>"},
		{"<svg><desc>", "</desc></svg>"},
		{"<math><mtext>", "</mtext></math>"},
		{"<noscript>", "</noscript>"},
		{"<p title=\"", ""},
		{"<b", ">"},
		{"&lt;", "&gt;"},
		{"<template>", "</template>"},
	}
	var out []string
	for _, c := range Inputs(t, up...) {
		for _, a := range around {
			out = append(out, a[0]+c.HTML+a[1])
		}
	}
	if len(out) < 5000 {
		t.Fatalf("only %d payloads", len(out))
	}
	return out
}
