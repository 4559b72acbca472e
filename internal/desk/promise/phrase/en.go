// SPDX-License-Identifier: Apache-2.0

package phrase

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	enDoing = `(?:reply|replies|respond|answer|get back|come back|revert|call|ring|phone|contact|update|inform|notify|let you know|tell you|send|email|mail|write|report|follow up|keep you posted|` +
		`fix|resolve|solve|repair|finish|complete|restore|deliver|replace|install|reinstall|visit|be there|be with you|be at your|be on site|arrive|come by|come over|come to|stop by|drop by|drop in|have (?:it|this|that|an?|your|the|everything|something|news|more)|` +
		`provide|give|share|set up|look into|look at|check|test|verify|confirm|be in touch|get in touch|escalate|order|ship|bring|release|roll out|roll back|deploy|close|reach out|do (?:it|this|that)|sort|grant|enable|unlock|reset|swap|migrate|upgrade|review|investigate|analy[sz]e)`
	enDone = `(?:fixed|resolved|solved|repaired|finished|completed?|restored|delivered|replaced|installed|ready|done|answered|sent|updated|back up|up again|available again|working again|in place|with you|at your desk|unlocked|enabled|granted|deployed|shipped|sorted|swapped|reset|there)`
	enOurs = `(?:engineers?|colleagues?|technicians?|team|someone|somebody|specialists?|(?:service )?desk|field service)`
	enWill = `(?:'ll| will| shall| can| could| should| am going to| are going to|'re going to|'m going to| expect to| aim to| plan to| hope to| intend to| promise to|'m aiming to|'re aiming to| will try to|'ll try to| am planning to| are planning to)`
)

// english reads English sentences.
var english = language{ //nolint:gochecknoglobals // a constant table
	clauses: enClauses,
	moments: enMoments,
	offer: regexp.MustCompile(`(?i)\b(?:i|we)` + enWill + `\b.{0,70}?\b` + enDoing + `\b|\b(?:i|we)\b.{0,60}?\band (?:will|shall)\b.{0,60}?\b` + enDoing + `\b|\b` + enOurs + `(?: of ours)?(?: from \w+)?(?: will|'ll| is going to| should)\b.{0,60}?\b` + enDoing + `\b|` +
		`\byou(?:'ll| will| should| can expect to| are going to)\b.{0,20}?\b(?:hear|have|get|receive|be contacted|be called)\b|\bexpect (?:an?|our|the|my|to hear|to have|to be called)\b|` +
		`\b(?:will|'ll|should|to|shall|can) be (?:\w+ly )?` + enDone + `\b|\b(?:fix|update|answer|reply|result|replacement|report|solution|patch) (?:will|should|is going to) (?:follow|come|be|arrive|reach|land)|` +
		`^\W*(?:(?:ok|okay|sure|thanks?|thank you|hi|hello|understood|noted)\W+)?(?:will|back to you|update|reply|answer|more (?:news|info|information)|next (?:update|feedback|report)|feedback|callback|fix|eta|resolution)\b`),
	spared: regexp.MustCompile(`(?i)\bplease (?:note|be advised|be assured|rest assured|know|expect|bear with|accept)\b|\b(?:no|not) later than\b|\bif not (?:sooner|earlier)\b|\bas soon as possible\b|\basap\b|\byou can expect\b|\bif all goes well\b|\bnot to worry\b|` +
		`\bdon't worry\b|\bno problem\b|\bwithout further notice\b|\bif that('s| is) (?:ok|okay|fine|all right)(?: with you)?\b`),
	refused: []*regexp.Regexp{
		// Asked of the reader, or said of the reader.
		regexp.MustCompile(`(?i)\bplease\b|\bkindly\b|\b(?:could|can|would|will|did|do|have) you\b|\byou (?:can|could|need|must|should (?:restart|send|try|check|reply|call)|have to|may|might|are|were|said|told|reported|mentioned|wrote|sent|asked|want|wanted|called|will need|will have to|'d|would)\b|\blet (?:us|me) know\b|\bmake sure\b|\btry (?:again|to restart)\b`),
		// What cannot be done, what depends, what has happened.
		regexp.MustCompile(`(?i)n't\b|\bcannot\b|\bcan not\b|\bnot\b|\bunable\b|\bunlikely\b|\bno guarantee\b|\bnever\b|\bnobody\b|\bno one\b`),
		regexp.MustCompile(`(?i)\bif\b|\bunless\b|\bin case\b|\bshould you\b|\bprovided\b|\bdepending\b|\bonce\b|\bafter\b|\bmight\b|\bmaybe\b|\bwould\b`),
		regexp.MustCompile(`(?i)\bwas\b|\bwere\b|\byesterday\b|\bago\b|\blast (?:night|week|month|time|mon|tue|wed|thu|fri|sat|sun)|\bearlier\b|\bsince\b`),
		// What is usually so, and what others do.
		regexp.MustCompile(`(?i)\b(?:opening|office|service|support|working|business) (?:hours|times)\b|\bopen\b|\bon duty\b|\bevery\b|\bdaily\b|\bweekdays\b|\beach\b|\busually\b|\bnormally\b|\btypically\b|\bgenerally\b|\bon average\b|\bautomatic(?:ally)?\b|\bexpires?\b|\bout of (?:the )?office\b|\bon (?:leave|holiday|vacation)\b|\baway\b|\bmeeting\b|\bmaintenance\b`),
		regexp.MustCompile(`(?i)\b(?:vendors?|suppliers?|manufacturers?|carriers?|couriers?|providers?|dhl|ups|fedex|microsoft|oracle|sap|cisco|lenovo|dell|finance|hr|the bank|landlord|customers?|users?|they|he|she)\b(?: \w+){0,3}? ?(?:will|'ll|said|says|say|promised|promises|expects?|told|plans?|announced|has|have|can|should|is|are)\b`),
	},
	filler: regexp.MustCompile(`(?i)\b(?:by|before|at|on|in|within|around|about|approximately|the|latest|no|later|than|not|most|hopefully|probably|until|and|that|is|so|ok|okay|well|sometime|early|late|or|earlier|sooner)\b`),
}

