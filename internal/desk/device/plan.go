// SPDX-License-Identifier: Apache-2.0

package device

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Verdict says what happens to a line of a file.
type Verdict string

// The verdicts.
const (
	Added  Verdict = "new"
	Edited Verdict = "changed"
	Same   Verdict = "same"
	Bad    Verdict = "bad"
)

// Verdicts lists them in the order in which pages show them.
func Verdicts() []Verdict { return []Verdict{Added, Edited, Bad, Same} }

// Change is what happens to one line.
type Change struct {
	Kind   Verdict
	Line   Line
	Was    Device // empty for a new one
	Now    Device // its place may have no key yet
	Fields []string
	Why    errs.FieldError
}

// Known is what a plan depends on besides the file.
type Known struct {
	Devices  []Device
	Places   []Place
	Owner    func(text string) (person.ID, bool) // by address, number of the house or name; false for nobody, or several
	Services map[string]catalog.ServiceID        // by folded name
}

// Plan says what happens to each line. It is pure: applying what it says and planning again finds
// everything unchanged.
func Plan(k Known, s Sheet) []Change {
	p := planner{Known: k, fields: s.Fields, byTag: map[string]Device{}, bySerial: map[string]Device{}, places: map[string]Place{}, tags: map[string]int64{}, serials: map[string]int64{}}
	for _, d := range k.Devices {
		p.byTag[fold(d.Tag)] = d
		if d.Serial != "" {
			p.bySerial[fold(d.Serial)] = d
		}
	}
	for _, x := range k.Places {
		p.places[x.folded()] = x
	}
	out := make([]Change, 0, len(s.Lines))
	for _, l := range s.Lines {
		out = append(out, p.line(l))
	}
	return out
}

type planner struct {
	Known
	fields   []string
	byTag    map[string]Device
	bySerial map[string]Device
	places   map[string]Place
	tags     map[string]int64 // line on which a tag stood
	serials  map[string]int64
}

func (p *planner) line(l Line) Change {
	c := Change{Line: l}
	bad := func(name, key string, args ...any) Change {
		c.Kind, c.Why = Bad, errs.FieldError{Name: name, Key: key, Args: args}
		return c
	}
	if l.Bad != nil {
		c.Kind, c.Why = Bad, *l.Bad
		return c
	}
	tag := fold(l.Values[Tag])
	if first := p.tags[tag]; first != 0 && tag != "" {
		return bad(Tag, "device.tag_twice", "Line", first)
	}
	p.tags[tag] = l.At
	c.Was = p.byTag[tag]
	now, why := p.merged(c.Was, l)
	if why != nil {
		c.Kind, c.Why = Bad, *why
		return c
	}
	now, err := now.Clean()
	if wrong := errs.As(err); wrong != nil && len(wrong.Fields) > 0 {
		return bad(wrong.Fields[0].Name, wrong.Fields[0].Key, wrong.Fields[0].Args...)
	}
	if serial := fold(now.Serial); serial != "" {
		if first := p.serials[serial]; first != 0 {
			return bad(Serial, "device.serial_twice", "Line", first)
		}
		if other, taken := p.bySerial[serial]; taken && other.ID != c.Was.ID {
			return bad(Serial, "device.serial_taken", "Tag", other.Tag)
		}
		p.serials[serial] = l.At
	}
	c.Now, c.Fields = now, differ(c.Was, now)
	switch {
	case c.Was.ID == 0:
		c.Kind, c.Fields = Added, nil
	case len(c.Fields) > 0:
		c.Kind = Edited
	default:
		c.Kind = Same
	}
	return c
}

// merged is the device as the line says it is; what the file does not speak of stays.
func (p *planner) merged(was Device, l Line) (Device, *errs.FieldError) {
	now := was
	for _, f := range p.fields {
		v := l.Values[f]
		switch f {
		case Tag:
			if was.ID == 0 {
				now.Tag = v
			}
		case Model:
			now.Model = v
		case Serial:
			now.Serial = v
		case Bought:
			now.Bought = v
		case Warranty:
			now.Warranty = v
		case Note:
			now.Note = v
		case KindOf:
			k, known := kindWord(v)
			if !known {
				return now, &errs.FieldError{Name: f, Key: "device.kind_word", Args: []any{"Text", firstRunes(v, 40)}}
			}
			if k != "" {
				now.Kind = k
			}
		case StateOf:
			s, known := stateWord(v)
			if !known {
				return now, &errs.FieldError{Name: f, Key: "device.state_word", Args: []any{"Text", firstRunes(v, 40)}}
			}
			if s != "" {
				now.State = s
			}
		case Owner:
			if now.Owner = 0; v != "" {
				who, known := p.Owner(v)
				if !known {
					return now, &errs.FieldError{Name: f, Key: "device.owner_word", Args: []any{"Text", firstRunes(v, 40)}}
				}
				now.Owner = who
			}
		case ServiceOf:
			which, known := p.Services[fold(v)]
			if !known && v != "" {
				return now, &errs.FieldError{Name: f, Key: "device.service_word", Args: []any{"Text", firstRunes(v, 40)}}
			}
			now.Service = which
		}
	}
	return p.placed(now, l)
}

// placed reads the place, which takes up to three columns.
func (p *planner) placed(now Device, l Line) (Device, *errs.FieldError) {
	if !slices.ContainsFunc([]string{Site, Building, Room}, func(f string) bool { return slices.Contains(p.fields, f) }) {
		return now, nil
	}
	says := Place{Site: l.Values[Site], Building: l.Values[Building], Room: l.Values[Room], Active: true}
	if says.folded() == (Place{}).folded() {
		now.Place = Place{}
		return now, nil
	}
	clean, err := says.Clean()
	if wrong := errs.As(err); wrong != nil && len(wrong.Fields) > 0 {
		return now, &wrong.Fields[0]
	}
	if known, ok := p.places[clean.folded()]; ok {
		clean = known
	}
	now.Place = clean
	return now, nil
}

// Value is a field of a device as it is compared and as a line of a preview shows it; owners and
// services stand there by their keys.
func Value(d Device, field string) any {
	switch field {
	case Tag:
		return d.Tag
	case KindOf:
		return d.Kind
	case Model:
		return d.Model
	case Serial:
		return d.Serial
	case Owner:
		return d.Owner
	case Site:
		return d.Place.Site
	case Building:
		return d.Place.Building
	case Room:
		return d.Place.Room
	case ServiceOf:
		return d.Service
	case StateOf:
		return d.State
	case Bought:
		return d.Bought
	case Warranty:
		return d.Warranty
	case Note:
		return d.Note
	}
	return nil
}

// differ names the fields in which two differ.
func differ(a, b Device) []string {
	var out []string
	for _, f := range Fields() {
		if Value(a, f) != Value(b, f) {
			out = append(out, f)
		}
	}
	return out
}

// Count counts changes by verdict.
func Count(list []Change) map[Verdict]int {
	out := map[Verdict]int{}
	for _, c := range list {
		out[c.Kind]++
	}
	return out
}
