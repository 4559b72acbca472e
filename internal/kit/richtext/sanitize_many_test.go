// SPDX-License-Identifier: Apache-2.0

package richtext_test

import "testing"

// TestS60_FiveThousandPayloads puts each input of the corpus where letters put words: in a cell, an
// attribute, a comment, a style, behind half an element.
func TestS60_FiveThousandPayloads(t *testing.T) {
	t.Parallel()
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
	n := 0
	for _, c := range corpus(t) {
		for _, a := range around {
			check(t, a[0]+c.HTML+a[1])
			n++
		}
	}
	if n < 5000 {
		t.Errorf("only %d payloads", n)
	}
}