const (
	enCount  = `(?:\d{1,4}(?:\.5)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty-five|sixty|ninety|forty|forty-eight|twenty-four|half an?|a half|a couple of|the|the next)`
	enUnit   = `(minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?)`
	enWeek   = `(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?`
	enMonth  = `(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`
	enJoin   = `[\s,]{1,2}(?:(?:at|by|on|in|the|of|before|around|about|no later than|latest|from|until)\s+){0,3}`
	enDayish = `the day after tomorrow|day after tomorrow|tomorrow|today|tonight|(?:this|next|coming|following|on)?\s*` + enWeek + `\b|` + enMonth + `\s+\d{1,2}(?:st|nd|rd|th)?(?:,?\s+\d{4})?|\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?` + enMonth + `(?:\s+\d{4})?|\d{4}-\d{2}-\d{2}|the \d{1,2}(?:st|nd|rd|th)`
	enClock  = `\d{1,2}(?:[:.]\d{2})?\s*(?:a\.?m\b\.?|p\.?m\b\.?)|\d{1,2}:\d{2}(?:\s*h\b)?|\d{1,2}\s*o'?clock|noon|midday|midnight|lunch(?:time)?`
	enPart   = `(?:this |the |early |late |mid-?)?(?:morning|afternoon|evening)`
	enEnd    = `(?:the )?(?:end|close) of (?:the |this |next |our )?(?:business day|working day|business|day|play|shift|week|month|today|tomorrow|work|` + enWeek + `)\b|\b(?:eod|cob|eob|eow|eom)\b`
)

