// SPDX-License-Identifier: Apache-2.0

package richtext

import (
	"bytes"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// maxMarkdown bounds a Markdown document in bytes. People do not write longer
// ones, and the parser's worst case is not linear.
const maxMarkdown = 64 << 10

// markdown is the dialect of our composers: CommonMark with tables, strike
// through, bare links and line ends that count. HTML in it is text, because a
// person who types <b> at a help desk means the letters.
var markdown = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(
				util.Prioritized(parser.NewSetextHeadingParser(), 100),
				util.Prioritized(parser.NewThematicBreakParser(), 200),
				util.Prioritized(parser.NewListParser(), 300),
				util.Prioritized(parser.NewListItemParser(), 400),
				util.Prioritized(parser.NewCodeBlockParser(), 500),
				util.Prioritized(parser.NewATXHeadingParser(), 600),
				util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
				util.Prioritized(parser.NewBlockquoteParser(), 800),
				util.Prioritized(parser.NewParagraphParser(), 1000),
			),
			parser.WithInlineParsers(
				util.Prioritized(parser.NewCodeSpanParser(), 100),
				util.Prioritized(parser.NewLinkParser(), 200),
				util.Prioritized(parser.NewAutoLinkParser(), 300),
				util.Prioritized(parser.NewEmphasisParser(), 500),
			),
			parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		)),
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)), // a style attribute falls to the pages' policy
			extension.Strikethrough, extension.Linkify,
		),
		goldmark.WithRendererOptions(html.WithHardWraps()),
	)
})

// FromMarkdown turns Markdown into safe HTML. Links may go to http, https,
// mailto and tel only (check S69); pictures follow the zero Options. A text
// longer than 64 KiB is shown as plain text.
func FromMarkdown(md string) string { return Options{}.FromMarkdown(md) }

// FromMarkdown turns Markdown into safe HTML whose pictures follow the options.
func (o Options) FromMarkdown(md string) string {
	if len(md) > maxMarkdown {
		return FromText(md)
	}
	var out bytes.Buffer
	if err := markdown().Convert([]byte(md), &out); err != nil {
		return FromText(md)
	}
	return o.Sanitize(out.String()).HTML
}
