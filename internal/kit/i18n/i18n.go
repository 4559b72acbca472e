// SPDX-License-Identifier: Apache-2.0

package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed locale/*.toml
var files embed.FS

// book is every message of one language, compiled.
type book struct {
	tag      language.Tag
	messages map[string]*message // small entries: a page asks for hundreds
}

func newBook(lang Lang) *book {
	return &book{tag: language.Make(string(lang)), messages: map[string]*message{}}
}

// catalogue is all books and what is wrong with them.
type catalogue struct {
	zh, en *book
	err    error
}

// book is the one of a language, nil for a language that the house does not speak.
func (c *catalogue) book(lang Lang) *book {
	switch lang {
	case ZH:
		return c.zh
	case EN:
		return c.en
	}
	return nil
}

// loaded compiles the embedded files once, when the first message is asked for.
// It is a constant of the binary that is only expensive to write down, not state.
var loaded = sync.OnceValue(func() *catalogue { return load(files) })

// load reads all message files of fsys. A broken file costs its own messages
// only; what was wrong is kept for Check.
func load(fsys fs.FS) *catalogue {
	c := &catalogue{zh: newBook(ZH), en: newBook(EN)}
	formats := map[string]goi18n.UnmarshalFunc{"toml": toml.Unmarshal}
	names, err := fs.Glob(fsys, "locale/*.toml")
	c.err = err
	for _, name := range names {
		var file *goi18n.MessageFile
		text, err := fs.ReadFile(fsys, name)
		if err == nil {
			file, err = goi18n.ParseMessageFileBytes(text, name, formats) // a bundle would compile them once more
		}
		if err != nil {
			c.err = errors.Join(c.err, fmt.Errorf("%s: %w", name, err))
			continue
		}
		b := c.book(Lang(file.Tag.String()))
		if b == nil {
			c.err = errors.Join(c.err, fmt.Errorf("%s: the name says no language of the house", name))
			continue
		}
		c.err = errors.Join(c.err, b.add(name, file.Messages))
	}
	return c
}

// add compiles the messages of one file into the book.
func (b *book) add(file string, messages []*goi18n.Message) error {
	var err error
	for _, m := range messages {
		compiled, e := compileMessage(m)
		if _, twice := b.messages[m.ID]; twice {
			e = errors.New("the key is written twice")
		}
		if e != nil {
			err = errors.Join(err, fmt.Errorf("%s: %s: %w", file, m.ID, e))
			continue
		}
		b.messages[m.ID] = &compiled
	}
	return err
}

// T returns the message of key in lang with args, pairs of name and value, in
// its placeholders. The argument "Count" also chooses the plural form, and the
// argument "Case" the message key_case where one is written: one refusal, said
// in the words that help there. A key that nobody wrote comes back as ⟦key⟧; a
// language that the house does not speak is answered in Chinese.
func T(lang Lang, key string, args ...any) string {
	c := loaded()
	b := c.book(lang)
	if b == nil {
		b = c.zh
	}
	m, ok := b.messages[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "Case" {
			if finer, ok := b.messages[key+"_"+show(args[i+1])]; ok {
				m = finer
			}
		}
	}
	return m.form(b.tag, args).fill(args)
}

// Has says whether key is written in lang.
func Has(lang Lang, key string) bool {
	b := loaded().book(lang)
	if b == nil {
		return false
	}
	_, ok := b.messages[key]
	return ok
}

// Keys returns all keys that are written in any language, sorted. It is for tests.
func Keys() []string {
	var keys []string
	for _, lang := range Langs() {
		for k := range loaded().book(lang).messages {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Check says what is wrong with the embedded files: a file that cannot be read,
// a key written twice, an empty text, a placeholder of another form.
func Check() error { return loaded().err }