var (
	//nolint:gochecknoglobals // a constant in all but name
	enLength = regexp.MustCompile(`(?i)\b(within|inside|in less than|in under|in|over|for)\s+(?:about\s+|around\s+|roughly\s+|at most\s+|approximately\s+|the\s+)?(?:next\s+)?(?:(` + enCount + `)\s*(?:-|to|or)\s*)?(?:(` + enCount + `)[\s-]*)?(business|working|work)?\s*` + enUnit + `\b( and a half)?('s?\s+time)?( from now)?|\b(` + enCount + `)\s+(business |working )?` + enUnit + `( and a half)? from now\b`)
	//nolint:gochecknoglobals // a constant in all but name
	enMoment = regexp.MustCompile(`(?i)(?:\b(by|before|until|till|after|from|since|at|on|around|no later than|not later than)\s+)?\b((?:` + enEnd + `|` + enDayish + `|` + enClock + `|` + enPart + `)(?:` + enJoin + `(?:` + enEnd + `|` + enDayish + `|` + enClock + `|` + enPart + `)){0,3})|\b(by|before|at)\s+(\d{1,2})(\s+(?:today|tomorrow|tonight|on ` + enWeek + `)|\s*[.,]?$)`)
	//nolint:gochecknoglobals // a constant in all but name
	enPiece = regexp.MustCompile(`(?i)` + enEnd + `|` + enDayish + `|` + enClock + `|` + enPart)
)

// enTurn begins a clause of its own.
var enTurn = regexp.MustCompile(`(?i)[;()]|:\s|,\s+(?:i|we|our|you|please|it|they|he|she|but|so|and|because|since|as|while|which|who|or|if|when|unless|once|could|can|an?|the (?:vendor|team|engineer|supplier))\b|\s(?:but|because|unless|if|although|though|when|while|then|otherwise|and (?:i|we|our|you|the|they|someone|somebody|please|then))\b|\s-+\s`) //nolint:gochecknoglobals // a constant in all but name

func enClauses(s string) []string {
	var out []string
	from := 0
	add := func(to int) {
		if t := strings.Trim(s[from:to], " ,"); t != "" {
			out = append(out, t)
		}
	}
	for _, x := range enTurn.FindAllStringIndex(s, -1) {
		add(x[0])
		from = x[0] + 1
	}
	add(len(s))
	return out
}

func enMoments(s string) []moment {
	var out []moment
	for _, x := range enLength.FindAllStringSubmatchIndex(s, -1) {
		if m, ok := enSpan(groups(s, x)); ok {
			m.from, m.to = x[0], x[1]
			out = append(out, m)
		}
	}
	for _, x := range enMoment.FindAllStringSubmatchIndex(s, -1) {
		g := groups(s, x)
		if !enDated(g, s[x[1]:]) {
			continue
		}
		m, ok := enTime(g)
		if !ok {
			continue
		}
		m.from, m.to = max(x[4], x[6]), x[1] // the word before it stays: "come by", "after"
		if n := len(out); n > 0 && out[n-1].to <= m.from && enRanged(s[out[n-1].to:m.from]) && out[n-1].length == 0 {
			first := out[n-1]
			if m.day.kind == noDay {
				m.day = first.day
			}
			m.void = false
			m.from, out = first.from, out[:n-1]
		}
		out = append(out, m)
	}
	return sorted(out)
}

var (
	enOrdinal = regexp.MustCompile(`(?i)\bthe \d{1,2}(?:st|nd|rd|th)$`) //nolint:gochecknoglobals // a constant in all but name
	// enAfterDay is how a clause goes on behind a day; whatever else follows is what the number is of.
	enAfterDay = regexp.MustCompile(`(?i)^\s*(?:$|[^\sa-z#]|(?:at|by|before|in|on|of|to|for|from|with|and|or|but|so|then|when|where|as|because|unless|if|after|the|an?|this|that|your|our|my|i|we|it|you|they|he|she|will|shall|is|at\s|latest|instead|too|again|also|please|somebody|someone|an engineer|around|about|between|until|via|using|during)\b)`) //nolint:gochecknoglobals // a constant in all but name
)

// enDated reports whether the groups of enMoment name a time: "the 3rd" is a day where the words
// go on as they do after one, and a floor, a line or a monitor elsewhere. That is taken out of them.
func enDated(g []string, behind string) bool {
	x := enOrdinal.FindStringIndex(g[2])
	if x == nil || enAfterDay.MatchString(behind) {
		return true
	}
	g[2] = g[2][:x[0]]
	return enPiece.MatchString(g[2])
}

