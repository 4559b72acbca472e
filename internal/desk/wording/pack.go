// SPDX-License-Identifier: Apache-2.0

package wording

import (
	"embed"
	"fmt"
	"regexp"
	"slices"

	"github.com/BurntSushi/toml"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

//go:embed pack/*.toml
var packs embed.FS

// Pack is the rules of one name in one language.
type Pack struct {
	Name  Name   `toml:"-"`
	Lang  string `toml:"-"`
	Times string `toml:"times"` // a pattern of the words that tell a time
	Rules []Rule `toml:"rule"`
}

// BuiltIn returns the pack that the house brings. It fails only where the house is built wrongly.
func BuiltIn(n Name, lang string) (Pack, error) {
	p := Pack{Name: n, Lang: lang}
	data, err := packs.ReadFile(fmt.Sprintf("pack/%s.%s.toml", n, lang))
	if err != nil {
		return p, errs.New(errs.NotFound, "wording.no_pack")
	}
	meta, err := toml.Decode(string(data), &p)
	if err != nil {
		return p, fmt.Errorf("read pack %s.%s: %w", n, lang, err)
	}
	if left := meta.Undecoded(); len(left) > 0 {
		return p, fmt.Errorf("read pack %s.%s: unknown key %s", n, lang, left[0])
	}
	return p, nil
}

// Rule returns the rule of an id.
func (p Pack) Rule(id string) (Rule, bool) {
	if i := p.index(id); i >= 0 {
		return p.Rules[i], true
	}
	return Rule{}, false
}

func (p Pack) index(id string) int {
	return slices.IndexFunc(p.Rules, func(r Rule) bool { return r.ID == id })
}

// Edit is what an administrator changed in a pack: a rule that has the id of a built-in one
// takes its place. Rules that the house adds later come in by themselves.
type Edit struct {
	Name Name     `json:"name"`
	Off  []string `json:"off,omitempty"` // ids of rules that are not used
	Own  []Rule   `json:"own,omitempty"`
}

// maxOwn bounds the rules that an administrator may add to one pack.
const maxOwn = 500

// Check returns Invalid with the fields of the first rule that cannot be used.
func (e Edit) Check() error {
	if len(e.Own) > maxOwn {
		return errs.Field("find", "wording.rules_many", "Max", maxOwn)
	}
	for _, r := range e.Own {
		if err := r.Check(e.Name); err != nil {
			return err
		}
	}
	return nil
}

// Changed reports whether the pack is other than the built-in one.
func (e Edit) Changed() bool { return len(e.Off)+len(e.Own) > 0 }

// Apply returns the pack as it was changed. Rules that are off stay out.
func (e Edit) Apply(p Pack) Pack {
	out := e.All(p)
	out.Rules = slices.DeleteFunc(out.Rules, func(r Rule) bool { return slices.Contains(e.Off, r.ID) })
	return out
}

// All returns the pack as it was changed, with the rules that are off.
func (e Edit) All(p Pack) Pack {
	out := p
	out.Rules = slices.Clone(p.Rules)
	for _, r := range e.Own {
		if i := out.index(r.ID); i >= 0 {
			out.Rules[i] = r
		} else {
			out.Rules = append(out.Rules, r)
		}
	}
	return out
}

// With returns the edit with a rule added or changed.
func (e Edit) With(r Rule) Edit {
	out := Edit{Name: e.Name, Off: slices.Clone(e.Off), Own: slices.Clone(e.Own)}
	if i := slices.IndexFunc(out.Own, func(o Rule) bool { return o.ID == r.ID }); i >= 0 {
		out.Own[i] = r
		return out
	}
	out.Own = append(out.Own, r)
	return out
}

// Without returns the edit without what it says about a rule: a built-in one is as it was.
func (e Edit) Without(id string) Edit {
	out := e.Switched(id, true)
	out.Own = slices.DeleteFunc(out.Own, func(r Rule) bool { return r.ID == id })
	return out
}

// Switched returns the edit with a rule on or off.
func (e Edit) Switched(id string, on bool) Edit {
	out := Edit{Name: e.Name, Own: slices.Clone(e.Own)}
	for _, one := range e.Off {
		if one != id {
			out.Off = append(out.Off, one)
		}
	}
	if !on {
		out.Off = append(out.Off, id)
	}
	return out
}

// timesOf compiles the pattern of times.
func (p Pack) timesOf() (*regexp.Regexp, error) {
	if p.Times == "" {
		return nil, nil //nolint:nilnil // no pattern is an answer
	}
	x, err := regexp.Compile(p.Times)
	if err != nil {
		return nil, fmt.Errorf("read times of %s.%s: %w", p.Name, p.Lang, err)
	}
	return x, nil
}
