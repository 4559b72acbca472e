// SPDX-License-Identifier: Apache-2.0

package calendar

import (
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// everyYear is the year in which days that come every year are written; it leaps.
const everyYear = 2000

// ParseSpecials reads special days as people write them, one line each: a day, a stretch
// "2026-05-04..2026-05-06" or a day of every year "*-12-24"; hours instead of the usual ones,
// or hours to be taken out with "-" before them, or none for a closed day; and what it is,
// after " / " in English.
//
//	2026-05-04..2026-05-06 公司搬家 / company move
//	*-12-24 09:00-12:00 平安夜
//	2026-05-08 -14:00-16:00 全员会
func ParseSpecials(text string) ([]Special, error) {
	var out []Special
	for i, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		s, ok := parseSpecial(words)
		if !ok {
			if strays(words[0]) {
				return nil, errs.Field("special", "calendar.special_year", "Line", strconv.Itoa(i+1), "First", FirstYear, "Last", LastYear)
			}
			return nil, errs.Field("special", "calendar.special_form", "Line", strconv.Itoa(i+1))
		}
		if out = append(out, s); len(out) > maxSpecials {
			return nil, errs.Field("special", "calendar.specials_many", "Max", maxSpecials)
		}
	}
	return out, nil
}

// strays reports whether a line begins with a day that is well written and lies in no year that
// calendars have.
func strays(word string) bool {
	from, to, _ := strings.Cut(word, "..")
	for _, s := range []string{from, to} {
		if e := errs.As(errOf(ParseDay(s))); e != nil && e.Key == "calendar.day_range" {
			return true
		}
	}
	return false
}

func errOf(_ Day, err error) error { return err }

func parseSpecial(words []string) (s Special, ok bool) {
	if s, ok = parseWhen(words[0]); !ok {
		return s, false
	}
	words = words[1:]
	for len(words) > 0 && s.parseHours(words[0]) {
		words = words[1:]
	}
	name := strings.Join(words, " ")
	s.Name, s.NameEN, _ = strings.Cut(name, " / ")
	if strings.Contains(s.Name, ":") { // hours that could not be read
		return s, false
	}
	return s, s.Name != ""
}

// parseHours reads one word of hours, "09:00-12:00,13:30-18:00" or "-14:00-16:00"; false where
// it is none.
func (s *Special) parseHours(word string) bool {
	parts := strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(",，、;；", r) })
	for _, p := range parts {
		text, out := strings.CutPrefix(p, "-")
		x, err := parseShift(text)
		if err != nil {
			return false
		}
		if out {
			s.Without = append(s.Without, x)
		} else {
			s.Hours = append(s.Hours, x)
		}
	}
	return len(parts) > 0
}

// parseWhen reads the days of a line.
func parseWhen(word string) (s Special, ok bool) {
	from, to, long := strings.Cut(word, "..")
	if rest, yearly := strings.CutPrefix(from, "*-"); yearly {
		year := strconv.Itoa(everyYear) + "-"
		s.Yearly, from, to = true, year+rest, year+strings.TrimPrefix(to, "*-")
	}
	var err error
	if s.From, err = ParseDay(from); err != nil {
		return s, false
	}
	if long {
		if s.To, err = ParseDay(to); err != nil {
			return s, false
		}
	}
	return s, true
}

// FormatSpecials writes special days as ParseSpecials reads them.
func FormatSpecials(list []Special) string {
	lines := make([]string, len(list))
	for i, s := range list {
		lines[i] = s.line()
	}
	return strings.Join(lines, "\n")
}

func (s Special) line() string {
	from, to := s.From.String(), s.To.String()
	if s.Yearly {
		from = "*" + from[4:]
		if s.To != 0 {
			to = to[5:]
		}
	}
	if s.To != 0 {
		from += ".." + to
	}
	words := []string{from}
	if len(s.Hours) > 0 {
		words = append(words, FormatShifts(s.Hours))
	}
	if len(s.Without) > 0 {
		words = append(words, "-"+strings.ReplaceAll(FormatShifts(s.Without), ", ", ", -"))
	}
	words = append(words, s.Name)
	if s.NameEN != "" {
		words = append(words, "/", s.NameEN)
	}
	return strings.Join(words, " ")
}