// enRanged reports whether two times are the ends of a stretch: "between 9 am and 11 am".
func enRanged(between string) bool {
	switch strings.ToLower(strings.TrimSpace(between)) {
	case "-", "to", "and", "until", "till":
		return true
	}
	return false
}

// enSpan reads the groups of enLength.
func enSpan(g []string) (moment, bool) {
	m := moment{hour: -1}
	count, kind, unit, half := g[3], g[4], g[5], g[6] != ""
	if g[9] != "" {
		count, kind, unit, half = g[9], g[10], g[11], g[12] != ""
	}
	lead := strings.ToLower(g[1])
	if lead == "for" || lead == "over" {
		m.void = true
	}
	n, ok := enNumber(count)
	switch {
	case count == "" && (lead == "within" || lead == "in"): // within the hour
		n = 1
	case !ok:
		return m, false
	}
	if half {
		n += 0.5
	}
	m.working = kind != ""
	switch u := strings.ToLower(unit); {
	case strings.HasPrefix(u, "min"):
		m.length = time.Duration(n * float64(time.Minute))
	case strings.HasPrefix(u, "h"):
		m.length = time.Duration(n * float64(time.Hour))
	case strings.HasPrefix(u, "day"):
		m.inDays(n)
	case strings.HasPrefix(u, "week"):
		m.inDays(7 * n)
	default:
		m.months = int(n)
	}
	return m, n > 0 && n <= 5000
}

func enNumber(s string) (float64, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return n, true
	}
	for i, words := range [][]string{
		1: {"a", "an", "one", "the", "the next"}, 2: {"two", "a couple of"}, 3: {"three"}, 4: {"four"}, 5: {"five"}, 6: {"six"}, 7: {"seven"}, 8: {"eight"}, 9: {"nine"},
		10: {"ten"}, 12: {"twelve"}, 15: {"fifteen"}, 20: {"twenty"}, 24: {"twenty-four"}, 30: {"thirty"}, 40: {"forty"}, 45: {"forty-five"}, 48: {"forty-eight"}, 60: {"sixty"}, 90: {"ninety"},
	} {
		for _, w := range words {
			if s == w {
				return float64(i), true
			}
		}
	}
	if s == "half an" || s == "half a" || s == "a half" {
		return 0.5, true
	}
	return 0, false
}

// enTime reads the groups of enMoment.
func enTime(g []string) (moment, bool) {
	m := moment{hour: -1}
	lead := strings.ToLower(g[1])
	if g[4] != "" { // by 3
		m.hour, _ = strconv.Atoi(g[4])
		if rest := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(g[5])), "on "); rest != "" && rest != "." && rest != "," {
			m.piece(rest)
		}
		return m, m.hour >= 1 && m.hour <= 12
	}
	for _, piece := range enPiece.FindAllString(g[2], -1) {
		if !m.piece(strings.ToLower(piece)) {
			return m, false
		}
	}
	switch lead {
	case "after", "from", "since":
		m.void = true
	case "before":
		m.before = true
	}
	return m, true
}

// piece reads one part of a time: a day, a part of a day, an hour.
func (m *moment) piece(s string) bool {
	s = strings.Join(strings.Fields(s), " ")
	switch {
	case strings.Contains(s, "end of") || strings.Contains(s, "close of") || s == "eod" || s == "cob" || s == "eob" || s == "eow" || s == "eom":
		return m.endOf(s)
	case strings.HasSuffix(s, "morning"):
		m.part = morning
	case strings.HasSuffix(s, "afternoon"):
		m.part = afternoon
	case strings.HasSuffix(s, "evening"):
		m.part = evening
	case s == "tonight":
		m.day, m.part = day{kind: ahead}, evening
	case s == "noon", s == "midday", strings.HasPrefix(s, "lunch"):
		m.hour, m.half = 12, whole
	case s == "midnight":
		m.hour, m.half = 24, whole
	case clockPiece.MatchString(s):
		return m.hours(s)
	default:
		return m.dayPiece(s)
	}
	return true
}

