// SPDX-License-Identifier: Apache-2.0

package richtext_test

import (
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/richtext"
)

// Elements that stand in a line keep the blanks around them.
func TestTextKeepsBlanksAroundInlineElements(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		"<p>Hello <b>big</b> <i>world</i></p>":        "Hello big world",
		"打印机<b>坏</b>了":                                "打印机坏了",
		"<span>a</span>\n<span>b</span><br> <b>c</b>": "a b\nc",
		"one <a href='https://x'>two</a>, three":      "one two, three",
	} {
		if got := richtext.Text(document); got != want {
			t.Errorf("%s gives %q, want %q", document, got, want)
		}
	}
}