func (m *moment) endOf(s string) bool {
	words := strings.Fields(s)
	last := words[len(words)-1]
	switch {
	case last == "week", s == "eow":
		m.day = day{kind: weekEnd}
		if strings.Contains(s, "next") {
			m.day.n = 1
		}
	case last == "month", s == "eom":
		m.day = day{kind: monthEnd}
		if strings.Contains(s, "next") {
			m.day.n = 1
		}
	case last == "tomorrow":
		m.day, m.part = day{kind: ahead, n: 1}, shiftEnd
	default:
		if m.part = shiftEnd; m.day.kind == noDay {
			m.day = day{kind: ahead}
		}
		if d, ok := enWeekday(last); ok {
			m.day = day{kind: weekday, n: -1, week: d}
		}
	}
	return true
}

var (
	clockPiece = regexp.MustCompile(`^(\d{1,2})(?:[:.](\d{2}))?\s*(a\.?m\.?|p\.?m\.?|h|o'?clock)?$`)                //nolint:gochecknoglobals // a constant in all but name
	datePiece  = regexp.MustCompile(`^(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?:\s+(?:of )?([a-z]+)\.?)?(?: (\d{4}))?$`) //nolint:gochecknoglobals // a constant in all but name
	datePiece2 = regexp.MustCompile(`^([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?$`)                       //nolint:gochecknoglobals // a constant in all but name
)

func (m *moment) hours(s string) bool {
	g := clockPiece.FindStringSubmatch(s)
	m.hour, _ = strconv.Atoi(g[1])
	if g[2] != "" {
		m.minute, _ = strconv.Atoi(g[2])
	}
	switch {
	case strings.HasPrefix(g[3], "a"):
		m.half = am
	case strings.HasPrefix(g[3], "p"):
		m.half = pm
	case g[2] != "" && (m.hour > 12 || len(g[1]) == 2 && g[1][0] == '0'):
		m.half = whole
	}
	return m.hour <= 24 && (m.half != am && m.half != pm || m.hour <= 12)
}

func (m *moment) dayPiece(s string) bool {
	switch s {
	case "today":
		m.day = day{kind: ahead}
		return true
	case "tomorrow":
		m.day = day{kind: ahead, n: 1}
		return true
	case "day after tomorrow", "the day after tomorrow":
		m.day = day{kind: ahead, n: 2}
		return true
	}
	weeks := -1
	name := s
	if rest, ok := strings.CutPrefix(s, "next "); ok {
		weeks, name = 1, rest
	}
	for _, word := range []string{"this ", "coming ", "following ", "on "} {
		name = strings.TrimPrefix(name, word)
	}
	if d, ok := enWeekday(name); ok {
		m.day = day{kind: weekday, n: weeks, week: d}
		return true
	}
	if at, err := time.Parse("2006-01-02", s); err == nil {
		m.day = day{kind: date, year: at.Year(), month: at.Month(), date: at.Day()}
		return at.Year() >= 2000 && at.Year() <= 2200
	}
	var d, of, year string
	if g := datePiece.FindStringSubmatch(s); g != nil { // first: "the 20th" has no month
		d, of, year = g[1], g[2], g[3]
	} else if g := datePiece2.FindStringSubmatch(s); g != nil {
		of, d, year = g[1], g[2], g[3]
	} else {
		return false
	}
	m.day = day{kind: date}
	m.day.date, _ = strconv.Atoi(d)
	m.day.year, _ = strconv.Atoi(year)
	if of != "" {
		if m.day.month = enMonthOf(of); m.day.month == 0 {
			return false
		}
	}
	return m.day.date >= 1 && m.day.date <= 31
}

func enWeekday(s string) (time.Weekday, bool) {
	if len(s) < 3 {
		return 0, false
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(d.String()[:3], s[:3]) && (len(s) <= 5 || strings.EqualFold(d.String(), s)) {
			return d, true
		}
	}
	return 0, false
}

func enMonthOf(s string) time.Month {
	for m := time.January; m <= time.December; m++ {
		if len(s) >= 3 && strings.EqualFold(m.String()[:3], s[:3]) {
			return m
		}
	}
	return 0
}
